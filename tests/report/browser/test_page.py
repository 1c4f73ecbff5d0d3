"""The page as a reader meets it: in a real browser, at three widths, in light and in dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from paribus.report.facts import gather
from paribus.report.figures import figures
from paribus.report.page import page
from tests.report.records import record, study

pytest.importorskip("selenium")
from tests.report.browser.chromium import Page, opened

pytestmark = pytest.mark.browser
LINKED = ("leaders", "parallel", "question-1", "cost", "parameters-val", "curves-loss", "curves-metrics")
"""Figures that show the chosen configuration."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with a stage, a question and everything that follows from them."""
    folder = tmp_path_factory.mktemp("page")
    asked = study(protocol={"seeds": 3})
    with record(folder, asked) as found:
        facts = gather(found, asked)
    (folder / "report.html").write_text(page(facts, figures(facts)), encoding="utf-8")
    return folder / "report.html"


@pytest.mark.parametrize(("width", "dark"), [(375, False), (768, True), (1400, False), (1400, True)])
def test_a_reader_on_any_screen_sees_every_figure_and_nothing_leaves(
    path: Path, width: int, dark: bool
) -> None:
    """Else: a blank figure on a phone, an error nobody sees, or a server that learns who reads."""
    with opened(path, width, dark=dark) as shown:
        names = shown.draw_all()
        assert len(names) >= 15
        for name in names:
            drawn = f'[data-figure="{name}"] .live'
            assert shown.run("return document.querySelector(arguments[0]).clientHeight", drawn) > 40
        assert shown.run("return document.documentElement.scrollWidth") <= width
        assert shown.violations() == []
        assert shown.complaints() == []
        assert shown.requests() == []


def _drawings(shown: Page) -> dict[str, Any]:
    script = "return document.querySelector(arguments[0]).innerHTML"
    return {name: shown.run(script, f'[data-figure="{name}"] .live') for name in LINKED}


def test_a_configuration_is_followed_through_all_figures(path: Path) -> None:
    """Else: who asks which point is which must compare ids by eye."""
    with opened(path) as shown:
        shown.draw_all()
        before = _drawings(shown)
        shown.click("#board [data-configuration]")
        chosen = shown.text("#highlighted code")
        assert chosen == shown.text("#board .is-highlighted button")
        differs = " && ".join(
            f"document.querySelector('[data-figure=\"{name}\"] .live').innerHTML !== {_quoted(before[name])}"
            for name in LINKED
        )
        shown.wait(differs)
        shown.click("[data-action=clear]")
        assert shown.run("return document.getElementById('highlighted').hidden")
        assert shown.texts("#board .is-highlighted") == []


def test_a_click_on_a_point_finds_its_row(path: Path) -> None:
    """Else: the outlier in a figure can't be named."""
    with opened(path) as shown:
        shown.draw_all()
        shown.click('[data-figure="leaders"] .live .mark-symbol path')
        shown.wait("document.documentElement.dataset.highlighted")
        assert shown.text("#board .is-highlighted button") == shown.text("#highlighted code")


def test_dark_is_a_click_away(path: Path) -> None:
    """Else: who presents in a dark room dazzles it, with figures on white paper."""
    with opened(path) as shown:
        shown.draw_all()
        shown.click("[data-action=theme]")
        assert shown.run("return getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 27)"
        shown.wait("document.querySelector('[data-figure=leaders] .live svg')?.outerHTML.includes('#2D343C')")
        assert shown.complaints() == []


def test_on_paper_the_figures_are_those_of_the_files(path: Path) -> None:
    """Else: the print has dark figures, a scrolled table, or holes."""
    with opened(path, dark=True) as shown:
        shown.draw_all()
        shown.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        displayed = (
            "return [...document.querySelectorAll(arguments[0])].map((e) => getComputedStyle(e).display)"
        )
        assert set(shown.run(displayed, ".plate .live")) == {"none"}
        assert set(shown.run(displayed, ".plate .still")) == {"block"}
        assert shown.run(displayed, "#board") == ["none"]


def _quoted(text: str) -> str:
    import json

    return json.dumps(text)
