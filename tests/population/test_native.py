"""The native epoch against the steps by PyTorch's calls."""

from __future__ import annotations

from random import Random

import pytest

from paribus.engines import ENGINES
from paribus.population import native
from paribus.population.outcome import Lineage, Outcome
from tests.arithmetic import BUILT
from tests.draw import FOLD, TASKS, fold, random_configuration, relative


def trained(monkeypatch: pytest.MonkeyPatch, on: bool, lineage: Lineage, kind: str) -> Outcome:
    monkeypatch.setattr(native, "available", lambda: on)
    (outcome,) = ENGINES["population"].train([lineage], {FOLD: fold(kind, 2, train=131)}, TASKS[kind])
    return outcome


@pytest.mark.skipif(not BUILT, reason="installed without a C compiler: there is no native epoch here")
@pytest.mark.parametrize("kind", list(TASKS))
@pytest.mark.parametrize("seed", range(8))
def test_both_arithmetics_train_the_same_network(
    monkeypatch: pytest.MonkeyPatch, kind: str, seed: int
) -> None:
    """A machine with a compiler would get another study than one without."""
    lineage = Lineage(random_configuration(Random(seed), kind), (5,), 0, seed)
    one, other = (trained(monkeypatch, on, lineage, kind) for on in (True, False))
    assert (one.epochs_run, one.best_epoch) == (other.epochs_run, other.best_epoch)
    for ours, theirs in zip(one.weights, other.weights, strict=True):
        assert relative(ours, theirs) < 1e-4


def test_a_record_says_which_arithmetic_made_it() -> None:
    """Two machines' last bits would differ without a word."""
    assert native.name().split()[0] in ("native", "torch")
