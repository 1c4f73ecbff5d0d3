"""Each stage as it was run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from paribus.report.facts.combinations import combination_curves
from paribus.report.facts.dead import dead_starts
from paribus.report.facts.records import StageFacts
from paribus.report.facts.spreads import interactions, spread_by_level
from paribus.stats.answers.balance import like_with_like
from paribus.stats.answers.importance import stage_importance
from paribus.stats.levels import by_level
from paribus.store.record import Record
from paribus.store.tables import LAYERS
from paribus.study.plan import stages
from paribus.study.sections.levels import Range
from paribus.study.spec import Stage, Study


def stage_facts(record: Record, study: Study, trials: pd.DataFrame) -> tuple[StageFacts, ...]:
    """Every stage with its effects by level and its importance, in order; `trials` with the column `DEAD`."""
    kept = {
        name: json.loads(text) for name, text in record.connection.execute("select name, kept from stages")
    }
    found = []
    for stage in stages(study):
        rows = trials[trials["stage"] == stage.name]
        varied = [*stage.factors, *([LAYERS] if "network.hidden" in stage.factors else [])]
        effects, spreads, compared = {}, {}, {}
        for factor in varied:
            levels = stage.factors.get(factor)
            if isinstance(levels, Range):
                continue  # every drawn number is a level of its own: no table by level
            if factor in rows.columns and rows[factor].nunique() > 1:
                alike = like_with_like(rows, stage, factor)
                ordered = alike.sort_values(factor, key=_declared(levels), kind="stable")
                compared[factor] = ordered
                effects[factor] = by_level(ordered, factor, study.protocol.metrics, ("val", "train"))
                spreads[factor] = spread_by_level(ordered, factor, study.protocol.metrics)
        metric = study.protocol.metrics[0]
        importance = stage_importance(stage, rows, metric)
        first = [effect.factors for effect in importance.effects] if importance else []
        found.append(
            StageFacts(
                name=stage.name,
                design=stage.design,
                factors={path: _shown(levels) for path, levels in stage.factors.items()},
                n_configurations=int(rows["config_id"].nunique()),
                n_trials=len(rows),
                kept=tuple(kept.get(stage.name, ())),
                effects=effects,
                spreads=spreads,
                interactions=tuple(
                    replace(each, table=_ordered(stage, each.table, each.factor, each.other))
                    for each in interactions(rows, _listed(stage.factors), metric, first)
                ),
                combinations=tuple(
                    replace(each, table=_ordered(stage, each.table, each.factor, each.other))
                    for each in combination_curves(record, stage, rows)
                ),
                importance=importance,
                dead=dead_starts(rows, compared),
            )
        )
    return tuple(found)


def _ordered(stage: Stage, table: pd.DataFrame, factor: str, other: str) -> pd.DataFrame:
    """The rows by the declared order of two factors' levels."""
    for column, path in (("other_level", other), ("level", factor)):
        levels = stage.factors.get(path)  # none of what is derived from another
        key = None if isinstance(levels, Range) else _declared(levels)
        table = table.sort_values(column, key=key, kind="stable")
    return table.reset_index(drop=True)


def _listed(factors: Mapping[str, tuple[Any, ...] | Range]) -> list[str]:
    """Those whose levels are listed, not drawn from a range."""
    return [path for path, levels in factors.items() if not isinstance(levels, Range)]


def _shown(levels: tuple[Any, ...] | Range) -> tuple[Any, ...]:
    """The levels, a range in words."""
    if not isinstance(levels, Range):
        return levels
    return (f"{levels.low} to {levels.high}{', by powers of ten' if levels.log else ''}",)


def _declared(levels: Sequence[Any] | None) -> Callable[[pd.Series[Any]], pd.Series[Any]] | None:
    """A sort key that puts levels in the order in which the study lists them."""
    if levels is None:
        return None
    place = {
        json.dumps(level) if isinstance(level, list | tuple | dict) else level: n
        for n, level in enumerate(levels)
    }
    return lambda column: column.map(place)
