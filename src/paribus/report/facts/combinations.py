"""How every combination of two factors learned: study E's question."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from paribus.data.spacing import spaced
from paribus.report.facts.dead import DEAD
from paribus.store.arrays import curves, unpack
from paribus.store.record import Record
from paribus.store.tables import LAYERS
from paribus.study.spec import Stage

UNITS = "network.units"
"""Derived from `network.hidden` where all layers are equal."""
LINES = 60
"""Combinations of two factors that are shown, at most."""
TRIALS = 2000
"""Trials of a stage whose curves are read, at most."""
EPOCHS = 100
"""Epochs of a curve that are kept, evenly along it."""


@dataclass(frozen=True, eq=False)
class Combinations:
    """Two factors: level, other_level, epoch, n_trials (finished), dead, and medians: loss, val_loss.

    Dead starts are left out of the medians and of what stands around them, the quartiles: <loss>_lower and
    <loss>_upper. Where every trial is dead, the medians are theirs (`dead` equals `n_trials`).
    """

    factor: str
    other: str
    table: pd.DataFrame


def combination_curves(record: Record, stage: Stage, trials: pd.DataFrame) -> tuple[Combinations, ...]:
    """Of every two factors that a stage crosses with all others at the base; none of a larger grid."""
    varied = [path for path in stage.factors if path in trials.columns and trials[path].nunique() > 1]
    if varied == ["network.hidden"]:
        trials, varied = _units_by_layers(trials)
    if stage.design != "pairs" and not (stage.design in ("grid", "factorial") and len(varied) == 2):
        return ()
    if len(trials) > TRIALS:
        return ()
    base = {path: trials[path].mode().iloc[0] for path in varied}
    read = _losses(record, trials)
    found = []
    for pair in combinations(varied, 2):
        others = [path for path in varied if path not in pair]
        rows = trials[trials["status"] == "done"]
        for path in others:
            rows = rows[rows[path] == base[path]]
        table = _medians(rows, pair, read)
        if not table.empty and len(table[["level", "other_level"]].drop_duplicates()) <= LINES:
            found.append(Combinations(*pair, table))
    return tuple(found)


def _units_by_layers(trials: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Layouts as two factors, units and layers, where every layout has equal layers, and both vary."""
    layouts = {text: json.loads(text) for text in trials["network.hidden"].unique()}
    if not all(layout and len(set(layout)) == 1 for layout in layouts.values()):
        return trials, ["network.hidden"]
    made = trials.assign(
        **{
            UNITS: [layouts[text][0] for text in trials["network.hidden"]],
            LAYERS: [len(layouts[text]) for text in trials["network.hidden"]],
        }
    )
    return made, [path for path in (UNITS, LAYERS) if made[path].nunique() > 1]


def _losses(record: Record, trials: pd.DataFrame) -> dict[tuple[str, int, int], dict[str, Any]]:
    wanted = set(zip(trials["config_id"], trials["fold"], trials["seed"], strict=True))
    found = {}
    for config_id in trials["config_id"].unique():
        query = "select fold, seed, arrays from outcomes where config_id = ?"
        for fold, seed, arrays in record.connection.execute(query, (config_id,)):
            if (config_id, fold, seed) in wanted:
                found[config_id, fold, seed] = curves(unpack(arrays))
    return found


def _medians(
    rows: pd.DataFrame, pair: Sequence[str], read: dict[tuple[str, int, int], dict[str, Any]]
) -> pd.DataFrame:
    """A training that stopped counts on with its last value."""
    groups: dict[tuple[Any, Any], list[tuple[bool, dict[str, Any]]]] = defaultdict(list)
    for row in rows.to_dict("records"):
        made = read.get((row["config_id"], row["fold"], row["seed"]))
        if made:
            groups[row[pair[0]], row[pair[1]]].append((bool(row[DEAD]), made))
    tables = []
    for (level, other), every in groups.items():
        living = [made for dead, made in every if not dead]
        trials = living or [made for _, made in every]
        longest = max(len(values) for each in trials for values in each.values())
        shown = spaced(longest, EPOCHS)
        table: dict[str, Any] = {
            "level": level,
            "other_level": other,
            "epoch": shown + 1,
            "n_trials": len(every),
        }
        table["dead"] = len(every) - len(living)
        for name in ("loss", "val_loss"):
            held = [
                np.pad(each[name].astype(np.float64), (0, longest - len(each[name])), mode="edge")[shown]
                for each in trials
                if name in each
            ]
            quartiles = np.quantile(held, (0.25, 0.5, 0.75), axis=0) if held else [np.nan] * 3
            table |= dict(zip((f"{name}_lower", name, f"{name}_upper"), quartiles, strict=True))
        tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
