"""How every combination of two factors learned: study E's question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from paribus.store.arrays import curves, unpack
from paribus.store.record import Record
from paribus.study.spec import Stage

LINES = 60
"""Combinations of two factors that are shown, at most."""
TRIALS = 2000
"""Trials of a stage whose curves are read, at most."""
EPOCHS = 100
"""Epochs of a curve that are kept, evenly along it."""


@dataclass(frozen=True, eq=False)
class Combinations:
    """Two factors: level, other_level, epoch, loss and val_loss (means over trials), n_trials."""

    factor: str
    other: str
    table: pd.DataFrame


def combination_curves(record: Record, stage: Stage, trials: pd.DataFrame) -> tuple[Combinations, ...]:
    """Of every two factors that a stage crosses with all others at the base; none of a larger grid."""
    varied = [path for path in stage.factors if path in trials.columns and trials[path].nunique() > 1]
    if stage.design != "pairs" and not (stage.design in ("grid", "factorial") and len(varied) == 2):
        return ()
    if len(trials) > TRIALS:
        return ()
    base = {path: trials[path].mode().iloc[0] for path in varied}
    read = _losses(record, trials)
    found = []
    for pair in combinations(varied, 2):
        others = [path for path in varied if path not in pair]
        rows = trials
        for path in others:
            rows = rows[rows[path] == base[path]]
        table = _means(rows, pair, read)
        if not table.empty and len(table[["level", "other_level"]].drop_duplicates()) <= LINES:
            found.append(Combinations(*pair, table))
    return tuple(found)


def _losses(record: Record, trials: pd.DataFrame) -> dict[tuple[str, int, int], dict[str, Any]]:
    wanted = set(zip(trials["config_id"], trials["fold"], trials["seed"], strict=True))
    found = {}
    for config_id in trials["config_id"].unique():
        query = "select fold, seed, arrays from outcomes where config_id = ?"
        for fold, seed, arrays in record.connection.execute(query, (config_id,)):
            if (config_id, fold, seed) in wanted:
                found[config_id, fold, seed] = curves(unpack(arrays))
    return found


def _means(
    rows: pd.DataFrame, pair: Sequence[str], read: dict[tuple[str, int, int], dict[str, Any]]
) -> pd.DataFrame:
    """A training that stopped counts on with its last value."""
    groups: dict[tuple[Any, Any], list[dict[str, Any]]] = defaultdict(list)
    for row in rows.to_dict("records"):
        made = read.get((row["config_id"], row["fold"], row["seed"]))
        if made:
            groups[row[pair[0]], row[pair[1]]].append(made)
    tables = []
    for (level, other), trials in groups.items():
        longest = max(len(values) for each in trials for values in each.values())
        shown = np.unique(np.linspace(0, longest - 1, min(longest, EPOCHS)).round().astype(int))
        table = {"level": level, "other_level": other, "epoch": shown + 1, "n_trials": len(trials)}
        for name in ("loss", "val_loss"):
            held = [
                np.pad(each[name].astype(np.float64), (0, longest - len(each[name])), mode="edge")[shown]
                for each in trials
                if name in each
            ]
            table[name] = np.mean(held, axis=0) if held else np.nan
        tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
