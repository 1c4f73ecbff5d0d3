"""An adaptive stage in a run: the same trials however it is run, and a choice of its own for outer folds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import paribus
from paribus.data.load import load
from paribus.data.split import split
from paribus.steps.searching import Search
from paribus.store.record import Record
from paribus.study.configuration import Configuration
from paribus.study.plan import OUTER, stages
from paribus.study.spec import Study
from paribus.study.toml import parse_study

TEXT = """
[study]
name = "adaptive"
seed = 3
[data]
source = "builtin:breast_cancer"
target = "diagnosis"
positive = "malignant"
[protocol]
metrics = ["log_loss", "accuracy"]
[network]
hidden = [4]
[train]
batch_size = 128
epochs = 3
[[stage]]
name = "search"
design = "adaptive"
configurations = 16
batch = 5
factors."network.units" = { low = 2, high = 16 }
factors."train.learning_rate" = { low = 1e-4, high = 1e-1, log = true }
factors."train.optimizer" = ["adam", "sgd"]
factors."train.momentum" = [0.5, 0.9]
when."train.momentum" = { "train.optimizer" = ["sgd"] }
"""


pytestmark = pytest.mark.usefixtures("trials_alone")


def asked(**settings: str) -> Study:
    return parse_study(TEXT, settings=[f"{path}={value}" for path, value in settings.items()])


def trained(study: Study, folder: Path) -> pd.DataFrame:
    return paribus.run(study, folder, workers=1).frame().drop(columns="train_seconds")


def test_a_run_that_goes_on_draws_the_same(tmp_path: Path) -> None:
    """An interrupted search would end with other configurations than one that went through."""
    whole = trained(asked(), tmp_path)
    assert whole["config_id"].nunique() == 16
    with Record.at(tmp_path, create=True) as record:
        record.connection.execute("delete from outcomes where rowid > 7")
        record.connection.execute(
            "delete from trials where trial_id not in (select trial_id from trials limit 9)"
        )
        record.connection.execute("delete from openings")
    pd.testing.assert_frame_equal(trained(asked(), tmp_path), whole, check_exact=True)


def test_conditions_hold_in_what_is_drawn(tmp_path: Path) -> None:
    """Momentum would be given to an optimizer that has none."""
    found = trained(asked(), tmp_path)
    assert set(found.loc[found["train.optimizer"] == "adam", "train.momentum"]) == {0.0}
    assert set(found.loc[found["train.optimizer"] == "sgd", "train.momentum"]) <= {0.5, 0.9}
    assert found["network.layers"].eq(1).all()


def test_outer_folds_are_searched_for_by_their_inner_folds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nested validation would judge rows that guided the search."""
    told: list[Mapping[str, float]] = []
    monkeypatch.setattr(Search, "tell", _noted(told, Search.tell))
    study = asked(**{"protocol.validation": "nested:2x2"})
    found = trained(study, tmp_path)
    assert (found["stage"] == OUTER).sum() == 2
    outer = split(load(study.data, folder=Path()), study.protocol, study.seed).outer
    for place, (_, inner) in enumerate(outer.values(), 1):
        own = found[found["fold"].isin(inner)].groupby("config_id")["val_log_loss"].mean()
        for scores in told[place :: 1 + len(outer)]:
            assert all(scores[config_id] == pytest.approx(own[config_id]) for config_id in scores)


def _noted(told: list[Mapping[str, float]], tell: Any) -> Any:
    def noted(self: Search, scores: Mapping[str, float]) -> None:
        told.append(dict(scores))
        tell(self, scores)

    return noted


def test_the_score_that_is_told_steers_what_is_asked() -> None:
    """A loss would be searched for its worst, or the scores not be looked at."""
    (stage,) = stages(asked())
    base = Configuration.base(asked())
    best = {}
    for metric in ("log_loss", "accuracy"):
        search = Search(stage, base, base, metric)
        for _ in range(3):
            made = search.ask()
            search.tell({each.config_id: float(each.network.hidden[0]) for each in made})
        best[metric] = sum(each.network.hidden[0] for each in search.ask())
    assert best["log_loss"] < best["accuracy"]
