"""Any two configurations of a record compared: the settings that differ, then every metric."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from paribus.errors import StudyError
from paribus.stats.answers.isolation import differing
from paribus.stats.answers.pairs import adjusted, by_rows, pair_answer
from paribus.stats.answers.records import PairAnswer, Replicates
from paribus.stats.answers.tables import Tables
from paribus.stats.compare import compare
from paribus.stats.held_out import HeldOut
from paribus.stats.level_comparison import LevelPair
from paribus.store.record import Record
from paribus.store.tables import configuration_of
from paribus.study.plan import seeds
from paribus.study.spec import Study

SHOWN = 5
"""Ids named in a refusal."""


@dataclass(frozen=True)
class MetricPair:
    """One metric of both, each one's mean over its own trials, and the first minus the second."""

    metric: str
    one: float
    other: float
    pair: PairAnswer


@dataclass(frozen=True)
class TwoConfigurations:
    """Two configurations: `settings` maps what differs to both levels in words; p values are adjusted
    over the metrics.
    """

    one: str
    other: str
    settings: dict[str, tuple[str, ...]]
    n_parameters: tuple[int | None, int | None]
    replicates: Replicates
    metrics: tuple[MetricPair, ...]
    adjusted_by: str

    @property
    def methods(self) -> tuple[str, ...]:
        """What was used, by the names of `citations.REFERENCES`."""
        found = [method for each in self.metrics for method in each.pair.methods]
        return tuple(dict.fromkeys([*found, self.adjusted_by]))


def find_configuration(record: Record, name: str) -> str:
    """The config_id that begins with `name`. Raises `StudyError` for none and for several."""
    rows = record.connection.execute("select config_id from configurations order by config_id")
    known: list[str] = [config_id for (config_id,) in rows]
    found = [config_id for config_id in known if name and config_id.startswith(name.lower())]
    if len(found) == 1:
        return found[0]
    where = record.path.parent
    if found:
        listed = ", ".join(found[:SHOWN]) + (" ..." if len(found) > SHOWN else "")
        raise StudyError(f"'{name}' begins {len(found):,} config_ids of {where}: {listed}. Give more of it")
    near = get_close_matches(name.lower(), known, n=1, cutoff=0.0)
    hint = f", the nearest is '{near[0]}'" if near else ""
    raise StudyError(
        f"'{name}' is no config_id of {where}{hint}: `paribus show {where}` lists the first, leaderboard.csv"
        " has all"
    )


def compare_two(study: Study, record: Record, one: str, other: str) -> TwoConfigurations:
    """Two configurations by their ids, paired by fold and seed, on every metric of the study.

    Raises `StudyError` for an id compared with itself, and where no finished pair is left.
    """
    if one == other:
        raise StudyError(f"'{one}' is compared with itself: name two configurations")
    tables = Tables(HeldOut(record, study.protocol.is_pooled), seeds(study), study.protocol.metrics)
    found = {metric: _pair(tables, metric, one, other) for metric in study.protocol.metrics}
    known = {metric: each for metric, each in found.items() if each is not None}
    if not known:
        raise StudyError(
            f"{one} and {other} have no finished trial of the same fold and seed in common: let the run end"
        )
    pairs, _ = adjusted([[each.pair for each in known.values()]], study.protocol.adjust, tables.ratio)
    made = [configuration_of(record, name) for name in (one, other)]
    return TwoConfigurations(
        one=one,
        other=other,
        settings=differing(made),
        n_parameters=(tables.trials(one)[1], tables.trials(other)[1]),
        replicates=tables.replicates,
        metrics=tuple(
            MetricPair(each.metric, each.one, each.other, pair)
            for each, pair in zip(known.values(), pairs[0], strict=True)
        ),
        adjusted_by=study.protocol.adjust,
    )


def _pair(tables: Tables, metric: str, one: str, other: str) -> MetricPair | None:
    first, second = tables.table(one, metric), tables.table(other, metric)
    if not (np.isfinite(first) & np.isfinite(second)).any():
        return None
    compared = LevelPair(0, 1, compare(first, second, ratio=tables.ratio))
    found = pair_answer(compared, (0, 1), 0.0, by_rows(tables, (one, other), metric, 0.0))
    return MetricPair(metric, float(np.nanmean(first)), float(np.nanmean(second)), found)
