"""Wrong data end with 3 and one message: file, column, row, value, remedy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import ROWS, TINY, Paribus, told

ROW = ROWS.splitlines()[5]
HEAD, *LINES = ROWS.splitlines()


def with_column(name: str, cells: list[str]) -> str:
    """ROWS with one more column before the target, its cells repeated."""
    lines = (f"{cells[place % len(cells)]},{line}" for place, line in enumerate(LINES))
    return "\n".join([f"{name},{HEAD}", *lines]) + "\n"


WRONG: list[tuple[str | bytes, str]] = [
    # what is asked
    (ROWS.replace("a,b,y", "a,b,Y"), "data.target = 'y' is no column, did you mean 'Y'?"),
    (ROWS.replace("p\n", "n\n"), "the target 'y' is 'n' in every row"),
    (ROWS.replace("p\n", "n\n") + "1,2,p\n", "class 'p' of the target 'y' has one row only (row 62)"),
    (ROWS.replace(ROW, "1,4,"), "the target 'y' is missing in 1 row, first in row 6"),
    (ROWS.replace(ROW, "1,4,NA"), "the target 'y' is missing in 1 row, first in row 6"),
    (ROWS.replace(ROW, "1,4,?"), "the target 'y' is missing in 1 row, first in row 6"),
    (ROWS.replace(ROW, "1,4,q"), "positive = 'p' has a meaning for two classes only"),
    ("a,b,y\n" + "".join(f"{n},{n % 7},id{n}\n" for n in range(60)), "looks like an id or free text"),
    ("a,b,y\n" + "".join(f"{n},{n % 7},{n / 7}\n" for n in range(60)), "makes a regression task"),
    ("a,b,y\n" + "".join(f"1,{n % 7},2024-01-{n % 28 + 1:02}\n" for n in range(60)), "has a meaning for two"),
    ("a,b,y\n1,2,p\n3,4,n\n", "has one row only"),
    # cells
    (ROWS.replace(ROW, "high,4,n"), "column 'a' holds 'high' in row 6 (1 such cell), and numbers elsewhere"),
    (ROWS.replace(ROW, "2020-01-31,4,n"), "column 'a' holds '2020-01-31' in row 6"),
    (ROWS.replace(ROW, '"1,5",4,n'), "holds '1,5' in row 6 (1 such cell), and numbers elsewhere"),
    (with_column("c", ['"1,5"', '"2,25"', '"3"']), "a point for the decimals"),
    (with_column("c", ["12%", "7%", "99%"]), "holds '12%' in row 2"),
    (with_column("c", ["$1200", "$7"]), "no signs or thousands separators"),
    (with_column("c", ["1 234", "2 500"]), "holds '1 234' in row 2"),
    (ROWS.replace(ROW, "1.2.3,4,n"), "column 'a' holds '1.2.3' in row 6"),
    (ROWS.replace(ROW, "0x1F,4,n"), "column 'a' holds '0x1F' in row 6"),
    (ROWS.replace(ROW, "1_000,4,n"), "column 'a' holds '1_000' in row 6"),
    (ROWS.replace(ROW, "True,4,n"), "column 'a' holds 'True' in row 6"),
    (ROWS.replace(ROW, "inf,4,n"), "column 'a' holds inf in row 6"),
    (ROWS.replace(ROW, "-Infinity,4,n"), "column 'a' holds -inf in row 6"),
    (ROWS.replace(ROW, "1e400,4,n"), "column 'a' holds inf in row 6"),
    (ROWS.replace(ROW, f"{'9' * 60},4,n"), "column 'a' holds 1e+60 in row 6"),
    (ROWS.replace(ROW, f"{'9' * 400},4,n"), "column 'a' holds inf in row 6"),
    (with_column("c", ["01/02/2024", "03/04/2023"]), "which of day and month comes first"),
    (with_column("c", ["2024-02-30", "2024-02-01"]), "holds '2024-02-30' in row 2, which is no date"),
    # columns
    ("k,y\n" + "".join(f"k{n},{'np'[n % 2]}\n" for n in range(60)), "no feature column is left"),
    ("a,b,y\n" + "".join(f"1,?,{'np'[n % 2]}\n" for n in range(60)), "'b' ('?' in every row)"),
    ("y\n" + "n\np\n" * 30, "no feature column is left beside the target 'y'"),
    (ROWS.replace("a,b,y", ",b,y"), "column 1 has no name of its own"),
    (ROWS.replace("a,b,y", "a,a,y"), "2 columns are named 'a' (columns 1, 2)"),
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


RIGHT: list[tuple[str | bytes, str]] = [
    (b"\xef\xbb\xbf" + ROWS.encode(), "2 features"),
    (ROWS.replace("\n", "\r\n"), "2 features"),
    (ROWS.replace(ROW, f"\n{ROW}\n,,"), "60 rows"),
    (ROWS.replace(ROW, ",4,n"), "numeric  1 (1.7%)"),
    (ROWS.replace(ROW, "NaN,4,n"), "numeric  1 (1.7%)"),
    (ROWS.replace(ROW, "?,4,n"), "note: column 'a': '?' in 1 rows is read as a missing value"),
    (with_column("c", ["u", "v", "?"]), "category"),
    (with_column("c", ["2024-01-31", "2023-02-01"]), "c.month"),
    (with_column("c", [f"k{n}" for n in range(60)]), "dropped: c: another value in every row"),
    (
        with_column("c", [f"this has been said {n} times" for n in range(40)]),
        "dropped: c: text, such as 'this has been said 0 times';",
    ),
    (with_column("c", [""]), "dropped: c: every cell is missing"),
    (with_column("c", ["7"]), "dropped: c: '7' in every row"),
    (
        with_column("c", ["n" if n % 3 else "p" for n in range(60)]),
        "suspicious: c: determines the target 'y'",
    ),
    (
        "y,"
        + ",".join(f"x{n}" for n in range(90))
        + "\n"
        + "".join(
            f"{'np'[row % 2]}," + ",".join(str((row * (n + 7) + n * n) % 97) for n in range(90)) + "\n"
            for row in range(60)
        ),
        "70 more columns: 70 numeric; none of them with missing values",
    ),
]


@pytest.mark.parametrize(("content", "said"), RIGHT)
def test_real_worlds_tables_are_read_and_said(paribus: Paribus, content: str | bytes, said: str) -> None:
    """Else a user would have to clean a table by hand, or not know what became of its columns."""
    Path("rows.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    result = paribus("check", "tiny.toml")
    assert result.exit_code == 0, result.output
    assert said in result.stdout


@pytest.mark.usefixtures("undrawn", "undelivered")
def test_what_becomes_of_columns_is_told_when_a_study_runs(paribus: Paribus) -> None:
    """Who never runs check must learn of a dropped column too."""
    Path("rows.csv").write_text(with_column("c", [f"k{n}" for n in range(60)]))
    result = paribus("run", "tiny.toml", "--workers", 1)
    assert result.exit_code == 0, result.output
    assert "column 'c' is dropped" in result.output


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("row.csv", "data.source = 'row.csv' isn't there. Looked in: "),
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


@pytest.mark.usefixtures("undrawn", "undelivered")
def test_a_regression_in_which_only_the_target_is_named_runs(paribus: Paribus) -> None:
    """Else a first study of house prices would be refused for its metrics, or learn nothing."""
    rows = "".join(f"{row % 7},{row % 5},{150_000 + 20_000 * (row % 7) + row}\n" for row in range(80))
    Path("rows.csv").write_text(f"a,b,y\n{rows}")
    Path("tiny.toml").write_text(
        '[study]\nname = "tiny"\n[data]\nsource = "rows.csv"\ntarget = "y"\n'
        "[train]\nepochs = 40\nlearning_rate = 0.03\n"
    )
    assert paribus("check", "tiny.toml").exit_code == 0
    assert paribus("run", "tiny.toml", "--workers", 1, "--quiet").exit_code == 0
    best = json.loads(Path("runs/tiny/summary.json").read_text())["best"]
    assert best["val_r2"] > 0.5
    assert best["val_rmse"] > 10
