"""Study E read again: dead starts counted, and its three statements asked of ten seeds.

    paribus run studies/pairs.toml --out DIR
    python -m benchmarks.engines_pairs DIR

A dead start is a training whose predictions say no more than the classes' shares do: its validation loss
ends within 0.01 of theirs. The published study drew one run a combination and read such runs as an effect.
"""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import ttest_rel, wilcoxon

from paribus.results import Results

NEAR = 0.01
LOSS = "val_log_loss"
OPTIMIZERS = ("sgd", "adam", "rmsprop", "adagrad")


def main(folder: Path) -> None:
    """Print everything that the study's statements rest on."""
    frame = Results(folder).frame()
    frame = frame[~frame["stage"].str.startswith("question")].copy()
    frame["hidden"] = frame["network.hidden"].map(str)
    frame["dead"] = frame[LOSS] > np.log(2) - NEAR  # both circles have as many points
    print(f"{len(frame)} trials, {int(frame['dead'].sum())} dead starts\n")
    for stage, factors in FACTORS.items():
        of_stage = frame[frame["stage"] == stage]
        table = of_stage.groupby(list(factors)).agg(
            median=(LOSS, "median"),
            lowest=(LOSS, "min"),
            highest=(LOSS, "max"),
            alive=(LOSS, lambda losses: losses[losses <= np.log(2) - NEAR].median()),
            dead=("dead", "sum"),
            seeds=("dead", "size"),
        )
        print(f"{stage}\n{table.round(3).to_string()}\n")
    _depth(frame)
    _adam(folder, frame)
    _batch(frame)


FACTORS = {
    "activation, units": ("network.activation", "hidden"),
    "activation, depth at 4 units": ("network.activation", "hidden"),
    "activation, depth at 8 units": ("network.activation", "hidden"),
    "units, depth": ("hidden",),
    "optimizer, learning rate": ("train.optimizer", "train.learning_rate"),
    "optimizer, batch, equal epochs": ("train.optimizer", "train.batch_size"),
    "optimizer, batch, equal updates": ("train.optimizer", "train.batch_size"),
    "optimizer, units": ("train.optimizer", "hidden"),
}


def _paired(name: str, one: pd.Series, other: pd.Series) -> None:
    """Mean of the first minus the second at equal seed, its 95 % interval, t and Wilcoxon."""
    difference = (one - other).dropna()
    if difference.nunique() < 2:
        print(f"  {name}: {difference.mean():+.4f} with every one of {len(difference)} seeds")
        return
    test = ttest_rel(one[difference.index], other[difference.index])
    low, high = test.confidence_interval()
    signed = wilcoxon(difference).pvalue if difference.any() else 1.0
    print(
        f"  {name}: {difference.mean():+.4f} [{low:+.4f}, {high:+.4f}], t p = {test.pvalue:.3g},"
        f" Wilcoxon p = {signed:.3g}, {len(difference)} seeds"
    )


def _by_seed(frame: pd.DataFrame, **levels: object) -> pd.Series:
    for key, level in levels.items():
        frame = frame[frame[key.replace("__", ".")] == level]
    return frame.drop_duplicates("seed").set_index("seed")[LOSS]


def _depth(frame: pd.DataFrame) -> None:
    print("The deeper, the worse? Validation loss of 3 hidden layers minus that of 1, at equal seed")
    for stage, units in (("activation, depth at 4 units", 4), ("activation, depth at 8 units", 8)):
        for activation in ("sigmoid", "tanh", "relu"):
            of_stage = frame[(frame["stage"] == stage) & (frame["network.activation"] == activation)]
            one, three = (_by_seed(of_stage, hidden=str([units] * layers)) for layers in (1, 3))
            _paired(f"{activation}, {units} units", three, one)
    for units in (2, 4, 8, 16):
        of_stage = frame[frame["stage"] == "units, depth"]
        one, three = (_by_seed(of_stage, hidden=str([units] * layers)) for layers in (1, 3))
        _paired(f"relu, {units} units", three, one)
        alive = three[three <= np.log(2) - NEAR].index.intersection(one[one <= np.log(2) - NEAR].index)
        if len(alive) > 2:
            _paired(f"relu, {units} units, without dead starts", three[alive], one[alive])


def _adam(folder: Path, frame: pd.DataFrame) -> None:
    print("\nAdam converges faster? First epoch with a validation loss of 0.35 or less (median; never: 151)")
    results, rows = Results(folder), []
    of_stage = frame[frame["stage"] == "optimizer, learning rate"]
    for config_id, members in of_stage.groupby("config_id"):
        curves = results.curves(str(config_id))
        reached = curves[curves["val_loss"] <= 0.35].groupby("seed")["epoch"].min()
        reached = reached.reindex(members["seed"].unique(), fill_value=151)
        first = members.iloc[0]
        rows.append((first["train.optimizer"], first["train.learning_rate"], reached))
    for rate in sorted({rate for _, rate, _ in rows}):
        found = {optimizer: reached for optimizer, own, reached in rows if own == rate}
        print(f"  learning rate {rate}: " + ", ".join(f"{o} {found[o].median():g}" for o in OPTIMIZERS))
        for other in OPTIMIZERS:
            if other != "adam":
                _paired(
                    f"epochs, adam minus {other}", found["adam"].astype(float), found[other].astype(float)
                )


def _batch(frame: pd.DataFrame) -> None:
    for stage in ("optimizer, batch, equal epochs", "optimizer, batch, equal updates"):
        print(f"\nLarger batches are worse? {stage}: validation loss, larger minus smaller")
        of_stage = frame[frame["stage"] == stage]
        for optimizer in OPTIMIZERS:
            losses = {
                size: _by_seed(of_stage, train__optimizer=optimizer, train__batch_size=size)
                for size in (50, 100, 250)
            }
            for small, large in combinations(losses, 2):
                _paired(f"{optimizer}, {large} against {small}", losses[large], losses[small])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
