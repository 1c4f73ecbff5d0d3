"""Median and best by level."""

from __future__ import annotations

import pandas as pd

from paribus.stats.levels import by_level


def test_levels_keep_their_order_and_only_finished_trials_count() -> None:
    """A table by level would be wrong, or in an order that nobody declared."""
    frame = pd.DataFrame(
        {
            "factor": ["[16]", "[8]", "[16]", "[16]"],
            "status": ["done", "done", "done", "diverged"],
            "val_recall": [0.5, 0.7, 0.9, 1.0],
            "val_log_loss": [0.5, 0.7, 0.9, 0.1],
        }
    )
    table = by_level(frame, "factor", ["recall", "log_loss"], ["val"])
    assert list(table["level"]) == ["[16]", "[8]"]
    assert list(table["n_trials"]) == [2, 1]
    assert list(table["val_recall_median"]) == [0.7, 0.7]
    assert list(table["val_recall_best"]) == [0.9, 0.7]
    assert list(table["val_log_loss_best"]) == [0.5, 0.7]
