"""Ranking: configurations by their validation scores, the first metric first.

Lexicographic over the study's metrics, each the mean over folds and seeds (leave-one-out: of all rows'
predictions together); equal in all of them, fewer parameters, then the configuration's own name. Never
by the test part: this module is given none of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from paribus.study.options import larger_is_better


def rank(
    trials: pd.DataFrame,
    metrics: Sequence[str],
    factors: Sequence[str],
    pooled: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row a configuration, the best first.

    `trials` has a row a trial (`store.tables.trials_frame`). A trial that diverged or failed takes
    its configuration behind all that are complete. Columns: rank, config_id, stage (the first that
    asked), the factors, n_parameters, n_trials, n_done, val_<metric> and its standard deviation over
    trials, train_<metric>, train_seconds. `pooled` has those validation scores by config_id where folds
    aren't scored one by one (`HeldOut.board_scores`).
    """
    # Stages that ask for the same training share its outcome: it counts once.
    once = trials.drop_duplicates(["config_id", "fold", "seed"])
    done = once[once["status"] == "done"]
    groups = done.groupby("config_id", sort=False)
    first = once.groupby("config_id", sort=False).first()
    board = first[["stage", *factors]].copy()
    board["n_parameters"] = once.groupby("config_id", sort=False)["n_parameters"].max()
    board["n_trials"] = once.groupby("config_id", sort=False).size()
    board["n_done"] = groups.size().reindex(board.index).fillna(0).astype(int)
    for metric in metrics:
        board[f"val_{metric}"] = groups[f"val_{metric}"].mean()
        board[f"val_{metric}_sd"] = groups[f"val_{metric}"].std()
        board[f"train_{metric}"] = groups[f"train_{metric}"].mean()
    if pooled is not None:
        board[pooled.columns] = pooled.reindex(board.index)
    board["train_seconds"] = groups["train_seconds"].sum()
    order = pd.DataFrame({"incomplete": board["n_done"] < board["n_trials"]})
    for metric in metrics:
        order[metric] = board[f"val_{metric}"] * (-1 if larger_is_better(metric) else 1)
    order["n_parameters"] = board["n_parameters"].astype("float64")
    by = [*order.columns, "config_id"]
    ranked = board.loc[order.sort_values(by, na_position="last").index]
    ranked.insert(0, "rank", range(1, len(ranked) + 1))
    return ranked.reset_index()
