"""A share of the data: by class or by whole groups, the same for a seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from paribus.data.load import load
from paribus.data.table import Table
from paribus.study.spec import Data

FRAME = pd.DataFrame(
    {
        "x": np.arange(200.0),
        "y": ["a"] * 150 + ["b"] * 50,
        "who": np.repeat(np.arange(20), 10),
        "number": np.arange(200) * 1.5,
    }
)


def shared(share: float, seed: int = 1, target: str = "y", group: str | None = None) -> Table:
    """The frame's share."""
    drop = ("number",) if target == "y" else ()
    data = Data(source="frame", target=target, share=share, drop=drop, group=group)
    return load(data, folder=Path(), frame=FRAME, seed=seed)


def rows(table: Table) -> set[float]:
    """Which rows of the frame are used."""
    return set(table.features.numbers()[:, 0].tolist())


def test_classes_keep_their_shares() -> None:
    """A rare class could vanish from a small share."""
    table = shared(0.1)
    assert table.class_counts == {"a": 15, "b": 5}
    assert "20 of 200 rows are used: data.share = 0.1 of the rows" in table.notes


def test_groups_are_taken_whole() -> None:
    """Half a patient's rows would be left behind, and a share of patients be no share."""
    table = shared(0.25, group="who")
    used = rows(table)
    assert len(used) == 50
    assert len({int(row) // 10 for row in used}) == 5


def test_a_smaller_share_is_among_a_larger_one() -> None:
    """Learning curves over shares would compare different rows."""
    assert rows(shared(0.1)) < rows(shared(0.4))
    assert rows(shared(0.1, group="who")) < rows(shared(0.4, group="who"))


def test_the_seed_draws() -> None:
    """The same study would use other rows at every run, or every seed the same."""
    assert rows(shared(0.3)) == rows(shared(0.3))
    assert rows(shared(0.3)) != rows(shared(0.3, seed=2))


def test_numbers_as_target() -> None:
    """Every number would be a class of its own, and all rows be kept."""
    assert shared(0.5, target="number").n_rows == 100


@pytest.mark.parametrize("share", [1.0, 0.999])
def test_all_of_it(share: float) -> None:
    """The whole data would lose a row."""
    assert shared(share).n_rows == 200


def test_given_test_rows_are_shared_alike(tmp_path: Path) -> None:
    """The sealed rows would all be kept, or training rows be sealed."""
    FRAME.to_csv(tmp_path / "train.csv", index=False)
    FRAME.iloc[:100].to_csv(tmp_path / "test.csv", index=False)
    data = Data(source="train.csv", test="test.csv", target="y", share=0.1)
    pd.concat([FRAME.iloc[:60], FRAME.iloc[-40:]]).to_csv(tmp_path / "test.csv", index=False)
    table = load(data, folder=tmp_path)
    assert table.marks.given is not None
    assert np.bincount(table.marks.given).tolist() == [20, 0, 10]
