"""The native code against the same steps by PyTorch's calls."""

from __future__ import annotations

from random import Random

import pytest

from paribus.engines import ENGINES
from paribus.population import native
from paribus.population.grouping import shape_of
from paribus.population.outcome import FoldArrays, Lineage, Outcome
from paribus.study.configuration import Configuration
from tests.arithmetic import BUILT
from tests.draw import FOLD, TASKS, configuration, fold, random_configuration, random_fold, relative

pytestmark = pytest.mark.skipif(not BUILT, reason="installed without a C compiler: there is no native code")


def drawn(kind: str, seed: int) -> tuple[Lineage, FoldArrays]:
    """A training that the native code knows: any other, less what it doesn't know."""
    random = Random(seed)
    arrays = random_fold(random, kind, seed, train=131)
    for _ in range(1000):
        found = random_configuration(random, kind)
        known = {"norm": "none", "residual": False, "input_noise": 0.0, "dropout_kind": "standard"}
        network = found.network.model_copy(update=known | {"norm_epsilon": None, "norm_momentum": None})
        lineage = Lineage(Configuration(found.prepare, network, found.train), (5,), 0, seed)
        if native.trains(shape_of(lineage, arrays.size, TASKS[kind])):
            return lineage, arrays
    raise AssertionError("no such training is drawn any more")


def trained(
    monkeypatch: pytest.MonkeyPatch, on: bool, lineage: Lineage, arrays: FoldArrays, kind: str
) -> Outcome:
    monkeypatch.setattr(native, "available", lambda: on)
    (outcome,) = ENGINES["population"].train([lineage], {FOLD: arrays}, TASKS[kind])
    return outcome


@pytest.mark.parametrize("arithmetic", ["native"], indirect=True)
@pytest.mark.parametrize("kind", list(TASKS))
@pytest.mark.parametrize("seed", range(15))
def test_both_arithmetics_train_the_same_network(
    monkeypatch: pytest.MonkeyPatch, kind: str, seed: int
) -> None:
    """A machine with a compiler would get another study than one without."""
    lineage, arrays = drawn(kind, seed)
    one, other = (trained(monkeypatch, on, lineage, arrays, kind) for on in (True, False))
    assert (one.epochs_run, one.best_epoch) == (other.epochs_run, other.best_epoch)
    for ours, theirs in zip(one.weights, other.weights, strict=True):
        assert relative(ours, theirs) < 1e-4


@pytest.mark.parametrize("arithmetic", ["native"], indirect=True)
@pytest.mark.parametrize("hidden", [(), (20, 3), (64,), (150, 70)])
def test_both_arithmetics_train_the_same_network_on_long_rows(
    monkeypatch: pytest.MonkeyPatch, hidden: tuple[int, ...]
) -> None:
    """Genes and pixels would be summed in pieces that don't add up, or in another order of rows."""
    made = configuration({"hidden": hidden}, learning_rate=1e-4, batch_size=40, epochs=3)
    arrays = fold("binary", train=71, features=native.LONG + 41)
    lineage = Lineage(made, (3,), 0, 1)
    one, other = (trained(monkeypatch, on, lineage, arrays, "binary") for on in (True, False))
    for ours, theirs in zip(one.weights, other.weights, strict=True):
        assert relative(ours, theirs) < 1e-4


def test_a_record_says_which_arithmetic_made_it() -> None:
    """Two machines' last bits would differ without a word."""
    assert native.name().split()[0] in ("native", "torch")
