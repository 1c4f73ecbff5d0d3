"""A delivered model of texts says what the training process says, whatever the texts hold."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import paribus
from paribus.deliver import texts
from paribus.deliver.files import predict_file
from paribus.deliver.guard import inspect
from paribus.deliver.texts import KEY
from paribus.errors import DataError, StudyError
from paribus.study.spec import Network
from tests.deliver.reading import model

ALLOWED = 1e-5
COUNTED = ("multi_hot:8", "counts:9", "tfidf:12:1-2", "char_tfidf:40:2-3", "hashing:32:1-2")
READERS = {
    "mean": Network(kind="embedding", vector_size=5, hidden=(4,)),
    "max": Network(kind="embedding", vector_size=5, pool="max", hidden=()),
    "patterns": Network(kind="text_cnn", vector_size=5, kernels=(2, 3, 4), filters=4, hidden=(4,)),
    "gru": Network(kind="gru", vector_size=5, units=4, hidden=(3,)),
    "gru one way": Network(kind="gru", vector_size=5, units=4, bidirectional=False, hidden=(3,)),
    "lstm": Network(kind="lstm", vector_size=5, units=4, hidden=(3,)),
}


@pytest.mark.parametrize("represent", COUNTED)
@pytest.mark.parametrize("with_column", [False, True])
def test_every_count_of_words(represent: str, with_column: bool) -> None:
    """Else a deployed model would count other words than the one that was judged."""
    made, rows, expected = model(represent, with_column=with_column)
    assert np.abs(made.predict_proba(rows)[:, 1] - expected).max() < ALLOWED
    assert inspect(made.content, "model.onnx").texts == made.schema.texts


@pytest.mark.parametrize("network", READERS.values(), ids=list(READERS))
def test_every_network_that_reads_words(network: Network) -> None:
    """Else a network that reads words in order would read them in another way once it is deployed."""
    made, rows, expected = model("tokens:12:9", network)
    assert np.abs(made.predict_proba(rows)[:, 1] - expected).max() < ALLOWED
    assert len(set(expected.round(6))) > 8
    inspect(made.content, "model.onnx")


@pytest.mark.parametrize("select", ["kbest:3", "kbest:14"])
@pytest.mark.parametrize("represent", ["counts:13", "tfidf:13"])
def test_selected_words(select: str, represent: str) -> None:
    """Else a selected word would be weighed by its neighbour's weight, or a text's length be another."""
    made, rows, expected = model(represent, with_column=True, select=select, scale="standard", impute="mean")
    assert np.abs(made.predict_proba(rows)[:, 1] - expected).max() < ALLOWED


@pytest.mark.parametrize("represent", ["tfidf:12", "tokens:12:9"])
def test_an_ensemble_of_folds_that_know_other_words(represent: str) -> None:
    """Else every fold's network would be given the first fold's words."""
    network = READERS["mean"] if represent.startswith("tokens") else None
    made, rows, expected = model(represent, network, folds=3)
    assert len({text.places for text in made.schema.texts}) == 3
    assert np.abs(made.predict_proba(rows)[:, 1] - expected).max() < ALLOWED


def test_rows_keep_their_order_however_few_are_computed_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else predictions would stand beside other texts, as short ones are computed before long ones."""
    made, rows, expected = model("tfidf:12")
    for most in (1, 40, 200):
        monkeypatch.setattr(texts, "ENTRIES_AT_ONCE", most)
        assert np.abs(made.predict_proba(rows)[:, 1] - expected).max() < ALLOWED


@pytest.mark.parametrize("kind", ["csv", "parquet", "txt"])
def test_a_file_of_texts_is_predicted_for(kind: str, tmp_path: Path) -> None:
    """Else texts could be predicted for in Python alone; or a line would be lost."""
    made, rows, expected = model("multi_hot:8")
    data, out = tmp_path / f"rows.{kind}", tmp_path / "out.csv"
    rows = rows.reset_index(drop=True)
    if kind == "txt":
        rows["review"] = rows["review"].fillna("").str.replace("\n", " ")
        data.write_text("\n".join(rows["review"]) + "\n", encoding="utf-8")
    elif kind == "csv":
        rows.to_csv(data, index=False)
    else:
        rows.to_parquet(data)
    drift = predict_file(made, data, out, 7, lambda rows, share: None)
    assert np.abs(pd.read_csv(out)["p_up"] - expected).max() < ALLOWED
    assert drift.table()["missing"][0] > drift.table()["trained_missing"][0] > 0


def test_files_without_a_text_are_told_as_what_they_are(tmp_path: Path) -> None:
    """Else broken letters would end in a fault of ours, or a user would look for the header of lines."""
    made, rows, _ = model("multi_hot:8")
    offsets = pa.py_buffer(np.array([0, 4, 8], "<i4").tobytes())
    broken = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"fineba\xe9d")])
    others = {name: rows[name].iloc[:2].reset_index(drop=True) for name in rows.columns if name != "review"}
    pq.write_table(pa.table(others | {"review": broken}), tmp_path / "rows.parquet")
    (tmp_path / "rows.txt").touch()
    for name, told in (
        ("rows.parquet", "'review' holds broken UTF-8 in position 1"),
        ("rows.txt", "no rows$"),
    ):
        with pytest.raises(DataError, match=told):
            predict_file(made, tmp_path / name, tmp_path / "out.csv", 7, lambda rows, share: None)


def test_what_is_no_text_is_told_by_its_row() -> None:
    """Else a number in a column of texts would be taken for a word."""
    made, rows, _ = model("multi_hot:8")
    with pytest.raises(DataError, match="'review' holds '7' in"):
        made.predict(rows.assign(review=[7, *rows["review"][1:]]))


def _harmed(content: bytes, told: str) -> bytes:
    proto = onnx.load_from_string(content)
    for each in proto.metadata_props:
        if each.key == KEY:
            each.value = told
    harmed: bytes = proto.SerializeToString()
    return harmed


@pytest.mark.parametrize(
    "told",
    [
        "",
        "{",
        '{"texts": []}',
        '{"texts": [{"represent": "tfidf:3", "words": ["a"], "idf": []}]}',
        '{"texts": [{"represent": "vectors:/etc/passwd", "words": []}]}',
        '{"texts": [{"represent": "multi_hot:1", "words": ["a", "b"]}]}',
        '{"texts": [{"represent": "tokens:4:9", "words": ["a"]}]}',
        '{"texts": [{"represent": "multi_hot:9", "words": ["\\ud800"]}]}',
    ],
)
def test_a_vocabulary_that_fits_nothing_is_refused(told: str, tmp_path: Path) -> None:
    """Else a damaged file would end in a traceback, or name a file of this machine to be read."""
    made, _, _ = model("tfidf:12")
    (tmp_path / "model.onnx").write_bytes(_harmed(made.content, told))
    with pytest.raises(StudyError):
        paribus.load(tmp_path / "model.onnx")


def test_the_vocabulary_says_how_to_make_the_inputs() -> None:
    """Else nobody could use the file without paribus."""
    made, _, _ = model("multi_hot:8")
    proto = onnx.load_from_string(made.content)
    told = json.loads({each.key: each.value for each in proto.metadata_props}[KEY])
    words = told["texts"][0]["words"]
    first, other = words[:2]
    places = [words.index(word) + 1 for word in (first, other)]
    ready = made.session._call(
        {"review.places": np.array([places]), "review.values": np.ones((1, 2), np.float32)}
    )
    by_text = made.predict_proba(pd.DataFrame({"review": [f"{first.upper()}  {other}!"]}))
    assert np.abs(ready["probabilities"] - by_text).max() < 1e-6
