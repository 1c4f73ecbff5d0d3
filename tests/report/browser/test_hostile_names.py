"""Names that want to be more than names, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from paribus.report.facts import gather
from paribus.report.figures import figures
from paribus.report.page import page
from paribus.study.spec import Stage
from tests.report.records import DEPTH, record, study

pytest.importorskip("selenium")
from tests.report.browser.chromium import opened

pytestmark = pytest.mark.browser
NAMES = (
    "</script><script>window.broken = 1</script><!--<script>",
    "<img src=x onerror='window.broken = 1'>\"'`${window.broken = 1}",
    "=cmd()|' /C calc'!A0",
    "🎉 שלום עולם",
    "\u202eabc" + "n" * 500,
)
LONGEST = 200
"""Characters of a study's own names; a column and a class may be called anything."""


@pytest.mark.parametrize("name", NAMES, ids=["script", "image", "formula", "right to left", "long"])
def test_a_name_stays_a_name(tmp_path: Path, name: str) -> None:
    """Else: a study from a stranger runs its script where it is read, or breaks the page apart."""
    factors: dict[str, Any] = {"train.learning_rate": (1e-3, 1e-2), "network.hidden": ([4], [8])}
    named = name if len(name) < LONGEST else name.lstrip("\u202eabc")[:LONGEST]
    asked = study(
        named,
        stage=(Stage(name=named, factors=factors),),
        question=(DEPTH.model_copy(update={"name": named, "ask": named}),),
    )
    with record(tmp_path, asked, classes=(name, f"{name}2")) as found:
        facts = gather(found, asked)
    path = tmp_path / "report.html"
    path.write_text(page(facts, figures(facts)), encoding="utf-8")
    with opened(path, 768) as shown:
        shown.draw_all()
        assert shown.text("h1") == named
        assert named in shown.text("title")
        assert name in shown.text("#data")
        assert shown.run("return window.broken") is None
        assert shown.run("return document.images.length") == 0
        assert shown.run("return document.documentElement.scrollWidth") <= 768
        assert shown.complaints() == []
        assert shown.requests() == []
