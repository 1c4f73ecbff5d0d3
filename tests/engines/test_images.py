"""Training on images: the same network as on their numbers, in parts, on average, and after a cut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from paribus.data.prepare.images import ImageRows
from paribus.data.prepare.pixels import Pixels
from paribus.data.prepare.prepared import Prepared
from paribus.engines import ENGINES
from paribus.engines.torch.images import ImageTraining
from paribus.engines.torch.training import alone
from paribus.engines.torch.unfinished import path_of
from paribus.networks.augment import native
from paribus.population.outcome import FoldArrays, Lineage, Outcome, Task
from tests.draw import FOLD, TASKS, configuration, relative, same
from tests.engines.cutting import cut_off

TASK = replace(TASKS["binary"], image=(8, 8, 3))
CNN = {"kind": "cnn", "blocks": ["4 norm pool dropout:0.2", "6", "average"]}


def rows(folder: Path, n_rows: int = 60) -> ImageRows:
    """Images of 8 × 8 × 3 in a file."""
    path = folder / "pixels.npy"
    if not path.is_file():
        pixels = np.random.default_rng(4).integers(0, 256, (n_rows, 8, 8, 3), dtype=np.uint8)
        np.save(path, pixels)
    values = Pixels(np.full(3, 1 / 100, np.float32), np.array([-1, 0, 0.5], np.float32))
    return ImageRows(path, (8, 8, 3), np.arange(n_rows), values)


def fold(folder: Path) -> FoldArrays:
    """40 of them to train on, 20 to judge by; the label is whether red is brighter than green."""
    every = rows(folder)
    means = every.pixels().mean(axis=(1, 2))
    labels = (means[:, 0] > means[:, 1]).astype(np.int64)
    train, val = (cast(Prepared, every[some]) for some in (slice(0, 40), slice(40, 60)))
    return FoldArrays(train, labels[:40], val, labels[40:])


def lineage(network: dict[str, Any], seed: int = 1, epochs: int = 3, **train: Any) -> Lineage:
    """Training of one network, in batches of 8 where nothing is said."""
    asked = configuration(network, **{"epochs": epochs, "batch_size": 8, **train})
    return Lineage(asked, (epochs,), 0, seed)


def trained(data: FoldArrays, asked: Lineage, task: Task = TASK) -> Outcome:
    """What it leaves."""
    return ENGINES["torch"].train([asked], {FOLD: data}, task)[0]


def test_pixels_are_the_numbers_that_they_stand_for(tmp_path: Path) -> None:
    """A study of images would be about other numbers than those it says it prepares."""
    data, asked = fold(tmp_path), lineage({"hidden": (5,), "dropout": 0.2})
    numbers = replace(
        data, train_x=np.asarray(data.train_x).reshape(40, -1), val_x=np.asarray(data.val_x).reshape(20, -1)
    )
    seen, plain = trained(data, asked), trained(numbers, asked, TASKS["binary"])
    for one, other in zip(seen.weights, plain.weights, strict=True):
        assert relative(one, other) < 1e-5


@pytest.mark.parametrize("engine", ["torch", "population"])
def test_the_same_seed_gives_the_same_bits(tmp_path: Path, engine: str) -> None:
    """A study of images couldn't be done again, or would depend on what is trained beside."""
    changes = {"flip": "both", "rotate": 20.0, "shift": 0.2, "noise": 0.05, "mixup": 0.4}
    some = [lineage(CNN, seed, augment=changes) for seed in (1, 2)]
    data = {FOLD: fold(tmp_path)}
    together = ENGINES[engine].train(some, data, TASK)
    alone = [ENGINES[engine].train([each], data, TASK)[0] for each in some]
    assert all(same(one, other) for one, other in zip(together, alone, strict=True))
    assert not same(together[0], together[1])


@pytest.mark.skipif(not native.exact(), reason="there is no native code here, or of other bits")
@pytest.mark.parametrize("more", [{}, {"stain": 0.05, "noise": 0.05, "mixup": 0.4}])
def test_native_augmentation_changes_no_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: dict[str, float]
) -> None:
    """A study of images would end otherwise where the package is installed without a compiler."""
    data, asked = fold(tmp_path), lineage(CNN, augment={"flip": "both", "rotate": 20.0, "shift": 0.2, **more})
    here = trained(data, asked)
    monkeypatch.setattr(native, "available", lambda: False)
    assert same(here, trained(data, asked))


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_accumulated_batches_are_one_batch(tmp_path: Path, optimizer: str) -> None:
    """Whoever accumulates to save memory would train another network."""
    network = {"hidden": (5,), "activation": "tanh"}
    data = fold(tmp_path)
    parts = trained(data, lineage(network, optimizer=optimizer, batch_size=8, accumulate=5))
    whole = trained(data, lineage(network, optimizer=optimizer, batch_size=40))
    for one, other in zip(parts.weights, whole.weights, strict=True):
        assert relative(one, other) < 1e-4


def test_the_average_of_weights_is_what_is_judged(tmp_path: Path) -> None:
    """A moving average that isn't one, or is judged but not kept."""
    data, network = fold(tmp_path), {"hidden": (5,)}
    averaged = trained(data, lineage(network, ema=0.5, epochs=1, batch_size=20))
    training = ImageTraining(lineage(network, epochs=1, batch_size=20), data, TASK)
    places, rates = training.plan()
    training.network.begin(1, 0, 1, 40)
    moving = [values.copy() for values in training.network.arrays()]
    for some, rate in zip(training.batches(), rates, strict=True):
        training.network.take(some)
        training._step(places[some], rate)
        moving = [(a + b) / 2 for a, b in zip(moving, training.network.arrays(), strict=True)]
    for one, other in zip(averaged.weights, moving, strict=True):
        assert relative(one, other) < 1e-5


@pytest.mark.parametrize(
    "train",
    [
        {"optimizer": "adam", "schedule": {"name": "plateau", "patience": 1, "factor": 0.5}},
        {"optimizer": "nadam", "ema": 0.9},
        {"optimizer": "rmsprop", "early_stopping": {"patience": 2}},
        {"optimizer": "adam", "convention": "torch", "augment": {"flip": "both"}},
        {"optimizer": "sgd", "momentum": 0.9, "accumulate": 2},
    ],
)
def test_a_training_that_was_cut_off_goes_on_as_if_it_never_was(
    tmp_path: Path, train: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After kill -9 hours of training would be lost, or another network would come out."""
    monkeypatch.setattr("paribus.engines.torch.training.KEPT_SECONDS", 0.0)
    data, asked = fold(tmp_path), lineage(CNN, epochs=5, **train)
    asked = replace(asked, epochs=(2, 5))
    undisturbed = ENGINES["torch"].train([asked], {FOLD: data}, TASK)
    kept = replace(data, unfinished=tmp_path / "unfinished")
    cut_off(ImageTraining(asked, kept, TASK), 3, monkeypatch)
    with alone():
        again = ImageTraining(asked, kept, TASK)
        found = again.outcomes()
    assert all(same(one, other) for one, other in zip(found, undisturbed, strict=True))
    once_more = ImageTraining(asked, kept, TASK).outcomes()
    assert all(same(one, other) for one, other in zip(once_more, undisturbed, strict=True))


def test_what_was_kept_and_is_damaged_costs_the_training_alone(tmp_path: Path) -> None:
    """A file that was cut off in the middle would end the study."""
    asked = lineage(CNN, epochs=1)
    kept = replace(fold(tmp_path), unfinished=tmp_path)
    path_of(tmp_path, asked.keys[-1]).write_bytes(b"PK\x03\x04 no archive")
    assert same(trained(kept, asked), trained(fold(tmp_path), asked))
