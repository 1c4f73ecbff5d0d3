"""Ranking: by validation, in the metrics' order, never by the test part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from paribus.stats.ranking import rank


def trials(**columns: Any) -> pd.DataFrame:
    n = len(columns["config_id"])
    plain = {
        "stage": ["s"] * n,
        "fold": [0] * n,
        "seed": [1] * n,
        "status": ["done"] * n,
        "factor": list(range(n)),
        "n_parameters": [10] * n,
        "train_seconds": [1.0] * n,
        "train_recall": [0.5] * n,
        "train_roc_auc": [0.5] * n,
        "val_recall": [0.5] * n,
        "val_roc_auc": [0.5] * n,
    }
    return pd.DataFrame({**plain, **columns})


def ranked(frame: pd.DataFrame, metrics: tuple[str, ...] = ("recall", "roc_auc")) -> list[str]:
    return list(rank(frame, metrics, ["factor"])["config_id"])


def test_the_first_metric_decides_and_the_next_breaks_ties() -> None:
    """Another configuration than the best would be chosen."""
    frame = trials(config_id=["a", "b", "c"], val_recall=[0.9, 0.9, 0.8], val_roc_auc=[0.7, 0.8, 1.0])
    assert ranked(frame) == ["b", "a", "c"]


def test_ties_go_to_fewer_parameters_then_to_the_name() -> None:
    """A larger network would be chosen for nothing; or the order of listing would choose."""
    frame = trials(config_id=["c", "b", "a"], n_parameters=[5, 5, 9])
    assert ranked(frame) == ["b", "c", "a"]
    assert ranked(frame.iloc[::-1]) == ["b", "c", "a"]


def test_smaller_is_better_where_it_is() -> None:
    """The worst regression would win."""
    frame = trials(config_id=["a", "b"], val_rmse=[2.0, 1.0], train_rmse=[1.0, 1.0])
    assert ranked(frame, ("rmse",)) == ["b", "a"]


def test_the_test_part_is_not_looked_at() -> None:
    """Winner's curse: the sealed part would choose."""
    frame = trials(config_id=["a", "b"], val_recall=[0.9, 0.8])
    for seen in ([0.0, 1.0], [1.0, 0.0]):
        assert ranked(frame.assign(test_recall=seen)) == ["a", "b"]


def test_seeds_are_averaged_and_a_diverged_one_puts_its_configuration_last() -> None:
    """One lucky seed would win."""
    frame = trials(
        config_id=["a", "a", "b", "b", "c", "c"],
        seed=[1, 2] * 3,
        val_recall=[1.0, 0.2, 0.7, 0.7, 1.0, np.nan],
        status=["done"] * 5 + ["diverged"],
    )
    board = rank(frame, ("recall",), ["factor"])
    assert list(board["config_id"]) == ["b", "a", "c"]
    assert board["val_recall"].iloc[1] == 0.6
    assert list(board["n_done"]) == [2, 2, 1]


def test_a_training_shared_by_two_stages_counts_once() -> None:
    """A configuration that two stages ask for would weigh double."""
    frame = trials(config_id=["a", "a"], stage=["one", "two"])
    board = rank(frame, ("recall",), ["factor"])
    assert (board["n_trials"].iloc[0], board["stage"].iloc[0]) == (1, "one")
