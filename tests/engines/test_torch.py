"""The plain loop on rows that aren't tables: images and tokens."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array

from paribus.engines import ENGINES
from paribus.engines.torch.training import Training
from paribus.networks.predict import predict
from paribus.population.outcome import FoldArrays, Lineage
from tests.draw import FOLD, TASKS, configuration, relative, same

OWN = "tests.networks.own_networks"


pytestmark = pytest.mark.usefixtures("trusted")


def rows_of(kind: str) -> NDArray[Any]:
    """60 images (row, channel, height, width) or texts (row, place)."""
    random = np.random.default_rng(4)
    if kind == "Image":
        return random.standard_normal((60, 3, 8, 8)).astype(np.float32)
    return random.integers(0, 20, (60, 7)).astype(np.int32)


@pytest.mark.parametrize("engine", ["torch", "population"])
@pytest.mark.parametrize("kind", ["Image", "Tokens"])
def test_images_and_tokens_are_trained_and_predicted(kind: str, engine: str) -> None:
    """Networks of images and texts would have no engine, or be judged by other rows than they saw."""
    rows, labels = rows_of(kind), np.arange(60) % 2
    data = FoldArrays(rows[:40], labels[:40], rows[40:], labels[40:])
    asked = configuration({"kind": "module", "module": f"{OWN}:{kind}"}, epochs=2)
    lineages = [Lineage(asked, (2,), 0, seed) for seed in (1, 2)]
    first, second = ENGINES[engine].train(lineages, {FOLD: data}, TASKS["binary"])
    again, _ = ENGINES[engine].train(lineages, {FOLD: data}, TASKS["binary"])
    assert same(first, again)
    assert not np.array_equal(first.weights[0], second.weights[0])
    predicted = predict(asked, first.weights, data.val_x, "binary", 1)
    assert first.predictions is not None
    np.testing.assert_allclose(predicted, first.predictions, rtol=1e-5, atol=1e-6)


def test_sparse_rows_are_dense_rows() -> None:
    """A text study would be about other networks than the same words in a table."""
    random = np.random.default_rng(5)
    rows = (random.random((60, 12)) * (random.random((60, 12)) < 0.3)).astype(np.float32)
    labels = (rows.sum(axis=1) > 1.5).astype(np.int64)
    found = []
    for made in (np.asarray, csr_array):
        data = FoldArrays(made(rows[:40]), labels[:40], made(rows[40:]), labels[40:])
        asked = Lineage(configuration({"dropout": 0.2, "input_noise": 0.1}, epochs=3), (3,), 0, 1)
        found += ENGINES["torch"].train([asked], {FOLD: data}, TASKS["binary"])
    for one, other in zip(found[0].weights, found[1].weights, strict=True):
        assert relative(one, other) < 1e-5


@pytest.mark.parametrize("engine", ["torch", "population"])
def test_the_threads_and_products_that_a_caller_has_set_are_not_ours(
    monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    """A notebook with many threads, or TF32 turned on, would get other networks of images than a worker."""
    seen, plan = set(), Training.plan

    def look(training: Training) -> Any:
        precise = torch.backends.cuda.matmul.fp32_precision == "ieee"
        seen.add((torch.get_num_threads(), precise, bool(torch.tensor(1e-39) * 1.0 == 0)))
        return plan(training)

    monkeypatch.setattr(Training, "plan", look)
    data = FoldArrays(rows_of("Image"), np.arange(60) % 2, rows_of("Image"), np.arange(60) % 2)
    asked = configuration({"kind": "module", "module": f"{OWN}:Image"}, epochs=1)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        torch.set_float32_matmul_precision("high")
        ENGINES[engine].train([Lineage(asked, (1,), 0, 1)], {FOLD: data}, TASKS["binary"])
        assert torch.get_num_threads() == 2
    finally:
        torch.set_float32_matmul_precision("highest")
        torch.set_num_threads(threads)
    assert seen == {(1, True, True)}
