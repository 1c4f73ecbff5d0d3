"""Thresholds, calibration and recalibration of validation predictions."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, f1_score, roc_curve
from sklearn.metrics import log_loss as reference_log_loss

from paribus.stats.calibration import calibration, top_label
from paribus.stats.recalibration import (
    Platt,
    Temperature,
    isotonic,
    log_loss,
    platt,
    recalibrate,
    temperature,
)
from paribus.stats.thresholds import Goal, cost, f1, given_recall, tune_threshold, youden


def predictions(
    n: int = 400, sharpness: float = 1.0, seed: int = 0
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Calibrated at sharpness 1, too sure above."""
    random = np.random.default_rng(seed)
    logit = random.normal(-0.5, 1.5, n)
    truth = (random.random(n) < 1 / (1 + np.exp(-logit))).astype(np.int64)
    return truth, 1 / (1 + np.exp(-sharpness * logit))


def test_the_best_f1_is_the_best_of_all_thresholds() -> None:
    """A threshold that is not the best would be deployed."""
    truth, p = predictions()
    found = tune_threshold(truth, p, f1, "threshold_f1")
    assert found.value == pytest.approx(max(f1_score(truth, p > t) for t in [*p, 0.0]), abs=1e-12)
    assert f1_score(truth, p > found.threshold) == pytest.approx(found.value, abs=1e-12)
    assert found.value_at_half == pytest.approx(f1_score(truth, p > 0.5), abs=1e-12)


def test_youden_is_the_highest_point_over_the_diagonal() -> None:
    """The index would not be that of the ROC curve."""
    truth, p = predictions()
    rates = roc_curve(truth, p, drop_intermediate=False)
    found = tune_threshold(truth, p, youden, "threshold_youden")
    assert found.value == pytest.approx((rates[1] - rates[0]).max(), abs=1e-12)


def test_costs_of_calibrated_rows_move_the_threshold_as_elkan_says() -> None:
    """A missed tumour at nine times the cost of a false alarm would still be called at 0.5."""
    truth, p = predictions(40_000)
    found = tune_threshold(truth, p, cost(1.0, 9.0), "threshold_cost")
    assert found.threshold == pytest.approx(0.1, abs=0.04)
    assert found.value > found.value_at_half
    with pytest.raises(ValueError, match="not both 0"):
        cost(0, 0)


@pytest.mark.parametrize("recall", [0.5, 0.9, 1.0])
def test_a_given_recall_is_reached_at_the_least_price(recall: float) -> None:
    """A screening test that misses its recall, or calls more healthy rows than it must."""
    truth, p = predictions()
    found = tune_threshold(truth, p, given_recall(recall), "threshold_recall")
    called = p > found.threshold
    assert called[truth == 1].mean() >= recall
    reached = [t for t in p if (p[truth == 1] >= t).mean() >= recall]
    assert (~called)[truth == 0].mean() == pytest.approx((p < max(reached))[truth == 0].mean())


@pytest.mark.parametrize("goal", [f1, youden, cost(1, 3), given_recall(0.9)])
def test_tuning_is_not_judged_on_its_own_rows(goal: Goal) -> None:
    """The gain of a tuned threshold would be sold as it looks on the rows that it was tuned on."""
    gaps = []
    for seed in range(12):
        truth, p = predictions(60, seed=seed)
        found = tune_threshold(truth, p, goal, "threshold_f1")
        assert found.value >= found.value_at_half - 1e-12
        gaps.append(found.value - found.cross_fitted)
    assert np.mean(gaps) > 0


def test_one_class_has_no_threshold() -> None:
    """A threshold would be made up."""
    with pytest.raises(ValueError, match="one class"):
        tune_threshold([1, 1], [0.2, 0.3], f1, "threshold_f1")


def test_the_reliability_curve_is_scikit_learns() -> None:
    """Bins that no other program draws."""
    truth, p = predictions()
    found = calibration(truth, p)
    share, mean = calibration_curve(truth, p, n_bins=10)
    assert [each.share_positive for each in found.bins] == pytest.approx(share.tolist(), abs=1e-12)
    assert [each.mean_probability for each in found.bins] == pytest.approx(mean.tolist(), abs=1e-12)
    rows = np.array([each.rows for each in found.bins])
    assert found.expected_error == pytest.approx(rows @ np.abs(share - mean) / rows.sum(), abs=1e-12)


@pytest.mark.parametrize("widths", ["equal_width", "equal_rows"])
def test_briers_parts_add_up(widths: str) -> None:
    """The decomposition would not be one."""
    truth, p = predictions(sharpness=2)
    found = calibration(truth, p, widths=widths)  # type: ignore[arg-type]
    assert found.brier == pytest.approx(brier_score_loss(truth, p), abs=1e-12)
    parts = found.reliability - found.resolution + found.uncertainty + found.within
    assert parts == pytest.approx(found.brier, abs=1e-12)
    assert sum(each.rows for each in found.bins) == len(truth)


def test_murphys_parts_alone_where_forecasts_are_few() -> None:
    """With one probability a bin, Murphy's three parts are all of Brier's score."""
    p = np.repeat([0.05, 0.25, 0.65, 0.95], 25)
    truth = (np.random.default_rng(0).random(100) < p).astype(int)
    assert calibration(truth, p).within == pytest.approx(0, abs=1e-12)


def test_several_classes_are_judged_by_their_likeliest() -> None:
    """The confidence of a multiclass network would go unchecked."""
    right, confidence = top_label([0, 1, 1], [[0.7, 0.3], [0.6, 0.4], [0.1, 0.9]])
    assert right.tolist() == [True, False, True]
    assert confidence.tolist() == [0.7, 0.6, 0.9]
    with pytest.raises(ValueError, match="between 0 and 1"):
        calibration([0, 1], [0.5, 1.5])


@pytest.mark.parametrize("sharpness", [0.4, 1.0, 3.0])
def test_the_temperature_finds_the_sharpness(sharpness: float) -> None:
    """Probabilities would stay too sure."""
    truth, p = predictions(20_000, sharpness)
    assert temperature(truth, p).temperature == pytest.approx(sharpness, rel=0.06)


def test_one_temperature_for_two_or_more_columns() -> None:
    """A multiclass network would be mended differently from the same binary one."""
    truth, p = predictions(300, 2.5)
    both = np.stack([1 - p, p], axis=1)
    mended = Temperature(2.0)(both)
    assert mended[:, 1] == pytest.approx(Temperature(2.0)(p), abs=1e-9)
    assert recalibrate(truth, both).method == "temperature"


def test_platt_is_a_logistic_regression() -> None:
    """A curve that is not the one of the least loss. (Platt's targets are drawn in: nearly the same.)"""
    truth, p = predictions(5_000, 2.0)
    logit = np.log(p / (1 - p))
    reference = LogisticRegression(C=np.inf).fit(logit[:, None], truth)
    found = platt(truth, p)
    assert found.slope == pytest.approx(reference.coef_[0, 0], abs=0.01)
    assert found.shift == pytest.approx(reference.intercept_[0], abs=0.01)


@pytest.mark.parametrize("sharpness", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("n", [30, 85, 1000])
def test_recalibration_never_makes_validation_worse(sharpness: float, n: int) -> None:
    """A map fitted to noise would be deployed with the model."""
    for seed in range(4):
        truth, p = predictions(n, sharpness, seed)
        found = recalibrate(truth, p)
        assert found.log_loss_after <= found.log_loss_before == pytest.approx(log_loss(truth, p))
        assert found.cross_fitted[found.method] <= found.cross_fitted["none"]


def test_recalibration_helps_where_it_can() -> None:
    """The guard would let nothing through."""
    truth, p = predictions(1000, 4.0)
    found = recalibrate(truth, p)
    fresh_truth, fresh = predictions(5000, 4.0, seed=1)
    assert found.method != "none"
    assert log_loss(fresh_truth, found.map(fresh)) < log_loss(fresh_truth, fresh) - 0.1


def test_maps_keep_their_bounds() -> None:
    """A probability of 0 or 1 would become NaN."""
    for mend in (Temperature(0.5), Platt(2.0, 1.0)):
        mended = mend(np.array([0.0, 0.5, 1.0]))
        assert ((mended >= 0) & (mended <= 1)).all()
        assert (np.diff(mended) > 0).all()
    with pytest.raises(ValueError, match="5 rows of each class"):
        recalibrate([0, 1, 1], np.array([0.1, 0.2, 0.3]))


def test_a_positive_row_of_probability_zero_can_be_reached() -> None:
    """A recall of 1 would be promised and missed: no threshold above 0 calls that row."""
    found = tune_threshold([1, 1, 0, 0], [0.0, 0.9, 0.4, 0.2], given_recall(1.0), "threshold_recall")
    assert found.threshold < 0
    assert found.value == 0.0


def test_isotonic_is_scikit_learns() -> None:
    """A map that no other program fits."""
    truth, p = predictions(300, 3.0)
    reference = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(p, truth)
    fresh = np.linspace(0, 1, 101)
    assert isotonic(truth, p)(fresh) == pytest.approx(reference.predict(fresh), abs=1e-12)


def test_the_log_loss_is_scikit_learns() -> None:
    """Recalibration would be judged by another measure than the report's."""
    truth, p = predictions(200, 2.0)
    assert log_loss(truth, p) == pytest.approx(reference_log_loss(truth, p), abs=1e-8)
    both = np.stack([1 - p, p], axis=1)
    assert log_loss(truth, both) == pytest.approx(reference_log_loss(truth, both), abs=1e-8)
