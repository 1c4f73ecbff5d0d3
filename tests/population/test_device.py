"""The population away from the CPU: on a stand-in for a GPU, and on a GPU where there is one."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from random import Random
from typing import Any

import pytest
import torch

from paribus.engines import ENGINES
from paribus.engines.population import PopulationEngine
from paribus.population import grouping, native
from paribus.population.outcome import FoldArrays, FoldName, Lineage, Outcome
from paribus.population.training import Training
from paribus.study.options import names
from tests.draw import KINDS, TASKS, crossed, fold, random_configuration, random_fold, relative, same
from tests.elsewhere import NAME, Elsewhere

GPU = "cuda" if torch.cuda.is_available() else None
ENGINE = ENGINES["population"]


@pytest.fixture(autouse=True)
def arithmetic(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyTorch's calls on both sides: away from the CPU there is no native epoch."""
    monkeypatch.setattr(native, "available", lambda: False)


def trained(
    members: list[Lineage], data: dict[FoldName, FoldArrays], kind: str, device: str
) -> list[Outcome]:
    with Elsewhere() if device == NAME else nullcontext():
        return ENGINE.train(members, data, TASKS[kind], device)


def company(kind: str, seed: int, **settings: Any) -> tuple[list[Lineage], dict[FoldName, FoldArrays]]:
    """Five members on two folds of any study, in float64, where rounding is too small to matter."""
    random = Random(f"{kind} {seed}")
    base = random_configuration(random, kind, epochs=4)
    train = base.train.model_copy(update={"precision": "float64"})
    network = base.network.model_copy(update=settings)
    members = [
        Lineage(
            replace(base, network=network, train=train.model_copy(update={"l2": train.l2 * share})),
            (2, 4),
            place % 2,
            place,
        )
        for place, share in enumerate((1, 0.5, 0.2, 0.1, 0.7))
    ]
    folds = [random_fold(random, kind, 0), fold(kind, 1, stop=0)]
    if folds[0].size != folds[1].size or folds[0].train_weight is not None:
        folds[1] = replace(folds[0], train_x=folds[0].train_x * 2)
    return members, {lineage.data: folds[lineage.fold] for lineage in members}


def assert_equal(found: list[Outcome], expected: list[Outcome]) -> None:
    for one, other in zip(found, expected, strict=True):
        assert (one.config_id, one.fold, one.seed) == (other.config_id, other.fold, other.seed)
        assert one.status == other.status
        for ours, theirs in zip(one.weights, other.weights, strict=True):
            assert relative(ours, theirs) < 1e-6


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_forgotten_on_the_cpu(kind: str, seed: int) -> None:
    """`--device cuda` would end with a fault after the first epoch, in the studies nobody tried."""
    members, data = company(kind, seed, activation=names("activation")[seed + KINDS.index(kind)])
    assert_equal(trained(members, data, kind, NAME), trained(members, data, kind, "cpu"))


def test_large_networks_are_moved_in_one_piece_elsewhere() -> None:
    """A network of more than a tile would be updated in part, or by thousands of calls."""
    members = crossed(network={"hidden": (150, 150)}, l1=1e-4, precision="float64")
    data = {lineage.data: fold("binary") for lineage in members}
    assert_equal(trained(members, data, "binary", NAME), trained(members, data, "binary", "cpu"))


@pytest.mark.skipif(GPU is None, reason="PyTorch finds no GPU here")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(6))
def test_a_gpu_trains_the_same_networks(kind: str, seed: int) -> None:
    """A study would have another result on a GPU."""
    members, data = company(kind, seed)
    assert_equal(trained(members, data, kind, "cuda"), trained(members, data, kind, "cpu"))


def flushed() -> bool:
    """Whether numbers too small to be normal are 0 here."""
    return bool(torch.tensor(1e-39) * 1.0 == 0)


@pytest.mark.parametrize("each", [False, True])
def test_the_arithmetic_that_a_caller_has_set_is_not_ours(
    monkeypatch: pytest.MonkeyPatch, each: bool
) -> None:
    """A notebook that turned TF32 on for something else would get other networks, and subnormal numbers
    would take ten times as long.
    """
    seen, run = [], Training.run

    def look(training: Training) -> None:
        precision = torch.get_float32_matmul_precision(), torch.backends.cuda.matmul.fp32_precision
        seen.append((*precision, torch.get_num_threads(), flushed()))
        run(training)

    monkeypatch.setattr(Training, "run", look)
    members = crossed()
    data = {lineage.data: fold("binary") for lineage in members}
    threads = torch.get_num_threads()
    try:
        if each:
            torch.backends.cuda.matmul.fp32_precision = "tf32"
        else:
            torch.set_float32_matmul_precision("high")
        torch.set_flush_denormal(each)
        torch.set_num_threads(2)
        ENGINE.train(members, data, TASKS["binary"])
        assert torch.backends.cuda.matmul.fp32_precision == "tf32"
        assert each or torch.get_float32_matmul_precision() == "high"
        assert (torch.get_num_threads(), flushed()) == (2, each)
    finally:
        torch.set_float32_matmul_precision("highest")
        torch.set_flush_denormal(False)
        torch.set_num_threads(threads)
    assert set(seen) == {("highest", "ieee", 1, True)}


def test_a_gpu_takes_more_members_at_once() -> None:
    """A GPU would wait for calls nearly all of the time."""
    members = crossed(seeds=tuple(range(200)))
    sizes = {lineage.data: fold("binary").size for lineage in members}
    found = {
        device: PopulationEngine().populations(members, sizes, TASKS["binary"], 2**40, device)
        for device in ("cpu", "cuda")
    }
    assert len(members) > grouping.POPULATION
    assert len(found["cuda"]) == 1 < len(found["cpu"])


def test_a_lone_member_is_the_same_elsewhere() -> None:
    """The last to train would be lost when the others leave."""
    members = crossed(rates=(1e-3,), dropouts=(0.3,), seeds=(1,))
    data = {lineage.data: fold("binary") for lineage in members}
    pairs = zip(trained(members, data, "binary", NAME), trained(members, data, "binary", "cpu"), strict=True)
    assert all(same(one, other) for one, other in pairs)
