"""Texts that can't be learned from are trained on, or refused without saying where they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from paribus.data.load import load
from paribus.data.profile import table_profile
from paribus.data.split import split
from paribus.data.table import Table
from paribus.errors import DataError
from paribus.study.spec import Data, Protocol
from tests.data.helpers import table
from tests.data.text.corpora import frame


def with_text(place: int, value: Any) -> pd.DataFrame:
    """The reviews, one of them replaced."""
    found = frame()
    cells = found["text"].astype(object)
    cells.iloc[place] = value
    return found.assign(text=cells)


def of_file(path: Path, content: bytes | None = None) -> Table:
    """The table of a file, written before where its content is given."""
    if content is not None:
        path.write_bytes(content)
    return load(Data(source=path.name, text="text", target="y"), folder=path.parent)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            with_text(4, 7),
            r"column 'text' \(data.text\) holds '7', a value of the type int, in position 4\. ",
        ),
        (with_text(4, b"bytes"), "of the type bytes, in position 4.* decode them as UTF-8"),
        (with_text(4, ["a", "list"]), "of the type list, in position 4"),
        (with_text(4, "half \ud800 a letter"), "holds broken UTF-8 in position 4"),
        (frame().assign(text=np.arange(80.0)), "holds numbers, such as '0.0' in position 0"),
        (frame().assign(text=[True, False] * 40), "holds true and false"),
        (frame().assign(text=pd.Timestamp("2024-01-01")), "holds dates or times"),
        (frame().assign(text=["", " "] * 40), "no cell of column 'text' .* holds a word"),
        (
            frame().assign(text=pd.Series([None] * 80, dtype=object)),
            "no cell of column 'text' .* holds a word",
        ),
        (frame().assign(text="..."), "no cell of column 'text' .* holds a word"),
        (frame().assign(y="p"), "the target 'y' is 'p' in every row"),
    ],
)
def test_what_is_no_text_is_refused_with_its_row(wrong: pd.DataFrame, message: str) -> None:
    """Else a number would be read as a word, or a user would search 50,000 rows."""
    with pytest.raises(DataError, match=message):
        table(wrong, text="text")


def test_a_text_column_that_is_not_there_is_told() -> None:
    """Else a misspelt name would end in a fault of ours."""
    with pytest.raises(DataError, match=r"data\.text names 'txt', which is no column, did you mean 'text'"):
        table(frame(), text="txt")


def test_broken_utf_8_is_told_with_its_place(tmp_path: Path) -> None:
    """Else accents would become other letters without a word."""
    with pytest.raises(DataError, match=r"rows.csv isn't UTF-8: line 3 holds byte 0xe9"):
        of_file(tmp_path / "rows.csv", b"text,y\ngood,p\ncaf\xe9,n\n")
    broken = pa.Array.from_buffers(
        pa.string(), 2, [None, pa.py_buffer(np.array([0, 1, 2], "<i4").tobytes()), pa.py_buffer(b"a\xe9")]
    )
    texts = pa.concat_arrays([pa.array(["fine words"] * 4), broken])
    pq.write_table(pa.table({"text": texts, "y": ["p", "n"] * 3}), tmp_path / "rows.parquet")
    with pytest.raises(DataError, match="holds broken UTF-8 in position 5"):
        of_file(tmp_path / "rows.parquet")


def test_a_file_of_empty_texts_is_told_as_such(tmp_path: Path) -> None:
    """Else a user would look for broken letters where nothing stands."""
    with pytest.raises(DataError, match=r"no cell of column 'text' .* holds a word"):
        of_file(tmp_path / "rows.csv", b"text,y\n" + b",p\n,n\n" * 8)


def test_broken_utf_8_beside_the_text_is_told_with_its_place(tmp_path: Path) -> None:
    """Else a class that isn't UTF-8 would end in a fault of ours."""
    broken = pa.Array.from_buffers(
        pa.string(), 2, [None, pa.py_buffer(np.array([0, 1, 2], "<i4").tobytes()), pa.py_buffer(b"p\xe9")]
    )
    classes = pa.concat_arrays([pa.array(["p", "n"] * 2), broken])
    pq.write_table(pa.table({"text": ["fine words"] * 6, "y": classes}), tmp_path / "rows.parquet")
    with pytest.raises(DataError, match="column 'y' holds broken UTF-8 in position 5"):
        of_file(tmp_path / "rows.parquet")


def test_empty_texts_are_kept_and_said() -> None:
    """Else rows would be lost, or a user would not know that nothing speaks for them."""
    found = frame()
    found.loc[[3, 9], "text"] = ["", None]
    read = table(found, text="text")
    assert read.n_rows == 80
    assert "column 'text': 2 texts have no word, first in position 3: all features are 0 there" in read.said
    assert table_profile(read).columns[0].missing == 2


@pytest.mark.parametrize(
    "language", ["とても良い映画だった", "หนังเรื่องนี้ดีมาก", "averyverylongwordwithoutspaces"]
)
def test_a_language_without_spaces_is_said(language: str) -> None:
    """Else every text would be a word of its own, and nothing would be learned."""
    found = table(frame().assign(text=[f"{language}{row}" for row in range(80)]), text="text")
    assert any("no spaces between words" in said and "char_tfidf" in said for said in found.said)
    assert not any("no spaces" in said for said in table(frame(), text="text").said)


def test_long_cells_and_quoted_lines_are_whole(tmp_path: Path) -> None:
    """Else a review of a megabyte would end the study, or be cut."""
    long = "word " * 220_000
    rows = "".join(f'"good, ""fine""\nline {row}",{"pn"[row % 2]}\n' for row in range(20))
    read = of_file(tmp_path / "rows.csv", f'text,y\n"{long}",p\n{rows}'.encode())
    assert read.features.texts.tokens.lengths[:2].tolist() == [220_000, 4]
    assert table_profile(read).columns[0].words[-1] == 220_000


def test_the_profile_says_how_long_texts_are() -> None:
    """Else a user would not know what is learned from."""
    (column,) = table_profile(table(frame(), text="text")).columns
    assert (column.kind, column.rows, column.distinct, column.missing) == ("text", 80, 80, 0)
    assert column.words == (15.0,) * 5
    assert column.vocabulary == len(set(" ".join(frame()["text"]).replace(".", "").split()))
    assert column.commonest[0][1] == frame()["text"].str.split().explode().value_counts().iloc[0]


def test_equal_texts_on_both_sides_are_counted() -> None:
    """Else a review that was learned by heart would be judged."""
    found = frame().assign(part=["train"] * 60 + ["test"] * 20)
    found.loc[60:62, "text"] = list(found.loc[:2, "text"])
    found.loc[60:62, "y"] = list(found.loc[:2, "y"])
    read = table(found, text="text", split="part")
    made = split(read, Protocol(validation="holdout:15"), 7)
    assert (made.sealed_duplicates, read.duplicates) == (3, 3)
    assert made.folds[0].validation.n_rows == 15
    assert made.leaked_duplicates == len(set(made.folds[0].training.rows) & {0, 1, 2})


def test_a_column_of_part_words_is_no_feature() -> None:
    """Else a network would learn which part a row is of."""
    read = table(frame().assign(split=["train", "test"] * 40), text="text")
    assert read.names == ("text",)
    assert (
        "column 'split' is dropped: says which part a row is of: name it in data.split to split by it"
        in read.said
    )


def test_a_text_that_is_not_named_is_dropped_and_said() -> None:
    """Else a user would not know that words can be learned from."""
    found = frame().assign(x=np.arange(80.0) % 7)
    assert any("name it in data.text to learn from its words" in said for said in table(found).said)
