"""Scores over folds: each row counted once, and an interval as wide as the folds allow to say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from paribus.population.metrics import scores
from paribus.population.outcome import Outcome
from paribus.stats.held_out import HeldOut, over_folds
from paribus.stats.intervals import Interval
from paribus.stats.paired_t import corrected_t
from paribus.store.record import Record, Truth
from paribus.study.plan import Trial
from tests.draw import configuration

ROWS = 24
FOLDS = np.arange(ROWS) % 3
TRUTH = (np.arange(ROWS) // 3) % 2
SEEDS = (1, 2)


def predicted(fold: int, seed: int, noise: float = 0.3) -> Any:
    random = np.random.default_rng([fold, seed])
    truth = TRUTH[fold == FOLDS]
    return np.clip(0.5 + 0.4 * (truth - 0.5) + random.normal(0, noise, len(truth)), 0, 1).astype(np.float32)


def record(folder: Path, rates: tuple[float, ...] = (0.1,), noise: float = 0.3) -> tuple[Record, list[str]]:
    """Three folds × two seeds of a configuration for each rate."""
    made = [configuration(learning_rate=rate) for rate in rates]
    found = Record.at(folder, create=True)
    size = {"train": 16, "val": 8, "stop": 0, "repeat": 0, "outer": None, "judges": False}
    found.put_facts(data={"task": "binary", "folds": [size] * 3})
    found.put_truths("val", [Truth(n, np.flatnonzero(n == FOLDS), TRUTH[n == FOLDS]) for n in range(3)])
    trials = [Trial("s", each, fold, seed) for each in made for fold in range(3) for seed in SEEDS]
    found.plan(trials)
    found.put_outcomes([outcome(trial, noise) for trial in trials])
    return found, [each.config_id for each in made]


def outcome(trial: Trial, noise: float) -> Outcome:
    predictions = predicted(trial.fold, trial.seed, noise)
    truth = TRUTH[trial.fold == FOLDS]
    values = {
        name: float(v[0]) for name, v in scores("binary", ["accuracy"], truth, predictions[None]).items()
    }
    return Outcome(*trial.key, "done", 10, 5, 5, 0.01, val=values, predictions=predictions)


def test_pooled_predictions_stand_at_their_rows(tmp_path: Path) -> None:
    """A row would be judged by another row's prediction."""
    found, (name,) = record(tmp_path)
    held_out = HeldOut(found, is_pooled=False)
    pooled = held_out.pooled(name)
    assert pooled is not None
    assert (held_out.truth == TRUTH).all()
    for place, seed in enumerate(SEEDS):
        for fold in range(3):
            assert (pooled[place, fold == FOLDS] == predicted(fold, seed)).all()


def test_means_of_many_configurations_are_those_of_each(tmp_path: Path) -> None:
    """What choosing costs would be computed from other predictions than the choice."""
    found, names = record(tmp_path, (0.1, 0.2, 0.3))
    held_out = HeldOut(found, is_pooled=False)
    assert held_out.means([]) is None
    for chosen in (names, names[1:]):
        pooled = [held_out.pooled(name) for name in sorted(chosen)]
        means = held_out.means(chosen)
        assert means is not None
        assert means.dtype == np.float32
        assert (means == np.stack([each.mean(axis=0) for each in pooled if each is not None])).all()


def test_a_score_is_the_mean_over_folds_with_the_corrected_interval(tmp_path: Path) -> None:
    """Overlapping training parts would be taken for independent ones."""
    found, (name,) = record(tmp_path)
    value, bounds = HeldOut(found, is_pooled=False).score(name, "accuracy") or pytest.fail("no score")
    by_fold = [
        np.mean([np.mean((predicted(fold, seed) > 0.5) == TRUTH[fold == FOLDS]) for seed in SEEDS])
        for fold in range(3)
    ]
    expected = corrected_t(by_fold, 8 / 16).interval
    assert value == pytest.approx(np.mean(by_fold))
    assert bounds.low == pytest.approx(max(0.0, expected.low))
    assert bounds.high == pytest.approx(min(1.0, expected.high))


def test_pooled_scores_are_of_all_rows_together(tmp_path: Path) -> None:
    """Leave-one-out would be scored row by row, where a ROC curve is undefined."""
    found, (name,) = record(tmp_path)
    held_out = HeldOut(found, is_pooled=True)
    value, bounds = held_out.score(name, "roc_auc") or pytest.fail("no score")
    pooled = held_out.pooled(name)
    assert pooled is not None
    assert value == pytest.approx(scores("binary", ["roc_auc"], TRUTH, pooled)["roc_auc"].mean())
    assert bounds.low <= value <= bounds.high
    board = held_out.board_scores([name], ["roc_auc"])
    assert board.loc[name, "val_roc_auc"] == pytest.approx(value)


def test_folds_that_agree_still_have_an_interval(tmp_path: Path) -> None:
    """Three folds without a mistake would promise that there will never be one."""
    found, (name,) = record(tmp_path, noise=0.0)
    value, bounds = HeldOut(found, is_pooled=False).score(name, "accuracy") or pytest.fail("no score")
    assert value == 1.0
    assert over_folds(np.ones(3), 0.5, "accuracy", lambda: Interval(0.5, 1.0, "wilson")).low == 0.5
    assert bounds.high == 1.0


def test_equal_configurations_differ_by_nothing(tmp_path: Path) -> None:
    """A difference would be found where predictions are the same."""
    found, (one, other) = record(tmp_path, rates=(0.1, 0.2))
    value, bounds = HeldOut(found, is_pooled=False).difference(one, other, "accuracy")
    assert (value, bounds.low, bounds.high) == pytest.approx((0, 0, 0), abs=1e-12)


def test_a_configuration_that_lacks_a_fold_has_no_score(tmp_path: Path) -> None:
    """A configuration that diverged on the hardest fold would be scored on the easy ones."""
    found, (name,) = record(tmp_path)
    found.connection.execute("delete from outcomes where fold = 2 and seed = 1")
    assert HeldOut(found, is_pooled=False).score(name, "accuracy") is None
