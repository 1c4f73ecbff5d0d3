"""What choosing costs: nested validation against the best of a grid, on labels of pure chance."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import paribus
from paribus.data.load import load
from paribus.data.split import split
from paribus.stats.nested import nested
from paribus.store.record import Record
from paribus.study.plan import OUTER
from paribus.study.toml import parse_study

REPETITIONS = int(os.environ.get("PARIBUS_REPETITIONS", "5"))
"""Tables of random labels; set it higher for a longer look: the means are printed (pytest -s)."""

TEXT = """
[study]
name = "chance"
[data]
source = "noise"
target = "label"
[protocol]
test = 0.0
validation = "nested:4x3"
metrics = ["roc_auc"]
[train]
epochs = 6
batch_size = 16
[[stage]]
name = "grid"
factors."network.hidden" = [[2], [8], [32]]
factors."network.activation" = ["relu", "tanh"]
factors."train.learning_rate" = [1e-3, 1e-2, 1e-1]
"""


def noise(seed: int) -> pd.DataFrame:
    """60 rows, 6 features and labels that have nothing to do with one another."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(random.normal(size=(60, 6)), columns=list("abcdef"))
    return frame.assign(label=random.permutation(np.repeat([0, 1], 30)))


def estimates(seed: int, folder: Path) -> tuple[float, float]:
    """What the best of the grid scored in the inner folds that chose it, and what the outer folds say: the
    mean over the outer folds of each.
    """
    asked, rows = parse_study(TEXT).model_copy(update={"seed": seed}), noise(seed)
    frame = paribus.run(asked, folder, frame=rows, workers=1).frame()
    parts = split(load(asked.data, folder=Path(), frame=rows), asked.protocol, seed)
    best = []
    for _, inner in parts.outer.values():
        inside = frame[frame["fold"].isin(inner) & (frame["stage"] != OUTER)]
        best.append(inside.groupby("config_id")["val_roc_auc"].mean().max())
    with Record.at(folder) as record:
        judged = nested(record, ["roc_auc"])
    assert judged is not None
    return float(np.mean(best)), judged.estimates["roc_auc"]


@pytest.mark.usefixtures("trials_alone")
def test_nested_validation_covers_chance_and_the_best_of_a_grid_does_not(tmp_path: Path) -> None:
    """The best of many configurations on noise would be reported as skill: winner's curse."""
    found = np.array([estimates(seed, tmp_path / str(seed)) for seed in range(1, REPETITIONS + 1)])
    spread = stats.t.ppf(0.975, len(found) - 1) * found.std(axis=0, ddof=1) / np.sqrt(len(found))
    (naive_low, nested_low), (naive_high, nested_high) = (
        found.mean(axis=0) - spread,
        found.mean(axis=0) + spread,
    )
    print(
        f"{REPETITIONS} tables: best of grid {found[:, 0].mean():.3f} ({naive_low:.3f} to {naive_high:.3f}),"
    )
    print(f"nested {found[:, 1].mean():.3f} ({nested_low:.3f} to {nested_high:.3f})")
    assert nested_low <= 0.5 <= nested_high
    assert naive_low > 0.5
