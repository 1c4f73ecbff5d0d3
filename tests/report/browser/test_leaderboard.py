"""The leaderboard in a real browser: sorted, filtered, and quick with ten thousand rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pandas as pd
import pytest

from paribus.report import formats
from paribus.report.facts import Facts, gather
from paribus.report.figures import figures
from paribus.report.page import page
from tests.report.records import record, study

pytest.importorskip("selenium")
from tests.report.browser.chromium import Page, opened

pytestmark = pytest.mark.browser
MANY = 10_000


def _long(facts: Facts) -> Facts:
    """The same with a leaderboard of many configurations."""
    copies = -(-MANY // len(facts.board))
    board = pd.concat([facts.board] * copies, ignore_index=True).head(MANY)
    board["rank"] = range(1, MANY + 1)
    board["config_id"] = [f"{place:012x}" for place in range(MANY)]
    board["val_accuracy"] = [1 - place / MANY for place in range(MANY)]
    return dataclasses.replace(facts, board=board)


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """Facts with ten thousand configurations."""
    asked = study()
    with record(tmp_path_factory.mktemp("record"), asked) as found:
        return _long(gather(found, asked))


@pytest.fixture(scope="module")
def shown(facts: Facts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Their page, opened."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page(facts, figures(facts)[:1]), encoding="utf-8")
    with opened(path) as found:
        yield found


def _column(shown: Page, title: str) -> list[str]:
    heads = shown.texts("#board thead th")
    return shown.texts(f"#board tbody tr:not(.spacer) td:nth-child({heads.index(title) + 1})")


def test_ten_thousand_rows_stand_in_the_page_as_a_few(shown: Page) -> None:
    """Else: the page of a large study can't be scrolled."""
    assert shown.text("#board [role=status]") == f"{MANY:,} of {MANY:,} configurations"
    assert len(shown.texts("#board tbody tr")) < 60
    shown.run("const list = document.querySelector('.board-scroll'); list.scrollTop = list.scrollHeight")
    shown.wait(f"[...document.querySelectorAll('#board tbody td')].some((e) => e.textContent === '{MANY:,}')")
    assert len(shown.texts("#board tbody tr")) < 60
    shown.run("document.querySelector('.board-scroll').scrollTop = 0")


def test_a_click_on_a_heading_sorts_by_it(shown: Page, facts: Facts) -> None:
    """Else: the smallest network can't be found."""
    shown.click('#board [data-sort="val_accuracy"]')
    descending = _column(shown, "accuracy")
    assert descending[0] == "1.000"
    shown.click('#board [data-sort="val_accuracy"]')
    assert _column(shown, "accuracy")[0] == formats.score(facts.board["val_accuracy"].min())
    assert shown.run("return document.activeElement.dataset.sort") == "val_accuracy"
    shown.click('#board [data-sort="rank"]')
    assert _column(shown, "rank")[:3] == ["1", "2", "3"]


def test_words_and_comparisons_filter(shown: Page) -> None:
    """Else: who looks for one setting reads ten thousand rows."""
    shown.type("#board input[type=search]", "accuracy>0.999 [8,4]")
    assert set(_column(shown, "hidden")) == {"[8, 4]"}
    assert 0 < len(_column(shown, "rank")) < 10
    shown.type("#board input[type=search]", "no such thing")
    assert shown.text("#board [role=status]") == f"0 of {MANY:,} configurations"
    shown.type("#board input[type=search]", " ")


def test_columns_come_and_go(shown: Page) -> None:
    """Else: training scores are out of reach, or in the way."""
    assert "train_accuracy" not in shown.texts("#board thead th")
    shown.click("#board details summary")
    shown.run(
        "[...document.querySelectorAll('.board-columns label')]"
        ".find((e) => e.textContent.trim() === 'train_accuracy').click()"
    )
    assert "train_accuracy" in shown.texts("#board thead th")


def test_the_leaderboard_writes_numbers_as_the_rest_of_the_page(shown: Page, facts: Facts) -> None:
    """Else: the same score is 0.062 in one place and 0.063 in another."""
    shown.run("document.querySelector('.board-scroll').scrollTop = 0")
    scores = _column(shown, "accuracy")
    assert scores == [formats.score(value) for value in facts.board["val_accuracy"].head(len(scores))]
