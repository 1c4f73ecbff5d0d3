"""A study of texts from the command line: read, refused, run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Paribus, told
from tests.data.text.corpora import frame
from tests.networks.encoders import save_encoder

STUDY = """\
[study]
name = "texts"
[data]
source = "texts.csv"
text = "text"
target = "y"
positive = "p"
[protocol]
metrics = ["accuracy"]
[prepare]
represent = "multi_hot:1000"
[network]
hidden = [4]
[train]
epochs = 3
learning_rate = 0.02
[[stage]]
name = "words"
factors."prepare.represent" = ["multi_hot:1000", "tfidf:40:1-2", "char_tfidf:90", "hashing:2^9"]
"""
TUNED = """\
[prepare]
represent = "tokenizer:small:16"
[network]
kind = "pretrained"
weights = "small"
trained = "last:1"
[train]
epochs = 3
"""


@pytest.fixture
def texts(paribus: Paribus) -> Paribus:
    """The command line, beside a study of reviews."""
    Path("texts.toml").write_text(STUDY)
    frame(100).to_csv("texts.csv", index=False)
    return paribus


@pytest.mark.usefixtures("undrawn", "undelivered")
def test_a_study_of_texts_runs(texts: Paribus) -> None:
    """Issue 7: what a text becomes is a factor like any other, and the sealed texts are judged."""
    assert "words (median 15)" in " ".join(texts("check", "texts.toml").stdout.split())
    result = texts("run", "texts.toml", "--workers", 1)
    assert result.exit_code == 0, result.output
    assert "prepare.represent = 'multi_hot:1000': the training texts have" in " ".join(result.output.split())
    found = json.loads(Path("runs/texts/summary.json").read_text())
    assert found["best"]["test_accuracy"] is not None
    assert found["n_trials"] == 4


def test_a_check_says_how_much_of_a_transformer_is_trained(texts: Paribus) -> None:
    """A network would be trained whole, or not at all, and nobody see it before the end."""
    save_encoder(Path("small"), layers=2)
    tuned = STUDY.split("[prepare]", maxsplit=1)[0] + TUNED
    Path("texts.toml").write_text(tuned)
    told_so = " ".join(texts("check", "texts.toml").stdout.split())
    assert "network: small, trained: last:1: 1,961 parameters, 609 of them trained" in told_so
    result = texts("check", "texts.toml", "--set", "prepare.represent=tokenizer:small:200")
    assert result.exit_code == 2
    assert "can't read texts of 200 tokens" in " ".join(result.output.split())
    result = texts("check", "texts.toml", "--set", "prepare.represent=tokens:20")
    assert result.exit_code == 2
    assert 'say represent = "tokenizer:small:128"' in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("setting", "code", "message"),
    [
        ("data.text=txt", 3, "data.text names 'txt', which is no column, did you mean 'text'?"),
        ("data.text=n", 3, "column 'n' (data.text) holds numbers"),
        ("prepare.represent=none", 2, "'none' leaves nothing of the text"),
        ("prepare.represent=multihot:10", 2, "did you mean 'multi_hot'"),
        ("prepare.select=pca:3", 2, "those of a text are sparse: use none, kbest"),
        ("network.kind=gru", 2, "network.kind = 'gru' reads words in their order"),
    ],
)
def test_what_is_wrong_with_a_study_of_texts_is_told(
    texts: Paribus, setting: str, code: int, message: str
) -> None:
    """Else a user would meet a traceback, or wait for training to fail."""
    frame(100).assign(n=range(100)).to_csv("texts.csv", index=False)
    assert message in told(texts("check", "texts.toml", "--set", setting), code)


def test_imdb_without_the_reviews_is_told(
    texts: Paribus, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Else who has no network would not know where to put them."""
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("paribus.data.sources.imdb.ADDRESS", "http://127.0.0.1:9/aclImdb_v1.tar.gz")
    said = told(texts("check", "texts.toml", "--set", "data.source=builtin:imdb"), 3)
    assert "put imdb/imdb.parquet" in said
