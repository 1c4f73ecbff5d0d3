"""Noise can't win: a selector or SMOTE that saw held-out rows would find features that predict chance."""

from __future__ import annotations

import numpy as np

from paribus.data.split import split
from paribus.study.spec import Prepare

from .helpers import table
from .noise import FOLDS, honest, leaking, noise, pipelines

REPETITIONS = 2
"""Of 72 rows; `benchmarks/noise.py` does 30."""


def test_noise_cant_win_and_the_leak_that_would_let_it_shows() -> None:
    """Issue 4, 1: what a study reports of labels drawn by chance is what chance is worth."""
    compared = pipelines(["kbest:20"], ["none", "smote"], ["standard", "minmax"])
    leaks = [each for each in compared if each.prepare.scale == "standard"]
    found: dict[Prepare, list[float]] = {each.prepare: [] for each in compared}
    balanced, leaked = [], []
    for repetition in range(REPETITIONS):
        loaded = table(noise(repetition, (47, 25)))
        parts = split(loaded, FOLDS, repetition)
        for prepare, scores in honest(compared, parts, repetition).items():
            found[prepare].append(scores["accuracy"])
            balanced.append(scores["balanced_accuracy"])
        leaked += [scores["accuracy"] for scores in leaking(leaks, loaded, parts).values()]
    error = np.sqrt(0.25 / (72 * REPETITIONS))  # of a share of all rows that judged
    for prepare, accuracy in found.items():
        assert np.mean(accuracy) < 47 / 72 + 2 * error, prepare
    assert abs(np.mean(balanced) - 0.5) < 3 * error
    assert np.mean(leaked) > 0.8, "the same pipelines, fitted before the split: this test can fail"
