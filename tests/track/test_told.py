"""What a tracker is told is what the record says; and the study never depends on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from paribus.errors import StudyError
from paribus.execute.progress import Quiet
from paribus.store.record import Record
from paribus.store.recorded import read_record
from paribus.track import following, sending
from paribus.track.sqlite import _latest, _number
from paribus.track.told import Source, Told
from tests.track.flowers import finished


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of two configurations and two seeds."""
    return finished(tmp_path_factory.mktemp("told") / "run", "protocol.seeds=2", "train.epochs=2")


def _runs(folder: Path) -> list[Told]:
    with Record.at(folder) as record:
        return list(Source(record, read_record(record)).configurations())


def test_every_configuration_and_trial_is_told_once(folder: Path) -> None:
    """Else the tracker would show another study than the record."""
    runs, trials = _runs(folder), pd.read_csv(folder / "trials.csv")
    parents = {each.run_id: each for each in runs if each.parent is None}
    children = [each for each in runs if each.parent is not None]
    assert (len(parents), len(children)) == (2, 4)
    for child in children:
        row = trials[trials["trial_id"] == child.tags["trial_id"]].iloc[0]
        told = {name: value for name, value, step in child.numbers if step == 0}
        assert told["val_accuracy"] == row["val_accuracy"]
        assert child.params["network.hidden"] == row["network.hidden"]
        assert parents[str(child.parent)].tags["config_id"] == row["config_id"]
        assert sum(name == "epoch_val_loss" for name, _, _ in child.numbers) == 2
    for parent in parents.values():
        rows = trials[trials["config_id"] == parent.tags["config_id"]]
        assert {n: v for n, v, _ in parent.numbers}["val_accuracy"] == pytest.approx(
            rows["val_accuracy"].mean()
        )


def test_the_same_record_tells_the_same(folder: Path) -> None:
    """Else each look would double the tracker's runs."""
    assert _runs(folder) == _runs(folder)
    with Record.at(folder) as record:
        source = Source(record, read_record(record))
        known = [each.run_id for each in source.configurations()]
        assert not list(source.configurations(known))


def test_a_latest_number_is_that_of_the_last_step() -> None:
    """Else a tracker would sort by an epoch in the middle."""
    numbers = (("loss", 3.0, 1), ("loss", 1.0, 3), ("loss", 2.0, 2), ("f1", float("nan"), 0))
    told = Told("a", "a", 0, 1, "FINISHED", {}, numbers, {})
    assert {row[0]: (row[1], row[4]) for row in _latest(told)} == {"loss": (1.0, False), "f1": (0.0, True)}
    assert np.isfinite(_number(float("-inf"))[0])


def test_without_mlflow_the_study_runs_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a missing extra would cost the whole study."""
    notes: list[str] = []

    class Noting(Quiet):
        """Keeps what is noted."""

        def note(self, text: str) -> None:
            """See `Progress.note`."""
            notes.append(text)

    monkeypatch.setattr(following, "find_spec", lambda name: None)
    with following.followed(tmp_path, "sqlite:///never.db", Noting()):
        pass
    assert "paribus[mlflow]" in notes[0]
    assert not list(tmp_path.iterdir())


def test_track_without_an_address_or_mlflow_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a user would see a traceback for a missing word."""
    with pytest.raises(StudyError, match="no tracker is named"):
        sending.send(folder)
    monkeypatch.setattr(sending, "find_spec", lambda name: None)
    with pytest.raises(StudyError, match=r"paribus\[mlflow\]"):
        sending.send(folder, "sqlite:///x.db")
