"""Nested validation's estimate: of the outer folds alone, and of what their inner folds chose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from paribus.population.metrics import scores
from paribus.population.outcome import Outcome
from paribus.stats.nested import nested
from paribus.stats.paired_t import corrected_t
from paribus.store.record import Record, Truth
from paribus.study.plan import OUTER, Trial
from tests.draw import configuration

ROWS, OUTERS, SEEDS = 30, 3, (1, 2)
TRUTH = np.arange(ROWS) % 2
HELD = [np.flatnonzero(np.arange(ROWS) // 10 == fold) for fold in range(OUTERS)]


def predicted(fold: int, seed: int, perfect: bool = False) -> Any:
    noise = 0.0 if perfect else np.random.default_rng([fold, seed]).normal(0, 0.5, 10)
    return np.clip(0.3 + 0.4 * TRUTH[HELD[fold]] + noise, 0, 1).astype(np.float32)


def outcome(trial: Trial, perfect: bool) -> Outcome:
    found = predicted(trial.fold, trial.seed, perfect)
    values = scores("binary", ["accuracy"], TRUTH[HELD[trial.fold]], found[None])
    val = {name: float(value[0]) for name, value in values.items()}
    return Outcome(*trial.key, "done", 10, 5, 5, 0.01, val=val, predictions=found)


def record(folder: Path, *, folds: int = OUTERS, perfect: bool = False) -> Record:
    """Three outer folds, the first `folds` of them judged, each with a choice of its own."""
    found = Record.at(folder, create=True)
    size = {"train": 20, "val": 10, "stop": 0, "repeat": 0, "judges": True}
    found.put_facts(data={"task": "binary", "folds": [{**size, "outer": fold} for fold in range(OUTERS)]})
    found.put_truths("val", [Truth(fold, HELD[fold], TRUTH[HELD[fold]]) for fold in range(OUTERS)])
    trials = [
        Trial(OUTER, configuration(learning_rate=0.1 * (fold + 1)), fold, seed)
        for fold in range(folds)
        for seed in SEEDS
    ]
    found.plan(trials)
    found.put_outcomes([outcome(trial, perfect) for trial in trials])
    return found


def test_the_estimate_is_the_mean_over_outer_folds_and_seeds(tmp_path: Path) -> None:
    """The worth of the procedure would be that of its luckiest fold."""
    found = nested(record(tmp_path), ["accuracy"])
    assert found is not None
    by_fold = [
        np.mean([np.mean((predicted(fold, seed) > 0.5) == TRUTH[HELD[fold]]) for seed in SEEDS])
        for fold in range(OUTERS)
    ]
    assert [fold.scores["accuracy"] for fold in found.folds] == pytest.approx(by_fold)
    assert found.estimates["accuracy"] == pytest.approx(np.mean(by_fold))
    expected = corrected_t(by_fold, 10 / 20).interval
    bounds = found.intervals["accuracy"]
    assert (bounds.low, bounds.high) == pytest.approx((max(0.0, expected.low), min(1.0, expected.high)))
    assert len({fold.config_id for fold in found.folds}) == OUTERS


def test_outer_folds_without_a_mistake_still_have_an_interval(tmp_path: Path) -> None:
    """Three perfect folds would promise that the procedure never errs."""
    found = nested(record(tmp_path, perfect=True), ["accuracy"])
    assert found is not None
    assert found.estimates["accuracy"] == 1.0
    assert found.intervals["accuracy"].low < 0.95


def test_an_outer_fold_that_waits_for_its_judgement_leaves_no_estimate(tmp_path: Path) -> None:
    """A resumed study would quote the outer folds that happened to be done."""
    assert nested(record(tmp_path, folds=2), ["accuracy"]) is None
