"""A user loses rows, or an evening, if a file is misread or a broken one is refused without a reason."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from paribus.data.load import load
from paribus.errors import DataError, StudyError
from paribus.study.spec import Data

from .helpers import breast_cancer, from_text, random_frame, table

ROWS = "a,b,y\n1,2.5,no\n3,4.5,yes\n5,6.5,no\n7,8.5,yes\n"


def test_builtin_breast_cancer_is_the_known_one() -> None:
    loaded = breast_cancer()
    assert (loaded.n_rows, loaded.n_features, loaded.task) == (569, 30, "binary")
    assert loaded.classes == ("benign", "malignant")
    assert loaded.class_counts == {"benign": 357, "malignant": 212}
    assert loaded.names[0] == "mean_radius"
    assert loaded.duplicates == 0


def test_every_kind_of_source_gives_the_same_table(tmp_path: Path) -> None:
    """A study must not change its answer because the table was saved as another kind of file."""
    frame = (
        random_frame(40, classes=3)
        .round(6)
        .assign(
            flag=[True, False] * 20,
            whole=range(40),
            gap=pd.Series([1.5, np.nan] * 20),
            level=pd.Series(["u", "v", None, "w"] * 10),
            day=pd.date_range("2024-01-01", periods=40).strftime("%Y-%m-%d"),
        )
    )
    frame.to_csv(tmp_path / "rows.csv", index=False)
    frame.to_csv(tmp_path / "rows.tsv", index=False, sep="\t")
    frame.to_csv(tmp_path / "bom.CSV", index=False, encoding="utf-8-sig", lineterminator="\r\n")
    frame.to_parquet(tmp_path / "rows.parquet")
    frame.to_excel(tmp_path / "rows.xlsx", index=False)
    expected = table(frame)
    assert expected.task == "multiclass"
    assert {"flag", "gap", "level", "day.month"} <= set(expected.names)
    for name in ("rows.csv", "rows.tsv", "bom.CSV", "rows.parquet", "rows.xlsx"):
        loaded = load(Data(source=name, target="y"), folder=tmp_path)
        assert loaded.fingerprint == expected.fingerprint, name
        assert loaded.source == name


def test_fingerprint_tells_tables_apart_and_is_stable() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "y": [0, 1, 0, 1]})
    assert table(frame).fingerprint == "d90abc050d0e0dbb37c5e73e789a3e5f"
    assert table(frame).fingerprint != table(frame.rename(columns={"a": "b"})).fingerprint
    assert table(frame).fingerprint != table(frame, positive=0).fingerprint
    assert table(frame).fingerprint != table(frame.assign(a=[1.0, 2.0, 3.0, 5.0])).fingerprint


def test_duplicates_count_equal_rows_and_negative_zero_as_zero() -> None:
    frame = pd.DataFrame({"a": [0.0, -0.0, 1.0, 0.0], "b": [2, 2, 2, 2], "y": [0, 1, 0, 1]})
    assert table(frame).duplicates == 2


def test_rows_are_looked_for_beside_the_study_then_in_the_data_folder_then_in_paribus_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [tmp_path / name for name in ("study", "given", "shelf")]
    for count, place in enumerate(places):
        place.mkdir()
        (place / "rows.csv").write_text(ROWS + "9,9,no\n" * count)
    monkeypatch.setenv("PARIBUS_DATA", str(places[2]))
    found = []
    for place in places:
        found.append(load(Data(source="rows.csv", target="y"), folder=places[0], data_dir=places[1]).n_rows)
        (place / "rows.csv").rename(place / "row.csv")
    assert found == [4, 5, 6]
    with pytest.raises(DataError) as caught:
        load(Data(source="rows.csv", target="y"), folder=places[0], data_dir=places[1])
    message = str(caught.value)
    assert all(str(place) in message for place in places)
    assert "'rows.csv' isn't there" in message
    assert "Near names there: row.csv" in message
    absolute = str(places[1] / "row.csv")
    assert load(Data(source=absolute, target="y"), folder=places[0]).n_rows == 5


def test_unset_paribus_data_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PARIBUS_DATA", raising=False)
    with pytest.raises(DataError, match=r"PARIBUS_DATA isn't set"):
        load(Data(source="x" * 5000, target="y"), folder=tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", r"rows\.csv is empty"),
        (b"\xef\xbb\xbf\n \n", r"rows\.csv is empty"),
        (b"a,b,y\n", r"has a header \(3 columns\) but no rows"),
        (b"\na,b,y\n1,2,3\n", r"row 1 is blank"),
        (b"a;b;y\n1,5;2;0\n", r"separated by a semicolon where \.csv means a comma: save it with commas"),
        (b"a\tb\ty\n1\t2\t0\n", r"separated by a tab .* rename it to \.tsv"),
        (b"a|b|y\n1|2|0\n", r"separated by a bar"),
        (b"a,b,a,y\n1,2,3,0\n", r"2 columns are named 'a' \(columns 1, 3\).*rename or remove"),
        (b"a,b,y\n1,2,0\n\n1,2\n", r"row 4 has 2 fields, but the header has 3"),
        (b"a,b,y\n1,2,0\n1,2,3,4\n", r"row 3 has 4 fields, but the header has 3"),
        (b"a,b,y\n1,2,\xe9t\xe9\n", r"isn't UTF-8: line 2 holds byte 0xe9 \(perhaps it is Windows-1252"),
        ("a,b,y\n1,2,0\n".encode("utf-16"), r"isn't UTF-8: .*UTF-16"),
        (b"a,b,y\n1,\0,0\n", r"null characters"),
        (b'a,b,y\n1,2,"no\n1,2,yes\n', r"row 2 has|are quotes paired"),
        (b'a,b,y\n1,2,"' + b"x" * 200_000 + b'"\n', r"'x{39}\.\.\.' in every row"),
    ],
)
def test_a_broken_csv_is_refused_with_the_place(tmp_path: Path, text: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        from_text(tmp_path, text)


def test_a_tsv_with_commas_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"separated by a comma where \.tsv means a tab: rename it to \.csv"):
        from_text(tmp_path, ROWS, name="rows.tsv")


def test_spaces_after_commas_blank_lines_and_quotes_are_no_part_of_the_values(tmp_path: Path) -> None:
    loaded = from_text(tmp_path, 'a, "b", y\n1, 2.5, no\n\n3, 4.5, yes\n,,\n5, 6.5, "no"\n7, 8.5, yes\n\n\n')
    assert loaded.names == ("a", "b")
    assert loaded.classes == ("no", "yes")
    assert loaded.features.numbers(1, 2)[:, 0].tolist() == [2.5, 4.5, 6.5, 8.5]


def test_row_numbers_count_blank_lines_as_the_file_does(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"column 'b' holds 'oops' in row 5"):
        from_text(tmp_path, "a,b,y\n1,2,no\n\n3,4,yes\n5,oops,no\n7,8,yes\n9,8,no\n9,7,yes\n")


@pytest.mark.parametrize("name", ["rows.parquet", "rows.xlsx"])
@pytest.mark.parametrize("zipped", [False, True])
def test_a_file_that_isnt_its_kind_is_refused(tmp_path: Path, name: str, zipped: bool) -> None:
    if zipped:
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("hello.txt", "hello")
    else:
        (tmp_path / name).write_bytes(b"garbage" * 100)
    with pytest.raises(DataError, match=rf"{name} can't be read as .*was it renamed, or cut off"):
        load(Data(source=name, target="y"), folder=tmp_path)


@pytest.mark.parametrize("name", ["rows.parquet", "rows.xlsx"])
def test_an_empty_or_headless_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(DataError, match=rf"{name} is empty"):
        load(Data(source=name, target="y"), folder=tmp_path)
    write = pd.DataFrame.to_parquet if name.endswith("parquet") else pd.DataFrame.to_excel
    write(pd.DataFrame({"a": [], "y": []}), tmp_path / name, index=False)
    with pytest.raises(DataError, match="but no rows"):
        load(Data(source=name, target="y"), folder=tmp_path)
    write(pd.DataFrame(), tmp_path / name, index=False)
    with pytest.raises(DataError, match="is empty"):
        load(Data(source=name, target="y"), folder=tmp_path)


def test_a_cut_off_parquet_is_refused(tmp_path: Path) -> None:
    random_frame(200).to_parquet(tmp_path / "whole.parquet")
    content = (tmp_path / "whole.parquet").read_bytes()
    with pytest.raises(DataError, match="can't be read as Parquet"):
        from_text(tmp_path, content[:500] + content[900:], name="rows.parquet")


def test_column_names_that_stand_twice_are_refused_in_every_kind(tmp_path: Path) -> None:
    """pandas would rename or merge them silently, and a study would use the wrong column."""
    message = r"2 columns are named 'a'"
    with pytest.raises(DataError, match=message):
        table(pd.DataFrame([[1, 2, 0], [3, 4, 1]], columns=["a", "a", "y"]))
    with pytest.raises(DataError, match=message):
        table(pd.DataFrame([[1, 2, 0], [3, 4, 1]], columns=["a", "a ", "y"]))
    pq.write_table(pa.table([[1, 2], [3, 4], [0, 1]], names=["a", "a", "y"]), tmp_path / "rows.parquet")
    with pytest.raises(DataError, match=message):
        load(Data(source="rows.parquet", target="y"), folder=tmp_path)
    _workbook(tmp_path / "rows.xlsx", [["a", "a", "y"], [1, 2, 0], [3, 4, 1]])
    with pytest.raises(DataError, match=message):
        load(Data(source="rows.xlsx", target="y"), folder=tmp_path)


def test_a_workbook_is_read_by_its_first_sheet_with_rows_as_in_excel(tmp_path: Path) -> None:
    lines: list[list[object]] = [
        ["a", "y", None],
        [1, "no"],
        [],
        [2, "yes"],
        ["three", "no"],
        [4, "yes"],
        [5, "no"],
        [6, "yes"],
        [None, " "],
    ]
    _workbook(tmp_path / "rows.xlsx", lines)
    with pytest.raises(DataError, match=r"column 'a' holds 'three' in row 5"):
        load(Data(source="rows.xlsx", target="y"), folder=tmp_path)
    _workbook(tmp_path / "rows.xlsx", [*lines[:4], ["3", "no"], [4, "yes"], [None, " "]])
    loaded = load(Data(source="rows.xlsx", target="y"), folder=tmp_path)
    assert loaded.features.numbers()[:, 0].tolist() == [1, 2, 3, 4]


def test_dates_of_a_workbook_are_read_as_dates(tmp_path: Path) -> None:
    lines = [(datetime.datetime(2024, 1, 1) + n * datetime.timedelta(days=40), n % 2) for n in range(4)]
    _workbook(tmp_path / "rows.xlsx", [["day", "y"], *lines])
    loaded = load(Data(source="rows.xlsx", target="y"), folder=tmp_path)
    assert {column.column for column in loaded.columns} == {"day"}
    assert {column.kind for column in loaded.columns} == {"date"}


def test_folders_suffixes_and_frames_that_arent_are_refused(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "rows.xls").write_text(ROWS)
    for source, message in [
        ("images", r"'images' is a folder .*name one file in it"),
        (
            "rows.xls",
            r"'\.xls' is no kind of file .*did you mean '\.xlsx'.*allowed: \.csv, \.tsv, \.parquet, \.xlsx",
        ),
    ]:
        with pytest.raises(DataError, match=message):
            load(Data(source=source, target="y"), folder=tmp_path)
    with pytest.raises(StudyError, match="must be a pandas DataFrame, but a list"):
        load(Data(source="x", target="y"), folder=tmp_path, frame=[1])  # type: ignore[arg-type]


def test_a_frame_is_not_changed_and_its_index_is_no_column() -> None:
    frame = random_frame(20).set_index(np.arange(20) * 7)
    before = frame.copy()
    assert table(frame).names == tuple(f"x{position}" for position in range(6))
    pd.testing.assert_frame_equal(frame, before)


def _workbook(path: Path, lines: Sequence[Sequence[object]]) -> None:
    book = openpyxl.Workbook()
    for line in lines:
        book.worksheets[0].append(line)
    book.create_sheet("second").append(["not", "this"])
    book.save(path)


def test_a_name_in_a_folder_below_is_offered(tmp_path: Path) -> None:
    """Who names `adult.csv` and a data folder that holds `tables/adult.csv` would search in vain."""
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "rows.csv").write_text(ROWS)
    with pytest.raises(DataError, match=r"isn't there.*write 'tables/rows\.csv'"):
        load(Data(source="rows.csv", target="y"), folder=tmp_path)
    with pytest.raises(DataError, match=r"isn't there.*write 'tables/rows\.csv'"):
        load(Data(source="rows.csv", target="y"), folder=tmp_path / "tables" / "no", data_dir=tmp_path)
