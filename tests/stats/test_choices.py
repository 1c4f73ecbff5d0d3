"""Choosing by several criteria, and what learning curves say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from paribus.errors import StudyError
from paribus.stats.citations import REFERENCES, cite
from paribus.stats.composite import weighted_composite
from paribus.stats.learning_curves import all_curve_measures, curve_measures
from paribus.stats.one_standard_error import one_standard_error
from paribus.stats.pareto import pareto_front

CRITERIA: dict[str, list[float]] = {"accuracy": [0.9, 0.8, 0.7], "n_parameters": [100, 10, 1000]}


def test_the_composite_is_its_weights_and_parts() -> None:
    """A ranking whose weights can't be checked by hand."""
    weights = {"accuracy": 0.75, "n_parameters": 0.25}
    found = weighted_composite(CRITERIA, weights, smaller_is_better=["n_parameters"])
    assert found.parts[:, 0] == pytest.approx([1, 0.5, 0])
    assert found.parts[:, 1] == pytest.approx([900 / 990, 1, 0])
    assert found.scores == pytest.approx(found.parts @ [0.75, 0.25])
    assert (found.order.tolist(), found.weights) == ([0, 1, 2], weights)


def test_ranks_forget_distances() -> None:
    """One huge network would squeeze all others together."""
    found = weighted_composite(
        CRITERIA, {"accuracy": 0.5, "n_parameters": 0.5}, ["n_parameters"], normalised="rank"
    )
    assert found.parts[:, 1] == pytest.approx([0.5, 1, 0])


def test_equal_and_missing_criteria() -> None:
    """A criterion that is equal for all, or missing for one, would make scores NaN."""
    found = weighted_composite({"a": [1, 1], "b": [1.0, np.nan]}, {"a": 0.5, "b": 0.5})
    assert found.scores.tolist() == [1.0, 0.5]


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ({"accuracy": 0.5, "n_parameters": 0.6}, "must add up to 1, and these add up to 1.1"),
        ({"accuracy": 1.0}, "name exactly the criteria accuracy, n_parameters"),
        ({"accuracy": 2.0, "n_parameters": -1.0}, "'n_parameters' must be a number of 0 or more"),
    ],
)
def test_weights_that_cannot_be_are_refused(weights: dict[str, float], told: str) -> None:
    """A ranking by weights that nobody meant."""
    with pytest.raises(StudyError, match=told):
        weighted_composite(CRITERIA, weights)


def test_the_front_is_what_none_beats() -> None:
    """A configuration that another beats in everything would be offered."""
    random = np.random.default_rng(0)
    table: Any = random.integers(0, 6, (300, 3)).astype(float)
    table[7, 1] = np.nan
    found = pareto_front({"up": table[:, 0], "down": table[:, 1], "low": table[:, 2]}, ["down", "low"])
    cost = table * [-1, 1, 1]
    for place, row in enumerate(cost):
        beaten = ((cost <= row).all(axis=1) & (cost < row).any(axis=1)).any()
        assert found[place] == (not beaten and not np.isnan(row).any())


def test_one_standard_error_takes_the_simplest_of_the_good() -> None:
    """A network of 64 times the parameters would win by a thousandth."""
    found = one_standard_error([0.90, 0.895, 0.80, 0.893], [0.01] * 4, [640, 10, 1, 10])
    assert (found.best, found.chosen) == (0, 1)
    assert found.bound == pytest.approx(0.89)
    loss = one_standard_error([0.30, 0.31, 0.5], [0.02] * 3, [640, 10, 1], larger_is_better=False)
    assert (loss.best, loss.chosen) == (0, 1)
    assert loss.bound == pytest.approx(0.32)


def test_without_an_error_the_best_is_chosen() -> None:
    """One trial has no standard error: the rule would choose by chance."""
    assert one_standard_error([0.9, 0.8], [np.nan, np.nan], [9, 1]).chosen == 0
    with pytest.raises(ValueError, match="no configuration"):
        one_standard_error([np.nan], [0.1], [1])


def test_curves_say_when_and_how_well() -> None:
    """Overfitting would be read off the wrong epoch."""
    validation, training = [1.0, 0.5, 0.3, 0.29, 0.4, 0.5], [1.0, 0.4, 0.2, 0.15, 0.1, 0.05]
    found = curve_measures(validation, training)
    assert found is not None
    assert (found.best_epoch, found.convergence_epoch) == (4, 3)
    assert found.overfitting_gap == pytest.approx(0.14)
    assert found.stability == pytest.approx(np.std(validation[-5:], ddof=1))
    accuracy = curve_measures([0.5, 0.9, 0.8], [0.5, 0.95, 1.0], larger_is_better=True)
    assert accuracy is not None
    assert accuracy.best_epoch == 2
    assert accuracy.overfitting_gap == pytest.approx(0.05)


def test_curves_of_trials_that_went_wrong() -> None:
    """A diverged trial would end the report."""
    assert curve_measures([np.nan, np.nan]) is None
    broken = curve_measures([1.0, 0.5, np.nan])
    assert broken is not None
    assert broken.best_epoch == 2
    single = curve_measures([1.0])
    assert single is not None
    assert np.isnan(single.stability)
    assert np.isnan(single.overfitting_gap)


def test_every_source_names_a_year() -> None:
    """A reader could not look a method up."""
    for method, source in REFERENCES.items():
        assert any(year in source for year in map(str, range(1900, 2027))), method
    assert [name for name, _ in cite(["holm", "wilson", "holm"])] == ["wilson", "holm"]
    with pytest.raises(KeyError, match="without a source: magic"):
        cite(["magic"])


def test_all_curves_at_once_are_each_by_itself() -> None:
    """The measures of one trial would depend on how long another was trained."""
    random = np.random.default_rng(0)
    curves = [random.random(length) for length in (1, 2, 4, 5, 9, 30)]
    curves += [np.array([1.0, np.nan, 0.5, np.nan]), np.array([np.nan, np.nan]), np.array([np.inf, 2.0, 1.0])]
    training = [random.random(len(curve)) for curve in curves]
    together = all_curve_measures(curves, training)
    for curve, beside, found in zip(curves, training, together, strict=True):
        known = [value for value in curve if np.isfinite(value)]
        if not known:
            assert found is None
            continue
        assert found is not None
        best = int(np.nanargmin(curve))
        goal = known[0] - 0.95 * (known[0] - curve[best])
        assert found.best_epoch == best + 1
        assert found.convergence_epoch == 1 + next(e for e, value in enumerate(curve) if value <= goal)
        assert found.overfitting_gap == pytest.approx(curve[best] - beside[best])
        spread = np.std(curve[-5:], ddof=1) if len(curve) > 1 and np.isfinite(curve[-5:]).all() else np.nan
        assert found.stability == pytest.approx(spread, nan_ok=True)
    assert all_curve_measures([], []) == []
