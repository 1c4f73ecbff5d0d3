"""The workbook: legal for Excel, safe to open, whatever a study is called."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from paribus.report.exports.delimited import csv_text
from paribus.report.exports.table import Table, table
from paribus.report.exports.tables import tables
from paribus.report.exports.workbook import LONGEST, legal_name, workbook
from paribus.report.facts import Facts

FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")']


def _table(name: str, values: list[object], kind: str = "text") -> Table:
    return table(name, name, {"value": kind}, [(value,) for value in values])  # type: ignore[dict-item]


def test_a_name_is_never_run_as_a_formula() -> None:
    """Else opening the tables of a stranger's study runs the stranger's command."""
    made = _table("=1+1", [*FORMULAS, "plain"])
    raw = workbook([made])
    book = openpyxl.load_workbook(io.BytesIO(raw))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert "plain" in {cell.value for cell in cells}
    with ZipFile(io.BytesIO(raw)) as files:
        sheet = files.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet.lower()


def test_a_name_in_a_csv_file_is_no_formula_either() -> None:
    """Else a double click on questions.csv runs it; a negative number must stay a number."""
    text = csv_text(_table("t", [*FORMULAS, "-0.5", "1e-3"]).frame())
    lines = text.splitlines()[1:]
    assert [line.lstrip('"')[0] for line in lines[: len(FORMULAS)]] == ["'"] * len(FORMULAS)
    assert lines[-2:] == ["-0.5", "1e-3"]


@pytest.mark.parametrize(
    "name", ["a/b\\c[d]:e*?", "'quoted'", "History", "", "\x00", "x" * 500, "🎉" * 40, "=cmd()", "<script>"]
)
def test_any_name_gives_a_sheet_that_excel_opens(name: str) -> None:
    """Else Excel says that the file is damaged."""
    used: set[str] = set()
    found = [legal_name(name, used) for _ in range(12)]
    assert len({each.lower() for each in found}) == len(found)
    for each in found:
        assert 0 < len(each.encode("utf-16-le")) // 2 <= LONGEST
        assert not set(each) & set("[]:*?/\\\x00")
        assert not each.startswith("'")
        assert not each.endswith("'")
        assert each.lower() != "history"
    book = openpyxl.load_workbook(io.BytesIO(workbook([_table(name, ["x"]), _table(f"{name}2", ["y"])])))
    assert len(book.sheetnames) == 2


def test_more_rows_than_a_sheet_takes_are_told_of() -> None:
    """Else a table ends without a word, and its reader takes the part for the whole."""
    book = openpyxl.load_workbook(io.BytesIO(workbook([_table("many", list(range(50)), "count")], most=20)))
    values = [cell.value for (cell,) in book.worksheets[0].iter_rows(max_col=1)]
    assert values[1:21] == list(range(20))
    assert "20 of 50 rows" in str(values[21])


def test_a_sheet_can_be_filtered_and_its_header_stays(facts: Facts) -> None:
    """Else a leaderboard of 2,000 rows scrolls its header away."""
    book = openpyxl.load_workbook(io.BytesIO(workbook(tables(facts))))
    assert {"Leaderboard", "Trials", "width"} <= set(book.sheetnames)
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref
    score = book["Leaderboard"].cell(2, 1 + _names(book["Leaderboard"]).index("val_recall"))
    assert isinstance(score.value, float)
    assert score.number_format == "0.000"


def _names(sheet: object) -> list[str]:
    return [cell.value for cell in next(sheet.iter_rows(max_row=1))]  # type: ignore[attr-defined]


def test_libreoffice_opens_it(tmp_path: Path, trained: Path) -> None:
    """Else who has no Excel can't read the tables."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("needs LibreOffice (Debian: libreoffice-calc)")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", "csv", "--outdir", tmp_path, trained / "tables.xlsx"],
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert (tmp_path / "tables.csv").read_text(encoding="utf-8").startswith("question,")
