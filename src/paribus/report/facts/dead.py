"""Dead starts: networks that predict the same for every row, as before their training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from paribus.report.replicates import one_class_trials
from paribus.store.record import Key, Record

STILL = 1e-3
"""Of a regression: the predictions' standard deviation by the truth's, below which they are one number."""
DEAD = "dead"
"""The column of trials that says it."""


@dataclass(frozen=True, eq=False)
class DeadStarts:
    """Of a stage: `dead` of `n_trials` that ended well; `levels`: factor, level, n_trials, dead, share."""

    dead: int
    n_trials: int
    levels: pd.DataFrame


def dead_trials(record: Record, data: Mapping[str, Any]) -> set[Key]:
    """The (config_id, fold, seed) of every dead start: all rows in one class, or one number for all.

    Tasks of several targets have none: what would be dead in them is a matter of taste.
    """
    if data["task"] in ("binary", "multiclass"):
        return one_class_trials(record)
    if data["task"] != "regression":
        return set()
    truths = {
        fold: float(np.std(truth.truth.astype(np.float64))) for fold, truth in record.truths("val").items()
    }
    return {
        (config_id, fold, seed)
        for config_id, found in record.all_predictions()
        for (fold, seed), predictions in found.items()
        if predictions.ndim == 1 and len(predictions) > 1
        if float(np.std(predictions, dtype=np.float64)) < STILL * truths[fold]
    }


def with_dead(trials: pd.DataFrame, dead: set[Key]) -> pd.DataFrame:
    """The trials with the column `DEAD`."""
    keys = zip(trials["config_id"], trials["fold"], trials["seed"], strict=True)
    return trials.assign(**{DEAD: [key in dead for key in keys]})


def dead_starts(trials: pd.DataFrame, alike: Mapping[str, pd.DataFrame]) -> DeadStarts | None:
    """Of a stage's trials; `alike` are those that compare a factor's levels. None where none is dead."""
    done = trials[trials["status"] == "done"]
    if not done[DEAD].any():
        return None
    tables = []
    for factor, rows in alike.items():
        groups = rows[rows["status"] == "done"].groupby(factor, sort=False)[DEAD]
        table = pd.DataFrame({"n_trials": groups.size(), "dead": groups.sum().astype(int)}).reset_index(
            names="level"
        )
        tables.append(table.assign(factor=factor, share=table["dead"] / table["n_trials"]))
    columns = ["factor", "level", "n_trials", "dead", "share"]
    objects = [table.astype({"level": object}) for table in tables]
    levels = pd.concat(objects, ignore_index=True)[columns] if objects else pd.DataFrame(columns=columns)
    return DeadStarts(int(done[DEAD].sum()), len(done), levels)
