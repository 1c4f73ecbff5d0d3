"""Networks that read words, and vectors that others have learned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

import paribus
from paribus.data.text.beside import PLACES, look_in
from paribus.data.text.vectors import vectors_of
from paribus.errors import DataError, StudyError
from paribus.networks.build import build
from paribus.networks.words import WordNetwork
from paribus.study.configuration import Configuration
from paribus.study.spec import Network, Prepare, Train

KINDS = ("embedding", "text_cnn", "gru", "lstm")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of vectors are kept there."""
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path / "cache"))


def network(kind: str, **settings: object) -> WordNetwork:
    made = Network.model_validate({"kind": kind, "hidden": [4], **settings})
    asked = Configuration(Prepare(represent="tokens:6:20"), made, Train(engine="torch"))
    built = build(asked, (6,), 1)
    assert isinstance(built, WordNetwork)
    return built.eval()


@pytest.mark.parametrize("kind", KINDS)
def test_what_follows_a_text_is_not_read(kind: str) -> None:
    """A review would be judged by how long the longest of its neighbours is."""
    built = network(kind)
    short, long = torch.tensor([[5, 3, 9]]), torch.tensor([[5, 3, 9, 0, 0, 0]])
    beside = torch.cat([long, torch.tensor([[7, 7, 7, 7, 7, 7]])])
    with torch.inference_mode():
        assert torch.allclose(built(short), built(long), atol=1e-6)
        assert torch.allclose(built(beside)[:1], built(long), atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_text_has_a_prediction(kind: str) -> None:
    """One empty review would make every loss of its batch no number."""
    with torch.inference_mode():
        assert network(kind)(torch.zeros(2, 6, dtype=torch.int64)).isfinite().all()


@pytest.mark.parametrize("kind", ["text_cnn", "gru", "lstm"])
def test_the_order_of_words_counts(kind: str) -> None:
    """'not good' and 'good not' would be the same text."""
    built = network(kind)
    with torch.inference_mode():
        one, other = built(torch.tensor([[5, 3, 9, 4]])), built(torch.tensor([[9, 4, 5, 3]]))
    assert not torch.allclose(one, other)


def write_vectors(folder: Path) -> Path:
    path = folder / "own.txt"
    path.write_text("good 1 0 2\nbad -1 0.5 0\nnew york 3 3 3\n")
    return path


def test_words_begin_at_the_vectors_of_a_file(tmp_path: Path) -> None:
    """Learned vectors would be asked for and not used; unknown words would all be the same one."""
    source = str(write_vectors(tmp_path))
    built = network("embedding", vectors=source, learn_vectors=False)
    built.know(("good", "strange", "bad"))
    vectors = built.words.weight.numpy(force=True)
    np.testing.assert_array_equal(vectors[2], [1, 0, 2])
    np.testing.assert_array_equal(vectors[4], [-1, 0.5, 0])
    assert vectors[3].any()
    assert not vectors[0].any()
    assert not built.words.weight.requires_grad


def test_a_file_of_vectors_is_checked(tmp_path: Path) -> None:
    """A torn file would give words wrong numbers, without a word."""
    path = write_vectors(tmp_path)
    np.testing.assert_array_equal(vectors_of(["new york"], str(path)), [[3, 3, 3]])
    torn = tmp_path / "torn.txt"
    torn.write_text("good 1 0 2\nbad 1 x 0\n")
    with pytest.raises(DataError, match="line 2"):
        vectors_of(["good"], str(torn))
    with pytest.raises(StudyError, match="neither a file"):
        vectors_of(["good"], "nowhere.txt")
    path.write_text("good 5 5 5\nbad 6 6 6\n")
    np.testing.assert_array_equal(vectors_of(["bad", "new york"], str(path)), [[6, 6, 6], [0, 0, 0]])


def test_vectors_are_looked_for_as_data_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A study would run in its own folder alone, or take a file of another one."""
    for name in ("study", "data"):
        (tmp_path / name).mkdir()
    write_vectors(tmp_path / "data")
    monkeypatch.setenv(PLACES, "")
    look_in(tmp_path / "study", tmp_path / "data")
    np.testing.assert_array_equal(vectors_of(["good"], "own.txt"), [[1, 0, 2]])
    (tmp_path / "study" / "own.txt").write_text("good 7 7\n")
    np.testing.assert_array_equal(vectors_of(["good"], "own.txt"), [[7, 7]])


def test_a_word_that_stands_twice_has_its_first_vector(tmp_path: Path) -> None:
    """The second would move all words after it by one place."""
    path = tmp_path / "own.txt"
    path.write_text("3 2\ngood 1 0\ngood 9 9\nbad 2 2\n")
    np.testing.assert_array_equal(vectors_of(["good", "bad"], str(path)), [[1, 0], [2, 2]])
    assert vectors_of(["good"], str(path)).flags.writeable


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("kind", KINDS)
def test_it_learns_which_words_matter(kind: str, tmp_path: Path) -> None:
    """A network that reads words would train, and read nothing."""
    random = np.random.default_rng(1)
    common = [f"word{number}" for number in range(20)]
    labels = random.integers(0, 2, 160)
    texts = [
        " ".join([*random.choice(common, 6), "splendid" if label else "dreadful", *random.choice(common, 3)])
        for label in labels
    ]
    study = paribus.Study.model_validate(
        {
            "name": kind,
            "data": {"source": "rows", "target": "label", "text": "text"},
            "protocol": {"test": 0.0, "validation": "holdout:0.3", "metrics": ["accuracy"]},
            "prepare": {"represent": "tokens:12:30"},
            "network": {"kind": kind, "hidden": [8]},
            "train": {"engine": "torch", "learning_rate": 0.02, "batch_size": 16, "epochs": 12},
            "deliver": {"model": "none"},
        }
    )
    frame = pd.DataFrame({"text": texts, "label": labels})
    results = paribus.run(study, tmp_path / "out", frame=frame, workers=1)
    assert results.summary["best"]["val_accuracy"] > 0.9
