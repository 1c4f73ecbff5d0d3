"""What each level of a factor gave: the median and the best of every metric."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from paribus.study.options import larger_is_better


def by_level(trials: pd.DataFrame, factor: str, metrics: Sequence[str], parts: Sequence[str]) -> pd.DataFrame:
    """One row a level: level, n_trials, and median and best of <part>_<metric> over finished trials.

    Levels stand in the order in which `trials` has them. The best of a metric is its maximum, or its
    minimum where smaller is better.
    """
    groups = trials[trials["status"] == "done"].groupby(factor, sort=False)
    table = pd.DataFrame({"n_trials": groups.size()})
    for part in parts:
        for metric in metrics:
            column = groups[f"{part}_{metric}"]
            table[f"{part}_{metric}_median"] = column.median()
            table[f"{part}_{metric}_best"] = column.max() if larger_is_better(metric) else column.min()
    return table.reset_index(names="level")
