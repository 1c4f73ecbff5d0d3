"""Fine-tuning: the same steps as PyTorch's own, in any company, after a cut, and frozen bodies asked once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from paribus.data.prepare.prepared import Prepared
from paribus.data.text.model_tokens import tokenizer_of
from paribus.engines import ENGINES
from paribus.engines.torch.texts import TextTraining
from paribus.engines.torch.training import alone
from paribus.networks.build import build
from paribus.networks.noise import order
from paribus.networks.reader import TextReader
from paribus.population.outcome import FoldArrays, Lineage, Outcome
from paribus.study.configuration import Configuration
from paribus.study.representation import parse_representation
from paribus.study.spec import Network, Prepare, Train
from tests.data.text.corpora import reviews
from tests.draw import TASKS, same
from tests.engines.cutting import cut_off
from tests.networks.encoders import save_encoder

TASK = TASKS["binary"]
LENGTH, ROWS = 24, 24


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_encoder(tmp_path_factory.mktemp("texts"), layers=2)


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same without its own dropout."""
    return save_encoder(tmp_path_factory.mktemp("exact"), layers=2, dropout=0.0)


@pytest.fixture
def arithmetic() -> None:
    """These networks are trained by PyTorch alone: once is enough."""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path / "cache"))


def fold(folder: Path) -> FoldArrays:
    """Two thirds of some reviews to train on, a third to judge by; of unequal length."""
    texts = [text if row % 3 else text[:40] for row, text in enumerate(reviews(ROWS + ROWS // 2))]
    asked = parse_representation(f"tokenizer:{folder}:{LENGTH}")
    rows, labels = tokenizer_of(asked).places(texts), np.arange(len(texts)) % 2
    train, val = (cast(Prepared, rows[some]) for some in (slice(ROWS), slice(ROWS, None)))
    return FoldArrays(train, labels[:ROWS], val, labels[ROWS:])


def lineage(folder: Path, seed: int = 1, epochs: int = 2, *, network: Any = (), **train: Any) -> Lineage:
    """Fine-tuning of the last block, in batches of 8, where nothing is said."""
    shape = {"kind": "pretrained", "weights": str(folder), "trained": "last:1", **dict(network)}
    settings = {"epochs": epochs, "batch_size": 8, "convention": "torch", **train}
    prepare = Prepare(represent=f"tokenizer:{folder}:{LENGTH}")
    return Lineage(Configuration(prepare, Network(**shape), Train(**settings)), (epochs,), 0, seed)


def trained(folder: Path, asked: Lineage, engine: str = "torch") -> Outcome:
    """What it leaves."""
    return ENGINES[engine].train([asked], {asked.data: fold(folder)}, TASK)[0]


def plain(folder: Path, asked: Lineage, make: Any) -> tuple[NDArray[np.float32], ...]:
    """One epoch by Transformers and PyTorch alone, from the same head, on the same batches."""
    transformers = pytest.importorskip("transformers")
    data, train = fold(folder), asked.configuration.train
    body = transformers.AutoModel.from_pretrained(folder).train()
    ours = build(asked.configuration, (LENGTH,), 1, asked.seed)
    assert isinstance(ours, TextReader)
    layer = ours.rest.output
    head = torch.nn.Linear(*layer.weight.shape[::-1]) if layer.weight.shape[0] == 1 else None
    assert head is not None
    with torch.no_grad():
        head.weight.copy_(layer.weight)
        assert layer.bias is not None
        head.bias.copy_(layer.bias)
    body.pooler = None
    optimizer = make([*body.parameters(), *head.parameters()])
    rows = torch.from_numpy(np.asarray(data.train_x)).long()
    y = torch.from_numpy(np.asarray(data.train_y)).float()
    places = order(asked.seed, 0, 1, ROWS)
    for start in range(0, ROWS, train.batch_size):
        some = places[start : start + train.batch_size]
        mask = (rows[some] > 0).long()
        tokens = body(input_ids=(rows[some] - 1).clamp(min=0), attention_mask=mask).last_hidden_state
        mean = (tokens * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(head(mean)[:, 0], y[some])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return tuple(
        each.numpy(force=True) for each in (*body.state_dict().values(), *head.state_dict().values())
    )


@pytest.mark.parametrize(
    ("train", "make"),
    [
        (
            {"optimizer": "adamw", "learning_rate": 1e-3, "weight_decay": 0.1, "epsilon": 1e-4},
            lambda parameters: torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.1, eps=1e-4),
        ),
        (
            {"optimizer": "adam", "learning_rate": 1e-3, "epsilon": 1e-4},
            lambda parameters: torch.optim.Adam(parameters, lr=1e-3, eps=1e-4),
        ),
    ],
)
def test_an_epoch_is_that_of_plain_transformers(exact: Path, train: dict[str, Any], make: Any) -> None:
    """What is called fine-tuning would be another training.

    ε is larger than usual, since a key's bias has no gradient but rounding, which Adam would make a step of.
    """
    asked = lineage(exact, epochs=1, network={"trained": "all"}, **train)
    found, expected = trained(exact, asked).weights, plain(exact, asked, make)
    assert len(found) == len(expected)
    start = build(asked.configuration, (LENGTH,), 1, asked.seed).arrays()
    moved = 0.0
    for one, other, before in zip(found, expected, start, strict=True):
        np.testing.assert_allclose(one.reshape(other.shape), other, atol=1e-5)
        moved = max(moved, float(np.abs(one - before).max()))
    assert moved > 1e-3


@pytest.mark.parametrize("engine", ["torch", "population"])
def test_the_same_seed_gives_the_same_bits(folder: Path, engine: str) -> None:
    """A study couldn't be done again, or would depend on what is trained beside."""
    train: dict[str, Any] = {"optimizer": "adamw", "ema": 0.5, "accumulate": 2, "head_learning_rate": 1e-2}
    some = [lineage(folder, seed, network={"trained": "all", "dropout": 0.2}, **train) for seed in (1, 2)]
    data = {some[0].data: fold(folder)}
    together = ENGINES[engine].train(some, data, TASK)
    by_themselves = [ENGINES[engine].train([each], data, TASK)[0] for each in some]
    assert all(same(one, other) for one, other in zip(together, by_themselves, strict=True))
    assert not same(together[0], together[1])


def test_a_frozen_body_is_asked_once_for_a_text(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A head's forty epochs would take forty times as long as one, or learn from other numbers."""
    asked = lineage(folder, network={"trained": "head", "hidden": [4], "dropout": 0.3}, epochs=3)
    slow, read = trained(folder, asked), TextReader.read
    monkeypatch.setattr(TextReader, "read", None)
    quick = trained(folder, replace(asked, seed=1))
    assert same(slow, quick)
    monkeypatch.setattr(TextReader, "read", read)
    body = build(asked.configuration, (LENGTH,), 1).load(slow.weights)
    z = body.logits(fold(folder).val_x)[:, 0]
    assert slow.predictions is not None
    np.testing.assert_allclose(slow.predictions, 1 / (1 + np.exp(-z)), atol=1e-6)


def test_the_head_has_a_rate_of_its_own(folder: Path) -> None:
    """The rate that a new head needs would undo what the body has learned."""
    asked = lineage(folder, epochs=1, optimizer="sgd", learning_rate=1e-3, batch_size=ROWS)
    quick = replace(
        asked,
        configuration=replace(
            asked.configuration,
            train=asked.configuration.train.model_copy(update={"head_learning_rate": 1e-2}),
        ),
    )
    start = build(asked.configuration, (LENGTH,), 1, asked.seed).arrays()
    moves = [
        [now - before for now, before in zip(trained(folder, each).weights, start, strict=True)]
        for each in (asked, quick)
    ]
    for place, (one, other) in enumerate(zip(*moves, strict=True)):
        factor = 10 if place >= len(start) - 2 else 1
        np.testing.assert_allclose(other, one * factor, atol=2e-6)


@pytest.mark.parametrize("settings", [{"trained": "all"}, {"trained": "head", "hidden": [3]}])
def test_a_training_that_was_cut_off_goes_on_as_if_it_never_was(
    folder: Path, settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After kill -9 hours of fine-tuning would be lost, or another network would come out."""
    monkeypatch.setattr("paribus.engines.torch.training.KEPT_SECONDS", 0.0)
    asked = replace(lineage(folder, epochs=4, network=settings, optimizer="adamw"), epochs=(2, 4))
    undisturbed = ENGINES["torch"].train([asked], {asked.data: fold(folder)}, TASK)
    kept = replace(fold(folder), unfinished=tmp_path / "unfinished")
    cut_off(TextTraining(asked, kept, TASK), 3, monkeypatch)
    with alone():
        again = TextTraining(asked, kept, TASK).outcomes()
    assert all(same(one, other) for one, other in zip(again, undisturbed, strict=True))


def test_products_in_16_bits_stay_close(folder: Path) -> None:
    """Half the time would cost the result."""
    whole = trained(folder, lineage(folder, optimizer="sgd"))
    rough = trained(folder, lineage(folder, optimizer="sgd", precision="bfloat16", engine="population"))
    assert rough.predictions is not None
    assert whole.predictions is not None
    assert 0 < np.abs(rough.predictions - whole.predictions).max() < 0.05
