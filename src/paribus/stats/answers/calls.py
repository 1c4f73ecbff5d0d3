"""The chosen configuration's calls: thresholds and calibration, on validation predictions alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from paribus.stats.calibration import Calibration, calibration, top_label
from paribus.stats.held_out import HeldOut
from paribus.stats.recalibration import Recalibration, recalibrate
from paribus.stats.thresholds import FOLDS, Threshold, cost, f1, given_recall, tune_threshold, youden
from paribus.study.sections.choosing import Thresholds

KINDS = ("binary", "multiclass")


@dataclass(frozen=True)
class Goal:
    """One threshold and what it was tuned for, in words."""

    name: str
    tuned: Threshold


@dataclass(frozen=True)
class Calls:
    """Of one configuration's mean prediction over seeds: thresholds (two classes), calibration (of several
    classes that of the likeliest), and recalibration, None where a class has too few rows.
    """

    config_id: str
    rows: int
    thresholds: tuple[Goal, ...]
    calibration: Calibration
    recalibration: Recalibration | None

    @property
    def methods(self) -> tuple[str, ...]:
        """What was used, by the names of `citations.REFERENCES`."""
        found = [goal.tuned.method for goal in self.thresholds]
        found += list(self.calibration.methods)
        mended = self.recalibration.cross_fitted if self.recalibration else {}
        return (*found, *(name for name in mended if name != "none"))


def calls(held_out: HeldOut, config_id: str, asked: Thresholds) -> Calls | None:
    """Of a configuration; None for other tasks, for one class alone, and without predictions."""
    predictions = held_out.pooled(config_id) if held_out.kind in KINDS else None
    if predictions is None or len(np.unique(held_out.truth)) < 2:
        return None
    truth, p = held_out.truth, predictions.mean(axis=0, dtype=np.float64)
    binary = held_out.kind == "binary"
    right, confidence = ((truth == 1), p) if binary else top_label(truth, p)
    fewest = int(np.unique(truth, return_counts=True)[1].min())
    return Calls(
        config_id=config_id,
        rows=len(truth),
        thresholds=_thresholds(truth == 1, p, asked) if binary else (),
        calibration=calibration(right, np.clip(confidence, 0, 1)),
        recalibration=recalibrate(truth, p) if fewest >= FOLDS else None,
    )


def _thresholds(
    truth: np.typing.NDArray[np.bool_], p: np.typing.NDArray[np.float64], asked: Thresholds
) -> tuple[Goal, ...]:
    costs = cost(asked.false_positive, asked.false_negative)
    told = f"least cost (false positive {asked.false_positive:g}, false negative {asked.false_negative:g})"
    goals = (
        ("F1", f1, "threshold_f1"),
        ("Youden's index", youden, "threshold_youden"),
        (f"specificity at recall {asked.recall:g} or more", given_recall(asked.recall), "threshold_recall"),
        (told, costs, "threshold_cost"),
    )
    return tuple(Goal(name, tune_threshold(truth, p, goal, method)) for name, goal, method in goals)
