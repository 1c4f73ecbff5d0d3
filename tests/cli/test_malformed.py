"""Malformed files: exit code 3 and one message with the file, the place, the value and the remedy."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from tests.cli.conftest import ROWS, TINY, Paribus, told
from tests.cli.test_wrong_data import LINES, ROW, with_column

Refused = tuple[str, str | bytes, str, Sequence[str]]
"""A file's name and content, more keys of [data], and what the message says."""


def parquet() -> bytes:
    """ROWS as a Parquet file."""
    file = io.BytesIO()
    pd.read_csv(io.StringIO(ROWS)).to_parquet(file)
    return file.getvalue()


def zipped() -> bytes:
    """ROWS in a zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("rows.csv", ROWS)
    return file.getvalue()


def workbook(cell: object) -> bytes:
    """ROWS as a workbook, one cell of column a another."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    for number, line in enumerate(csv_cells(), start=1):
        book.worksheets[0].append([cell if number == 6 else line[0], *line[1:]])
    book.save(file)
    return file.getvalue()


def csv_cells() -> list[list[object]]:
    """ROWS as cells, the header first."""
    frame = pd.read_csv(io.StringIO(ROWS))
    return [list(frame.columns), *frame.to_numpy(dtype=object).tolist()]


def csv(content: str | bytes, *said: str, keys: str = "") -> Refused:
    """A refused rows.csv."""
    return "rows.csv", content, keys, said


JUNK = np.random.default_rng(0).bytes(3000)
CUT, DAMAGED = parquet()[:900], parquet()[:30] + bytes(200) + parquet()[230:]
FILES: dict[str, Refused] = {
    "latin-1": csv(ROWS.encode() + "1,2,\xe9\n".encode("latin-1"), "isn't UTF-8: line 62", "0xe9", "Latin-1"),
    "UTF-16": csv(ROWS.encode("utf-16"), "perhaps it is UTF-16", "Save it as UTF-8"),
    "UTF-16 without a mark": csv(ROWS.encode("utf-16-le"), "perhaps it is UTF-16", "Save it as UTF-8"),
    "UTF-16 big end first": csv(ROWS.encode("utf-16-be"), "perhaps it is UTF-16"),
    "UTF-32": csv(ROWS.encode("utf-32"), "perhaps it is UTF-32"),
    "binary": csv(JUNK, "isn't UTF-8: line 1", "no text at all"),
    "null character": csv(ROWS.replace(ROW, "1,\0,n"), "the first in line 6", "was it renamed, or cut off?"),
    "zip": csv(zipped(), "looks like a zip archive", "unpack it"),
    "gzip": csv(b"\x1f\x8b" + JUNK, "compressed by gzip"),
    "Parquet named csv": csv(parquet(), "looks like a Parquet file: rename it to .parquet"),
    "web page": csv("<!DOCTYPE html><html>Not found</html>\n", "looks like a web page"),
    "JSON": csv('[{"a": 1, "y": "p"}]', "looks like JSON"),
    "git LFS": csv("version https://git-lfs.github.com/spec/v1\nsize 1\n", "run git lfs pull"),
    "empty": csv("", "is empty: a header and rows are needed"),
    "blank": csv("  \n\n", "is empty"),
    "header alone": csv("a,b,y", "has a header (3 columns) but no rows"),
    "no header": csv("\n".join(LINES), "2 columns are named '0'", "is the header missing?"),
    "title above the header": csv(f"made by hand\n{ROWS}", "row 2 has 3 fields", "row 1 must be the header"),
    "header twice the name": csv(ROWS.replace("a,b,y", "a,a,y"), "(columns 1, 2)", "rename or remove"),
    "long row": csv(ROWS.replace(ROW, f"{ROW},7"), "row 6 has 4 fields", "unquoted comma"),
    "short row": csv(ROWS.replace(ROW, "1,n"), "row 6 has 2 fields", "Every row needs as many"),
    "quote not closed": csv(ROWS.replace(ROW, '"1,4,n'), "row 6 has 1 field,", "pair the quotes"),
    "quote not closed at the end": csv(f'{ROWS}1,"4,n\n', "row 62 has 2 fields", "pair the quotes"),
    "quote inside": csv(ROWS.replace(ROW, '1"2",4,n'), "'1\"2\"' in row 6"),
    "semicolons": csv(ROWS.replace(",", ";"), "looks separated by a semicolon", "save it with commas"),
    "bars": csv(ROWS.replace(",", "|"), "looks separated by a bar", "save it with commas"),
    "tabs": csv(ROWS.replace(",", "\t"), "looks separated by a tab", "rename it to .tsv"),
    "long cell": csv(ROWS.replace(ROW, f"1,{'x' * 300_000},n"), "column 'b' holds 'xxx", "in row 6"),
    "decimal commas": csv(with_column("c", ['"1,5"', '"2,25"']), "holds '1,5' in row 2", "a point for the"),
    "thousands": csv(with_column("c", ['"1,234"', '"20,500"']), "'1,234' in row 2", "thousands separators"),
    "apostrophes": csv(with_column("c", ["1'234", "20'500"]), '"1\'234" in row 2', "thousands separators"),
    "mixed types": csv(with_column("c", ["1", "2", "3", "4", "5", "x"]), "holds 'x' in row 7", "data.drop"),
    "whole number of 400 digits": csv(with_column("c", ["9" * 400, "7"]), "holds inf in row 2", "±3.4e38"),
    "infinite": csv(ROWS.replace(ROW, "-inf,4,n"), "column 'a' holds -inf in row 6", "must be finite"),
    "no date": csv(with_column("c", ["2024-13-45", "2024-01-31"]), "'2024-13-45' in row 2", "no date"),
    "a word among dates": csv(
        with_column("c", ["2024-01-31", *["2024-02-01"] * 4, "soon"]),
        "'soon' in row 7",
        "and dates elsewhere",
    ),
    "day or month": csv(with_column("c", ["01/02/2024", "02/03/2024"]), "which of day and month", "%d/%m/%Y"),
    "no target": csv(ROWS.replace("a,b,y", "a,b,Y"), "data.target = 'y' is no column", "did you mean 'Y'?"),
    "target missing": csv(ROWS.replace(ROW, "1,4,"), "missing in 1 row, first in row 6", "remove the row"),
    "one class": csv(ROWS.replace("p\n", "n\n"), "'n' in every row", "choose another, or add rows"),
    "class of one row": csv(
        ROWS.replace("p\n", "n\n") + "1,2,p\n", "class 'p' of the target 'y' has one row only (row 62)"
    ),
    "nothing but ids": csv(
        "k,y\n" + "".join(f"k{n},{'np'[n % 2]}\n" for n in range(60)), "no feature column"
    ),
    "weight below 0": csv(with_column("w", ["1", "-3"]), "'-3' in row 3", "0 or more", keys='weight = "w"'),
    "weight missing": csv(with_column("w", ["1", ""]), "is missing in row 3", keys='weight = "w"'),
    "no weight column": csv(ROWS, "data.weight = 'w' is no column", keys='weight = "w"'),
    "no group column": csv(
        with_column("grp", ["u", "v"]),
        "data.group = 'group' is no column, did you mean 'grp'?",
        keys='group = "group"',
    ),
    "group missing": csv(
        with_column("g", ["u", ""]), "'g' (data.group)", "first in row 3", keys='group = "g"'
    ),
    "unknown part": csv(with_column("s", ["train", "tset"]), "'tset' in row 3", keys='split = "s"'),
    "Parquet cut off": ("rows.parquet", CUT, "", ["can't be read as Parquet", "cut off?"]),
    "Parquet damaged": ("rows.parquet", DAMAGED, "", ["can't be read as Parquet"]),
    "csv named parquet": ("rows.parquet", ROWS, "", ["can't be read as Parquet", "was it renamed"]),
    "workbook of junk": ("rows.xlsx", JUNK, "", ["can't be read as an Excel workbook", "was it renamed"]),
    "zip named xlsx": ("rows.xlsx", zipped(), "", ["can't be read as an Excel workbook"]),
    "word in a workbook": ("rows.xlsx", workbook("high"), "", ["column 'a' holds 'high' in row 6"]),
    "unknown suffix": ("rows.xlsm", ROWS, "", ["'.xlsm' is no kind of file", "did you mean '.xlsx'?"]),
}


def put(name: str, content: str | bytes, keys: str = "") -> None:
    """Lay down the file, and the study of it."""
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    Path("tiny.toml").write_text(TINY.replace('source = "rows.csv"', f'source = "{name}"\n{keys}'))


@pytest.mark.parametrize("case", FILES)
def test_a_malformed_file_is_refused_with_its_place_and_remedy(paribus: Paribus, case: str) -> None:
    """Else a user would search a traceback, or train on rows that were misread."""
    name, content, keys, said = FILES[case]
    put(name, content, keys)
    message = told(paribus("check", "tiny.toml"), 3)
    assert message.startswith("error: ")
    assert message.count("\n") == 1
    for part in (name, *said):
        assert part in message


WELL: dict[str, tuple[str | bytes, str]] = {
    "UTF-8 with a mark": (b"\xef\xbb\xbf" + ROWS.encode(), "60 rows × 2 features"),
    "old line ends": (ROWS.replace("\n", "\r"), "60 rows × 2 features"),
    "blank lines": (ROWS.replace("\n", "\n\n"), "60 rows × 2 features"),
    "spaces": (ROWS.replace(",", ", ").replace("a, b, y", "a , b , y "), "60 rows × 2 features"),
    "letters of all kinds": (ROWS.replace("a,b,y", "größe 😀,b,y"), "größe 😀"),
    "line end in a cell": (with_column("c", ['"two\nlines"', "one"]), "two lines 30"),
    "comma after every row": ("\n".join(f"{line}," for line in ROWS.splitlines()), "60 rows × 2 features"),
    "column without a cell": (with_column("c", [""]), "dropped: c: every cell is missing"),
    "more features than rows": (
        "y,"
        + ",".join(f"x{n}" for n in range(99))
        + "\n"
        + "".join(
            f"{'np'[row % 2]}," + ",".join(str((row + n) ** 2 % 97) for n in range(99)) + "\n"
            for row in range(24)
        ),
        "24 rows × 99 features",
    ),
    "whole number of 25 digits": (with_column("c", [str(10**25), "7"]), "7 to 1e+25"),
    "whole number beyond 64 bits": (with_column("c", [str(2**63), "7", "9"]), "9.22337e+18"),
}


@pytest.mark.parametrize("case", WELL)
def test_an_odd_file_that_can_be_read_is_read(paribus: Paribus, case: str) -> None:
    """Else a user would mend what isn't broken."""
    content, said = WELL[case]
    put("rows.csv", content)
    result = paribus("check", "tiny.toml")
    assert result.exit_code == 0, result.output
    assert said in result.stdout


@pytest.mark.usefixtures("undrawn")
def test_a_level_that_only_the_test_file_has_is_prepared(paribus: Paribus) -> None:
    """Else a competition's test rows could not be predicted."""
    Path("test.csv").write_text("c,a,b,y\nnew,1,2,p\nu,3,4,n\nnew,5,6,n\nv,7,8,p\n")
    put("rows.csv", with_column("c", ["u", "v"]), 'test = "test.csv"')
    result = paribus("run", "tiny.toml", "--workers", 1)
    assert result.exit_code == 0, result.output
    assert "sealed test: " in result.stdout


def test_a_file_that_may_not_be_read_is_told(paribus: Paribus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a file of another user would look like a fault of ours."""

    def refuses(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuses)
    message = told(paribus("check", "tiny.toml"), 3)
    assert "rows.csv can't be read: Permission denied" in message
