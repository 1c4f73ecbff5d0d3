"""Each configuration's place: what it is and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from paribus.population.metrics import scores
from paribus.report.facts.records import Score, Standing
from paribus.report.replicates import sealed_predictions
from paribus.stats.held_out import HeldOut
from paribus.stats.intervals import Interval, interval
from paribus.store.record import Record
from paribus.store.tables import configuration_of
from paribus.study.spec import Study


def standing_of(record: Record, study: Study, held_out: HeldOut, row: Mapping[Any, Any]) -> Standing:
    """A row of the leaderboard with its scores and their intervals."""
    scored = [
        Score("val", metric, *found)
        for metric in study.protocol.metrics
        if (found := held_out.score(row["config_id"], metric)) is not None
    ]
    scored += _sealed_scores(record, study, held_out, row["config_id"])
    return Standing(
        rank=row["rank"],
        config_id=row["config_id"],
        stage=row["stage"],
        levels=configuration_of(record, row["config_id"]).levels,
        n_parameters=None if pd.isna(row["n_parameters"]) else int(row["n_parameters"]),
        n_trials=int(row["n_trials"]),
        scores=tuple(scored),
    )


def _sealed_scores(record: Record, study: Study, held_out: HeldOut, config_id: str) -> list[Score]:
    """On the sealed part: of the folds' mean prediction, the mean over seeds."""
    predictions = sealed_predictions(record, config_id)
    if predictions is None:
        return []
    truth, kind = record.truths("test")[0].truth, held_out.kind
    values = scores(kind, study.protocol.metrics, truth, predictions)
    return [
        Score("test", metric, float(value.mean()), interval(kind, metric, truth, predictions))
        for metric, value in values.items()
    ]


def interval_of_best(standings: Sequence[Standing]) -> Interval | None:
    """Of the first metric on validation."""
    found = [score for standing in standings[:1] for score in standing.scores if score.part == "val"]
    return found[0].interval if found else None
