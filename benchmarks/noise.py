"""Noise can't win: accuracy on labels drawn by chance, prepared fold by fold and, wrongly, before the split.

72 rows of 2,000 random features; selector x resampling x scaler; 10-fold; 30 repetitions. With 36 rows of
each class the majority rate is 0.5 and every mean should cover it; with 47 and 25, where SMOTE has work
to do, no mean may lie above the majority rate, and balanced accuracy should cover 0.5. The same pipelines
fitted before the split show the leak.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.data.helpers import table
from tests.data.noise import FOLDS, METRICS, honest, leaking, noise, pipelines

from paribus.data.split import split
from paribus.study.spec import Prepare

Found = dict[tuple[Prepare, str], list[float]]
"""By pipeline, and metric or `leak`: a mean over folds for each repetition."""


def measure(classes: tuple[int, int], repetitions: int) -> Found:
    """Every pipeline in every repetition."""
    compared = pipelines(["kbest:20", "pca:10"], ["none", "smote"], ["standard", "minmax"])
    leaks = [each for each in compared if each.prepare.select.startswith("kbest")]
    found: Found = {}
    for repetition in range(repetitions):
        loaded = table(noise(repetition, classes))
        parts = split(loaded, FOLDS, repetition)
        for prepare, scores in honest(compared, parts, repetition).items():
            for metric in METRICS:
                found.setdefault((prepare, metric), []).append(scores[metric])
        for prepare, scores in leaking(leaks, loaded, parts).items():
            found.setdefault((prepare, "leak"), []).append(scores["accuracy"])
        print(f"{classes[0]} and {classes[1]}: repetition {repetition + 1} of {repetitions}", file=sys.stderr)
    return found


def told(values: list[float]) -> str:
    """The mean and its 95 % interval over repetitions, by Student's t."""
    mean, error = np.mean(values), stats.sem(values)
    low, high = stats.t.interval(0.95, len(values) - 1, mean, error)
    return f"{mean:.3f} ({low:.3f} to {high:.3f})"


def main() -> None:
    """Print a table for each size of the classes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=30)
    repetitions = parser.parse_args().repetitions
    for classes in ((36, 36), (47, 25)):
        found = measure(classes, repetitions)
        print(f"\n{classes[0]} and {classes[1]} rows: majority rate {max(classes) / sum(classes):.3f}\n")
        print("| select | resample | scale | accuracy | balanced accuracy | fitted before the split |")
        print("|---|---|---|---|---|---|")
        for prepare in dict.fromkeys(prepare for prepare, _ in found):
            cells = [
                told(found[prepare, name]) if (prepare, name) in found else "" for name in (*METRICS, "leak")
            ]
            print(f"| {prepare.select} | {prepare.resample} | {prepare.scale} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
