"""Wrong data end with 3 and one message: file, column, row, value, remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import ROWS, TINY, Paribus, told

ROW = ROWS.splitlines()[5]
LATIN = ROWS.encode() + "1,2,é\n".encode("latin-1")
WRONG: list[tuple[str | bytes, str]] = [
    (ROWS.replace("a,b,y", "a,b,Y"), "data.target = 'y' is no column, did you mean 'Y'?"),
    (ROWS.replace("p\n", "n\n"), "the target 'y' is 'n' in every row"),
    (ROWS.replace("p\n", "n\n") + "1,2,p\n", "class 'p' of the target 'y' has one row only (row 62)"),
    (ROWS.replace(ROW, "high,4,n"), "column 'a' holds 'high' in row 6, and features must be numbers"),
    (ROWS.replace(ROW, "2020-01-31,4,n"), "dates or times (such as '2020-01-31' in row 6)"),
    (ROWS.replace(ROW, ",4,n"), "1 value is missing, in 'a' (1, first in row 6)"),
    (ROWS.replace(ROW, "NaN,4,n"), "1 value is missing, in 'a' (1, first in row 6)"),
    (ROWS.replace(ROW, "inf,4,n"), "column 'a' holds inf in row 6"),
    (ROWS.replace(ROW, "1e400,4,n"), "column 'a' holds inf in row 6"),
    (ROWS.replace(ROW, "1,4,"), "the target 'y' is missing in 1 row, first in row 6"),
    (ROWS.replace(ROW, "1,4,n,5"), "row 6 has 4 fields, but the header has 3"),
    ("", "is empty"),
    ("a,b,y\n", "has a header (3 columns) but no rows"),
    (ROWS.replace(",", ";"), "looks separated by a semicolon"),
    (ROWS.replace("a,b,y", "a,a,y"), "2 columns are named 'a' (columns 1, 2)"),
    (LATIN, "isn't UTF-8: line 62 holds byte 0xe9"),
]


@pytest.mark.parametrize(("content", "message"), WRONG)
def test_wrong_rows_are_told_with_column_and_row(
    paribus: Paribus, content: str | bytes, message: str
) -> None:
    """Else networks would be trained on what the rows don't say, or end in a traceback."""
    Path("rows.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    said = told(paribus("check", "tiny.toml"), 3)
    assert said.startswith("error: ")
    assert "rows.csv" in said
    assert message in said


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("row.csv", "data.source = 'row.csv' isn't there. Looked in: "),
        ("builtin:breast_cancr", "did you mean 'builtin:breast_cancer'?"),
        (".", "is a folder"),
        ("x" * 5000, "isn't there"),
        ("tiny.toml", "'.toml' is no kind of file that can be read"),
    ],
)
def test_a_source_that_cannot_be_read_is_told(paribus: Paribus, source: str, message: str) -> None:
    """Else a user would not know where paribus looked."""
    Path("tiny.toml").write_text(TINY.replace("rows.csv", source))
    assert message in told(paribus("run", "tiny.toml"), 3)
    assert not Path("runs").exists()
