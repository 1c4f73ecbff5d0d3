"""`paribus report`: the report anew, in one format or another."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.conftest import invoke, told

FILES = {
    "html": "report.html",
    "md": "report.md",
    "tex": "latex/report.tex",
    "pdf": "report.pdf",
    "xlsx": "tables.xlsx",
    "csv": "tables/leaderboard.csv",
    "parquet": "tables/trials.parquet",
}


def test_a_run_leaves_the_workbook(finished: Path) -> None:
    """Who has Excel and nothing else would be left with CSV."""
    with pd.ExcelFile(finished / "out" / "tables.xlsx") as book:
        assert {"Leaderboard", "Trials"} <= set(book.sheet_names)


def test_every_format_is_written_where_it_is_asked_for(finished: Path, tmp_path: Path) -> None:
    """A promised format would be missing, or written into the run's own folder."""
    before = sorted((finished / "out").iterdir())
    done = invoke(
        "report",
        finished / "out",
        "--out",
        tmp_path,
        "--format",
        "html,md,tex,PDF",
        "--format",
        "xlsx",
        "--format",
        "csv, parquet",
    )
    assert done.exit_code == 0, done.output
    for name in FILES.values():
        assert (tmp_path / name).stat().st_size > 0
    assert str(tmp_path / "report.md") in done.stdout
    assert sorted((finished / "out").iterdir()) == before


def test_only_what_is_asked_for_is_written(finished: Path, tmp_path: Path) -> None:
    """A workbook would cost a minute of figures."""
    assert invoke("report", finished / "out", "--out", tmp_path, "--format", "xlsx").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["tables.xlsx"]


def test_an_unknown_format_gets_the_nearest(finished: Path) -> None:
    """A typing error would end in a traceback."""
    assert "did you mean 'pdf'" in told(invoke("report", finished / "out", "--format", "pfd"), 2)
    assert "names no format" in told(invoke("report", finished / "out", "--format", ","), 2)


def test_a_missing_extra_is_told_with_the_remedy(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user would read `ModuleNotFoundError: typst`."""
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "paribus.report.exports.write.find_spec", lambda name: None if name == "typst" else found(name)
    )
    assert "pip install 'paribus[pdf]'" in told(invoke("report", finished / "out", "--format", "pdf"), 2)


def test_a_folder_that_cannot_be_made_is_told(finished: Path, tmp_path: Path) -> None:
    """A user would be told that paribus is at fault."""
    (tmp_path / "file").write_text("")
    said = told(invoke("report", finished / "out", "--out", tmp_path / "file", "--format", "md"), 2)
    assert "can't be written" in said
    assert "can't be written" in told(invoke("report", finished / "out", "--out", tmp_path / "file" / "x"), 2)
