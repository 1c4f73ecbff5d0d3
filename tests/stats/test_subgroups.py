"""Scores by subgroup: what differs is found, chance is not marked, and few rows are not judged."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from paribus.stats.intervals import interval
from paribus.stats.subgroups import FEWEST, MOST_LEVELS, subgroups

ROWS = 1200


def _rows(worse: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Truth, predictions (1, row), and a group whose labels are that much noisier."""
    random = np.random.default_rng(2)
    group = np.array(["a", "b", "c"], dtype=object)[random.integers(0, 3, ROWS)]
    truth = random.integers(0, 2, ROWS)
    noise = np.where(group == "c", worse, 1.0) * random.normal(0, 1, ROWS)
    return truth, (1 / (1 + np.exp(-(4 * truth - 2 + noise))))[None].astype(np.float32), group


def test_a_group_that_is_worse_is_marked() -> None:
    """Else a model that fails for some people would be delivered without a word."""
    truth, predictions, group = _rows(6.0)
    found = subgroups("binary", ["accuracy", "roc_auc"], truth, predictions, {"group": group})
    marked = {(each.level, each.metric) for each in found if each.apart}
    assert {("c", "accuracy"), ("c", "roc_auc")} <= marked
    (area,) = [each for each in found if (each.level, each.metric) == ("c", "roc_auc")]
    inside = group == "c"
    assert area.value == pytest.approx(roc_auc_score(truth[inside], predictions[0, inside]))
    expected = interval("binary", "roc_auc", truth[inside], predictions[:, inside])
    assert (area.low, area.high, area.rows) == (expected.low, expected.high, inside.sum())
    assert area.difference is not None
    assert area.difference < 0


def test_chance_is_not_marked() -> None:
    """Else some group would always be told to be worse, for many are looked at."""
    marked = 0
    for seed in range(30):
        random = np.random.default_rng(seed)
        truth = random.integers(0, 2, 300)
        predictions = np.clip(truth * 0.3 + random.random(300) * 0.7, 0, 1)[None].astype(np.float32)
        columns = {str(n): random.choice(["x", "y", "z"], 300).astype(object) for n in range(4)}
        marked += any(each.apart for each in subgroups("binary", ["accuracy"], truth, predictions, columns))
    assert marked <= 4


def test_few_rows_and_one_class_are_not_judged() -> None:
    """Else a score of three rows would stand beside one of a thousand."""
    truth, predictions, group = _rows(1.0)
    group[: FEWEST - 1], group[FEWEST : 4 * FEWEST] = "few", "alike"
    truth[FEWEST : 4 * FEWEST] = 1
    found = subgroups("binary", ["roc_auc"], truth, predictions, {"group": group})
    told = {each.level: each for each in found}
    assert (told["few"].rows, told["few"].value) == (FEWEST - 1, None)
    assert (told["alike"].rows, told["alike"].value) == (3 * FEWEST, None)
    assert told["a"].value is not None


def test_columns_of_one_level_or_many_are_left_out() -> None:
    """Else names and numbers of customers would fill the card; missing cells are no group."""
    truth, predictions, group = _rows(1.0)
    many = np.array([str(n % (MOST_LEVELS + 1)) for n in range(ROWS)], dtype=object)
    gaps = np.where(np.arange(ROWS) % 2, group, "")
    columns = {"one": np.full(ROWS, "x", dtype=object), "many": many, "gaps": gaps}
    found = subgroups("binary", ["accuracy"], truth, predictions, columns)
    assert {(each.column, each.level) for each in found} == {("gaps", level) for level in "abc"}


def test_numbers_and_several_seeds() -> None:
    """Else a regression's card, or one of several seeds, would have no groups."""
    random = np.random.default_rng(0)
    truth = random.normal(size=400)
    predictions = (truth + random.normal(0, 0.5, (3, 400))).astype(np.float32)
    group = np.where(np.arange(400) < 200, "early", "late").astype(object)
    predictions[:, 200:] += random.normal(0, 2, 200).astype(np.float32)
    found = {each.level: each for each in subgroups("regression", ["rmse"], truth, predictions, {"g": group})}
    assert found["late"].apart
    assert found["late"].difference == pytest.approx(-(found["early"].difference or 0))
