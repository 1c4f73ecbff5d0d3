"""The population against the float64 reference, over random studies."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from paribus.engines import ENGINES
from paribus.population.outcome import Lineage
from tests.draw import KINDS, TASKS, random_configuration, random_fold, relative


@settings(max_examples=15)
@given(seed=st.integers(0, 10**9), kind=st.sampled_from(KINDS), widest=st.sampled_from([5, 40, 300]))
def test_any_study_trains_the_network_that_the_reference_trains(seed: int, kind: str, widest: int) -> None:
    """Every number of every report would rest on an engine that computes something else.

    In float64: there rounding is too small to be driven apart by training.
    """
    random = Random(seed)
    drawn = random_configuration(random, kind, widest=widest)
    made = replace(drawn, train=drawn.train.model_copy(update={"precision": "float64"}))
    lineage = Lineage(made, (5,), 0, seed)
    data, task = {lineage.data: random_fold(random, kind, seed % 1000)}, TASKS[kind]
    (outcome,) = ENGINES["population"].train([lineage], data, task)
    (reference,) = ENGINES["numpy"].train([lineage], data, task)
    assert (outcome.status, outcome.n_parameters) == (reference.status, reference.n_parameters)
    # Where scores tie but for rounding, early stopping may see another best epoch.
    epochs = min(outcome.epochs_run, reference.epochs_run)
    for curve in ("loss", "val_loss"):
        assert relative(outcome.curves[curve][:epochs], reference.curves[curve][:epochs]) < 1e-7
    if (outcome.best_epoch, outcome.epochs_run) == (reference.best_epoch, reference.epochs_run):
        for ours, theirs in zip(outcome.weights, reference.weights, strict=True):
            assert relative(ours, theirs) < 1e-6
