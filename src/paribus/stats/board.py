"""The leaderboard of a record's trials."""

from __future__ import annotations

import pandas as pd

from paribus.stats.held_out import HeldOut
from paribus.stats.ranking import rank
from paribus.store.record import Record
from paribus.store.tables import factor_columns
from paribus.study.spec import Study


def board(record: Record, study: Study, trials: pd.DataFrame) -> pd.DataFrame:
    """`trials` (rows of `trials_frame`) ranked; in leave-one-out by the scores of all rows together."""
    metrics, pooled = study.protocol.metrics, None
    if study.protocol.is_pooled:
        pooled = HeldOut(record, is_pooled=True).board_scores(trials["config_id"].unique(), metrics)
    return rank(trials, metrics, factor_columns(study), pooled)
