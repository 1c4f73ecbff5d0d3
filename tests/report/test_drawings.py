"""Drawings: made beside other work, made once, and always what the record says."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from loky.process_executor import TerminatedWorkerError

from paribus.report import rendering
from paribus.report.drawings import KEPT, MANY, Drawings
from paribus.report.figures.drawing import Figure


def _figure(name: str, value: float) -> Figure:
    specification = {
        "data": {"name": "rows"},
        "mark": "bar",
        "encoding": {"x": {"field": "value", "type": "quantitative"}},
    }
    return Figure(name, name, f"a bar of {value}", specification, [{"value": value}], pd.DataFrame())


FIGURES = [_figure("one", 1.0), _figure("two", 2.0), _figure("three", 3.0)]


def _drawn(folder: Path, figures: list[Figure], n_trials: int = 0, *, files: bool = True) -> list[str]:
    with Drawings(folder, n_trials, files=files) as drawings:
        for figure in figures:
            drawings.add(figure)
        return [figure.svg for figure in drawings.finish()]


def test_processes_draw_what_this_one_draws(tmp_path: Path) -> None:
    """Else a large study's figures are others than a small one's, or stand under each other's names."""
    svgs = _drawn(tmp_path, FIGURES, MANY)
    assert svgs == [figure.svg for figure in FIGURES]
    for figure, svg in zip(FIGURES, svgs, strict=True):
        assert (tmp_path / f"{figure.name}.svg").read_text(encoding="utf-8") == svg
        assert (tmp_path / f"{figure.name}.png").read_bytes() == figure.png()


def test_a_process_that_was_killed_costs_no_figure(tmp_path: Path) -> None:
    """Else a report of a large study is lost where memory is short."""
    killed: Future[tuple[str, bytes | None]] = Future()
    killed.set_exception(TerminatedWorkerError())
    with Drawings(tmp_path, 0, files=True) as drawings:
        drawings.add(FIGURES[0])
        drawings.drawn[0] = killed
        assert [figure.svg for figure in drawings.finish()] == [FIGURES[0].svg]
    assert (tmp_path / "one.png").read_bytes() == FIGURES[0].png()


def test_a_drawing_is_the_same_whatever_was_drawn_before() -> None:
    """Else the files of a report differ each time it is written, and two drawings share an id on a page."""
    clipped = {**FIGURES[0].specification, "mark": {"type": "bar", "clip": True}}
    first, other = (replace(FIGURES[0], name=name, specification=clipped) for name in ("first", "other"))
    again = replace(first)
    assert 'clip-path="url(#first-0)"' in first.svg
    assert other.svg == first.svg.replace("first-", "other-")
    assert again.svg == first.svg


def test_what_is_unchanged_is_not_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else writing a report anew takes as long as the first time."""
    first = _drawn(tmp_path, FIGURES)
    asked: list[str] = []
    usual = rendering.render

    def counted(
        text: str, name: str, description: str, vega_lite: str, pixels: bool
    ) -> tuple[str, bytes | None]:
        asked.append(name)
        return usual(text, name, description, vega_lite, pixels)

    monkeypatch.setattr(rendering, "render", counted)
    assert _drawn(tmp_path, FIGURES) == first
    assert _drawn(tmp_path, FIGURES, files=False) == first
    assert asked == []
    changed = [FIGURES[0], _figure("two", 5.0), FIGURES[2]]
    assert _drawn(tmp_path, changed) == [first[0], changed[1].svg, first[2]]
    assert asked == ["two"]


@pytest.mark.parametrize("harm", ["edited svg", "no png", "edited png", "no list", "another list"])
def test_a_file_that_was_changed_is_made_anew(tmp_path: Path, harm: str) -> None:
    """Else a figure that somebody has edited, or lost, stands in the next report as the record's."""
    first = _drawn(tmp_path, FIGURES)
    png = (tmp_path / "two.png").read_bytes()
    if harm == "edited svg":
        (tmp_path / "two.svg").write_text("<svg/>", encoding="utf-8")
    elif harm == "no png":
        (tmp_path / "two.png").unlink()
    elif harm == "edited png":
        (tmp_path / "two.png").write_bytes(b"\x89PNG")
    else:
        (tmp_path / KEPT).write_text("" if harm == "no list" else '["two"]', encoding="utf-8")
    assert _drawn(tmp_path, FIGURES) == first
    assert (tmp_path / "two.svg").read_text(encoding="utf-8") == first[1]
    assert (tmp_path / "two.png").read_bytes() == png
