"""Dead starts: counted by level, and apart from the curves of those that learned."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from paribus.population.outcome import Outcome
from paribus.report.exports.trial_tables import trial_tables
from paribus.report.facts import gather
from paribus.report.facts.dead import DEAD, dead_starts, dead_trials
from paribus.report.figures.crossed import combinations_figure
from paribus.report.figures.dead import dead_figure
from paribus.report.page import page
from paribus.report.write import summary
from paribus.store.arrays import pack
from paribus.store.record import Key, Record
from paribus.study.spec import Stage
from tests.report.records import EPOCHS, ROWS, record, study

SEEDS = {"seeds": 3}
START = 0.7
"""The loss of a network that never left it."""


def _kill(found: Record, keys: Iterable[Key], value: float = 0.1) -> None:
    """Make these trials say one thing of every row, at a loss that never moves."""
    flat = np.full(EPOCHS, START)
    for key in keys:
        dead = Outcome(
            *(*key, "done", 10, EPOCHS, EPOCHS, 0.01),
            curves={"loss": flat, "val_loss": flat},
            predictions=np.full(ROWS, value, np.float32),
        )
        where = "where config_id = ? and fold = ? and seed = ?"
        found.connection.execute(f"update outcomes set arrays = ? {where}", (pack(dead), *key))


def _keys(found: Record, hidden: str, rate: float) -> list[Key]:
    query = (
        "select config_id, fold, seed from trials join configurations using (config_id) where stage = 'broad'"
        " and json_extract(levels, '$.\"network.hidden\"') = ?"
        " and json_extract(levels, '$.\"train.learning_rate\"') = ? order by seed"
    )
    return list(found.connection.execute(query, (hidden, rate)))


def test_dead_starts_are_counted_by_level_and_left_out_of_the_curves(tmp_path: Path) -> None:
    """Else a loss between that of those who learned and of those who never began is read as an effect."""
    asked = study(protocol=SEEDS)
    with record(tmp_path, asked, open_sealed=False) as found:
        one, every = _keys(found, "[4]", 0.01)[:1], _keys(found, "[8,4]", 0.001)
        assert (len(one), len(every)) == (1, 3)
        _kill(found, [*one, *every])
        facts = gather(found, asked)
    (stage,) = facts.stages
    assert stage.dead is not None
    assert (stage.dead.dead, stage.dead.n_trials) == (4, 12)
    table = stage.dead.levels.set_index(["factor", "level"])["dead"]
    assert table["network.hidden"].to_dict() == {"[4]": 1, "[8, 4]": 3}
    assert table["train.learning_rate"].to_dict() == {0.001: 3, 0.01: 1}
    (pair,) = stage.combinations
    last = pair.table[pair.table["epoch"] == EPOCHS].set_index(["level", "other_level"])
    assert last["dead"].to_dict() == {
        ("[4]", 0.001): 0,
        ("[4]", 0.01): 1,
        ("[8, 4]", 0.001): 3,
        ("[8, 4]", 0.01): 0,
    }
    assert set(last["n_trials"]) == {3}
    losses, upper = last["loss"].to_dict(), last["loss_upper"].to_dict()
    assert upper["[4]", 0.01] == losses["[4]", 0.001]
    assert losses["[8, 4]", 0.001] == START
    drawn = combinations_figure(1, 1, stage, pair)
    assert "4 dead starts apart" in drawn.title
    assert {row["level"] for row in drawn.rows if not row["learned"]} == {"[8, 4]"}
    assert dead_figure(1, stage) is not None
    assert summary(facts)["dead_starts"] == [{"stage": "broad", "dead": 4, "n_trials": 12}]
    assert "factor-dead-1" in {each.name for each in trial_tables(facts)}
    assert "<h4>Dead starts</h4>" in page(facts, ())


def test_a_regression_that_says_one_number_is_dead(tmp_path: Path) -> None:
    """Else a network that predicts the mean stands among those that learned."""
    asked = study(protocol={**SEEDS, "metrics": ("rmse",)}, question=())
    with record(tmp_path, asked, "regression", open_sealed=False) as found:
        assert dead_trials(found, found.fact("data")) == set()
        still = _keys(found, "[4]", 0.001)[:2]
        _kill(found, still, value=0.02)
        assert dead_trials(found, found.fact("data")) == set(still)


def test_a_stage_without_dead_starts_says_nothing() -> None:
    """Else every report has a section of zeros."""
    trials = pd.DataFrame({"status": ["done", "failed"], "width": [1, 2], DEAD: [False, True]})
    assert dead_starts(trials, {"width": trials}) is None


def test_layouts_of_equal_layers_are_units_and_layers(tmp_path: Path) -> None:
    """Else study E's units × depth, one list of layouts, has no curves."""
    layouts: tuple[list[int], ...] = ([2], [4], [2, 2], [4, 4])
    stage = Stage(name="broad", factors={"network.hidden": layouts, "train.epochs": (EPOCHS,)})
    asked = study(stage=(stage,), question=(), protocol=SEEDS)
    with record(tmp_path, asked) as found:
        (pair,) = gather(found, asked).stages[0].combinations
    assert (pair.factor, pair.other) == ("network.units", "network.layers")
    drawn = pair.table[["level", "other_level"]].drop_duplicates()
    assert drawn.to_numpy().tolist() == [[2, 1], [2, 2], [4, 1], [4, 2]]
