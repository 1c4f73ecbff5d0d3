"""What the chosen configuration calls the rows of a part, row by row against the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    precision_recall_fscore_support,
    roc_auc_score,
    roc_curve,
)

from paribus.data.spacing import spaced
from paribus.report.replicates import sealed_predictions
from paribus.stats.held_out import HeldOut
from paribus.store.record import Record

POINTS = 300
"""Points of a curve that are kept, evenly along it."""
ROWS = 1000
"""Rows of a regression that are kept, evenly through the part."""
BINS = 20
CLASSES = 12
"""Classes that get a curve each, at most."""
HALF = 0.5

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Classified:
    """Classes called on a part, by the mean prediction over seeds; two classes at 0.5.

    `confusion`: truth, called, rows, share (of the truth's rows). `report`: class, precision, recall, f1,
    rows. `roc`: class, false_positive_rate, recall, threshold; `areas` under it by class.
    `precision_recall`: class, recall, precision, threshold; `averages` of it by class. `scores`: class,
    low, high, rows, share: how many rows of the class got a probability from low to high (two classes:
    of the positive one, several: of their own).
    """

    part: str
    rows: int
    confusion: pd.DataFrame
    report: pd.DataFrame
    roc: pd.DataFrame
    areas: dict[str, float]
    precision_recall: pd.DataFrame
    averages: dict[str, float]
    scores: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Estimated:
    """Numbers predicted on a part, by the mean over seeds: truth, predicted, residual (truth − predicted).

    `sample` has some of the `rows`; `residuals` all of them: low, high, rows.
    """

    part: str
    rows: int
    sample: pd.DataFrame
    residuals: pd.DataFrame


Predicted = Classified | Estimated


def predicted(
    record: Record, held_out: HeldOut, config_id: str, classes: Sequence[str]
) -> tuple[Predicted, ...]:
    """On validation, and on the sealed part where it was opened; nothing for tasks of several targets."""
    found = [("val", held_out.truth, held_out.pooled(config_id))]
    sealed = sealed_predictions(record, config_id)
    if sealed is not None:
        found.append(("test", record.truths("test")[0].truth, sealed))
    made: list[Predicted] = []
    for part, truth, predictions in found:
        if predictions is None or truth.ndim > 1:
            continue
        mean = predictions.mean(axis=0, dtype=np.float64)
        if not np.isfinite(mean).all():
            continue
        if held_out.kind == "regression" and mean.ndim == 1:
            made.append(_estimated(part, truth.astype(np.float64), mean))
        elif held_out.kind in ("binary", "multiclass"):
            made.append(_classified(part, truth.astype(np.int64), mean, [str(name) for name in classes]))
    return tuple(made)


def _classified(part: str, truth: NDArray[np.int64], p: Floats, classes: list[str]) -> Classified:
    called = (p > HALF).astype(np.int64) if p.ndim == 1 else p.argmax(axis=1)
    places = list(range(len(classes)))
    values = precision_recall_fscore_support(truth, called, labels=places, zero_division=0)
    report = pd.DataFrame(dict(zip(("precision", "recall", "f1", "rows"), values, strict=True)))
    report.insert(0, "class", classes)
    judged = [(1, p)] if p.ndim == 1 else [(place, p[:, place]) for place in places[:CLASSES]]
    known = [(place, score) for place, score in judged if 0 < (truth == place).sum() < len(truth)]
    return Classified(
        part=part,
        rows=len(truth),
        confusion=_confusion(truth, called, classes),
        report=report,
        roc=_together(_roc(classes[place], truth == place, score) for place, score in known),
        areas={classes[place]: float(roc_auc_score(truth == place, score)) for place, score in known},
        precision_recall=_together(_recalls(classes[n], truth == n, score) for n, score in known),
        averages={
            classes[place]: float(average_precision_score(truth == place, score)) for place, score in known
        },
        scores=_together(_scores(truth, p, place, classes) for place in places[:CLASSES]),
    )


def _together(tables: Any) -> pd.DataFrame:
    found = list(tables)
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _confusion(truth: NDArray[np.int64], called: NDArray[np.int64], classes: list[str]) -> pd.DataFrame:
    counts = np.zeros((len(classes), len(classes)), np.int64)
    np.add.at(counts, (truth, called), 1)
    totals = counts.sum(axis=1)
    rows = [
        (classes[one], classes[other], int(counts[one, other]), counts[one, other] / max(totals[one], 1))
        for one in range(len(classes))
        for other in range(len(classes))
    ]
    return pd.DataFrame(rows, columns=["truth", "called", "rows", "share"])


def _roc(name: str, truth: NDArray[np.bool_], score: Floats) -> pd.DataFrame:
    false_positive, recall, threshold = roc_curve(truth, score)
    table = {"class": name, "false_positive_rate": false_positive, "recall": recall, "threshold": threshold}
    return _thinned(pd.DataFrame(table))


def _recalls(name: str, truth: NDArray[np.bool_], score: Floats) -> pd.DataFrame:
    precision, recall, threshold = precision_recall_curve(truth, score)
    table = {
        "class": name,
        "recall": recall,
        "precision": precision,
        "threshold": np.append(threshold, np.inf),
    }
    return _thinned(pd.DataFrame(table))


def _thinned(table: pd.DataFrame, most: int = POINTS) -> pd.DataFrame:
    return table.iloc[spaced(len(table), most)]


def _scores(truth: NDArray[np.int64], p: Floats, place: int, classes: list[str]) -> pd.DataFrame:
    score = (p if p.ndim == 1 else p[:, place])[truth == place]
    counts, edges = np.histogram(np.clip(score, 0, 1), bins=BINS, range=(0, 1))
    share = counts / max(len(score), 1)
    return pd.DataFrame(
        {"class": classes[place], "low": edges[:-1], "high": edges[1:], "rows": counts, "share": share}
    )


def _estimated(part: str, truth: Floats, mean: Floats) -> Estimated:
    whole = pd.DataFrame({"truth": truth, "predicted": mean, "residual": truth - mean})
    counts, edges = np.histogram(whole["residual"], bins=2 * BINS)
    residuals = pd.DataFrame({"low": edges[:-1], "high": edges[1:], "rows": counts})
    return Estimated(part, len(whole), _thinned(whole, ROWS), residuals)
