"""Who sees what the columns hold finds the column that gives the answer away before it is learned from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from paribus.data.profile import table_profile

from .helpers import random_frame, table


def test_each_column_is_told_with_its_gaps_values_and_levels() -> None:
    frame = pd.DataFrame(
        {"a": [1.5, None, 3.0, 3.0], "b": ["u", "v", None, "v"], "y": [0, 1, 1, 0], "gone": [None] * 4}
    )
    profile = table_profile(table(frame))
    number, level = profile.columns
    assert (number.name, number.kind, number.missing, number.distinct) == ("a", "numeric", 1, 2)
    assert (number.low, number.high) == (1.5, 3.0)
    assert (level.kind, level.missing, level.distinct, level.commonest) == (
        "category",
        1,
        2,
        (("v", 2), ("u", 1)),
    )
    assert profile.targets[0].counts == (("0", 2), ("1", 2))
    assert profile.dropped == (("gone", "every cell is missing"),)


def test_a_regressions_target_is_told_by_its_quartiles() -> None:
    frame = random_frame(50, classes=0).assign(y=np.arange(50) / 7)
    assert table_profile(table(frame)).targets[0].quartiles == tuple(
        np.quantile(frame["y"], (0, 0.25, 0.5, 0.75, 1))
    )


def test_columns_that_give_the_target_away_or_count_are_suspicious() -> None:
    """A copy of the answer among the features makes every score perfect and worthless."""
    y = np.array([0, 1, 1, 0, 1] * 24)
    frame = pd.DataFrame(
        {
            "copy": y,
            "not": 1 - y,
            "word": np.where(y == 1, "sick", "well"),
            "code": np.where(y == 1, 3, 4) + 10 * (np.arange(120) % 3),
            "count": np.arange(120),
            "name": [f"n{row % 110}" for row in range(120)],
            "gap": [1.0, None] * 60,
            "left": np.where(y == 1, np.arange(120) % 7, np.nan),
            "risk": np.random.default_rng(1).random(120) + y,
            "again": np.random.default_rng(0).normal(size=120),
            "number": np.random.default_rng(2).permutation(9000)[:120],
            "fair": np.random.default_rng(0).normal(size=120),
            "y": y,
        }
    )
    found = dict(table_profile(table(frame)).suspicious)
    assert found == {
        "copy": "equals the target 'y'",
        "not": "determines the target 'y'",
        "word": "determines the target 'y'",
        "code": "determines the target 'y'",
        "count": "counts the rows",
        "name": "110 levels in 120 rows: looks like an id",
        "gap": "one value beside missing ones",
        "left": "is missing for some classes of the target 'y' and for no other",
        "risk": "separates the classes of the target 'y' at one value",
        "fair": "equals the column 'again'",
        "number": "another whole number in every row: looks like an id",
    }


def test_a_target_on_another_scale_is_suspicious() -> None:
    frame = random_frame(60, classes=0)
    frame["y"] = frame["y"].astype(np.float32)
    copies = {"copy": frame["y"], "euro": frame["y"] * 1.1 + 3, "log": np.log(frame["y"])}
    found = dict(table_profile(table(frame.assign(**copies, debt=-(frame["y"] // 2)))).suspicious)
    follows = "rises or falls with the target 'y' throughout"
    assert found == {"copy": "equals the target 'y'", "euro": follows, "log": follows, "debt": follows}


def test_rows_that_stand_twice_are_counted() -> None:
    """A row on both sides of a split is a question whose answer was given."""
    frame = random_frame(20)
    assert table_profile(table(frame)).duplicates == 0
    assert table_profile(table(pd.concat([frame, frame[:3]]))).duplicates == 3
