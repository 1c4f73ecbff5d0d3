"""One fact, one number: in the facts, the page, the files, the documents and the terminal."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from paribus.report import formats
from paribus.report.exports.delimited import csv_text, file_frame, parquet_bytes
from paribus.report.exports.document import Document, brief, document
from paribus.report.exports.latex import escaped as for_latex
from paribus.report.exports.latex import latex
from paribus.report.exports.markdown import escaped as for_markdown
from paribus.report.exports.markdown import markdown
from paribus.report.exports.table import NUMBERS, Table, written
from paribus.report.exports.tables import tables
from paribus.report.exports.workbook import workbook
from paribus.report.facts import Facts
from tests.cli.conftest import invoke


@pytest.fixture(scope="module")
def made(facts: Facts) -> tuple[Table, ...]:
    return tables(facts)


@pytest.fixture(scope="module")
def told(facts: Facts, made: tuple[Table, ...]) -> Document:
    return document(facts, made, ())


def _cells(sheet: Any, table: Table) -> Iterator[list[Any]]:
    """The rows beneath a table's header, which is the sheet's first row or stands under the table's title."""
    header = [column.name for column in table.columns]
    lines = [list(line) for line in sheet.iter_rows(values_only=True)]
    titles = [n + 1 for n, line in enumerate(lines) if line[0] == table.title]
    top = next(n for n in [*titles, 0] if lines[n][: len(header)] == header)
    yield from (line[: len(header)] for line in lines[top + 1 :])


def test_the_workbook_holds_the_facts_as_numbers(made: tuple[Table, ...]) -> None:
    """Else who computes in Excel computes with rounded numbers, or with text."""
    book = openpyxl.load_workbook(io.BytesIO(workbook(made)))
    sheets = dict.fromkeys(table.sheet for table in made)
    assert len(book.sheetnames) == len(sheets)
    walked = 0
    for table in made:
        sheet = book[book.sheetnames[list(sheets).index(table.sheet)]]
        rows = _cells(sheet, table)
        for row, shown in zip(table.rows, rows, strict=False):
            for column, value, cell in zip(table.columns, row, shown, strict=True):
                if value is not None and column.kind in NUMBERS:
                    # a workbook keeps 16 digits
                    assert cell == pytest.approx(value, rel=1e-14, abs=0), (table.name, column.name)
                    walked += 1
    assert walked > 300


def test_csv_and_parquet_hold_the_same_numbers_to_the_last_digit(made: tuple[Table, ...]) -> None:
    """Else two files of one study give two results."""
    for table in made:
        frame = file_frame(table)
        again = pd.read_parquet(io.BytesIO(parquet_bytes(frame)))
        lines = list(csv.DictReader(io.StringIO(csv_text(frame))))
        assert len(again) == len(lines) == len(table.rows)
        for place, column in enumerate(table.columns):
            if column.kind not in NUMBERS:
                continue
            for row, line, value in zip(table.rows, lines, again[column.name], strict=True):
                if row[place] is None:
                    assert line[column.name] == ""
                    assert pd.isna(value)
                else:
                    assert float(line[column.name]) == row[place] == value


def test_documents_write_each_number_as_the_one_place_says(told: Document) -> None:
    """Else the thesis rounds another way than the page does."""
    text, files = markdown(told), latex(told)
    walked = 0
    for table in (table for section in told.sections for table in section.tables):
        columns, rows, _ = brief(table)
        places = [table.columns.index(column) for column in columns]
        for raw, row in zip(table.rows, rows, strict=False):
            assert row == tuple(written(table.columns[n].kind, raw[n]) for n in places)
            assert f"| {' | '.join(for_markdown(value) for value in row)} |" in text
            assert " & ".join(for_latex(value) for value in row) in files[f"tables/{_file(table)}.tex"]
            walked += len(row)
    assert walked > 300


def _file(table: Table) -> str:
    return table.name.replace(".", "-")


def _page_text(folder: Path) -> str:
    page = (folder / "report.html").read_text(encoding="utf-8")
    return re.sub(r"\s+", " ", unescape(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.S)))


def test_the_page_and_the_terminal_write_the_scores_of_the_tables(
    trained: Path, made: tuple[Table, ...], facts: Facts
) -> None:
    """Else the meeting, the log and the workbook each see another number."""
    page = _page_text(trained)
    shown = invoke("show", trained, "--rows", 5).stdout
    board = next(table for table in made if table.name == "leaderboard")
    names = [column.name for column in board.columns]
    for row in board.rows[:5]:
        line = next(line for line in shown.splitlines() if row[names.index("config_id")] in line)
        value = written("score", row[names.index("val_recall")])
        assert value in line.split()
        assert value in page
    for row in next(table for table in made if table.name == "scores").rows:
        assert written("score", row[2]) in page
        assert f"{written('score', row[3])} to {written('score', row[4])}" in page
    for row in next(table for table in made if table.name == "answers").rows:
        assert row[2] in page


def test_the_summary_and_the_questions_file_say_what_the_tables_say(
    trained: Path, made: tuple[Table, ...]
) -> None:
    """Else a script that reads summary.json reports other numbers than the workbook."""
    summary = json.loads((trained / "summary.json").read_text())
    for part, metric, value, low, high, _ in next(t for t in made if t.name == "scores").rows:
        assert summary["best"][f"{part}_{metric}"] == value
        assert summary["best"][f"{part}_{metric}_interval"] == [low, high]
    levels = next(table for table in made if table.name == "question-1")
    file = pd.read_csv(trained / "questions.csv")
    frame = levels.frame()
    for name in ("estimate", "low", "high", "difference", "adjusted_p", "n_parameters"):
        known = file[name].notna().to_numpy()
        assert list(frame[name][known]) == list(file[name][known])


def test_values_are_written_in_one_way() -> None:
    """Else a missing score reads 0, and a difference loses its sign."""
    assert written("score", None) == written("count", None) == formats.NOTHING
    assert written("signed", 0.02) == "+0.020"
    assert written("signed", -0.02) == "−0.020"
    assert written("level", [16, 8]) == "[16, 8]"
    assert written("flag", True) == "yes"


def test_every_table_is_documented(made: tuple[Table, ...]) -> None:
    """Else who finds a table in the workbook can't look up what its rows are."""
    page = (Path(__file__).parents[3] / "docs" / "tables.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| ([a-z][^|]*) \|", page.split("## The tables")[1], flags=re.M)
    known = [name.strip() for line in listed for name in line.split(",")]
    patterns = [re.sub("PATH|PART", "[^ ]+", name.replace("-N", r"-\d+")) for name in known]
    for table in made:
        assert any(re.fullmatch(pattern, table.name) for pattern in patterns), table.name
