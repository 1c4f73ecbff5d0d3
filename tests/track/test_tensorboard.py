"""TensorBoard's files hold what the record says; read back as its format is defined, not by their writer."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from paribus.cli import app
from paribus.errors import StudyError
from paribus.track import tensorboard
from paribus.track.tensorboard import mirror
from tests.track.flowers import finished

pytest.importorskip("tensorboardX", reason="the extra tensorboard isn't installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run that was asked for the files."""
    return finished(tmp_path_factory.mktemp("mirrored") / "run", "track.tensorboard=true")


def _events(file: Path) -> Iterator[Any]:
    """A record is its length, a checksum, its bytes, a checksum; TFRecord's form."""
    from tensorboardX.proto.event_pb2 import Event

    content, at = file.read_bytes(), 0
    while at < len(content):
        (length,) = struct.unpack_from("<Q", content, at)
        yield Event.FromString(content[at + 12 : at + 12 + length])
        at += 16 + length


def _numbers(place: Path) -> dict[tuple[str, int], float]:
    (file,) = place.glob("events.*")
    return {
        (value.tag, event.step): value.simple_value
        for event in _events(file)
        for value in event.summary.value
        if value.HasField("simple_value")
    }


def test_the_files_hold_scores_and_curves(folder: Path) -> None:
    """Else TensorBoard would show other numbers than the report."""
    trials = pd.read_csv(folder / "trials.csv")
    places = sorted((folder / "tensorboard" / "width_1").iterdir())
    assert [place.name for place in places] == sorted(trials["config_id"])
    for place in places:
        (row,) = trials[trials["config_id"] == place.name].to_dict("records")
        found = _numbers(place)
        assert found["val_accuracy", 0] == pytest.approx(row["val_accuracy"])
        assert {step for name, step in found if name == "epoch_val_loss"} == {1, 2, 3}


def test_settings_are_there_to_compare_runs_by(folder: Path) -> None:
    """Else TensorBoard's table of settings would be empty."""
    place = next((folder / "tensorboard" / "width_1").iterdir())
    (file,) = place.glob("events.*")
    told = b"".join(event.SerializeToString() for event in _events(file))
    assert b"network.hidden" in told
    assert b"hparams" in told


def test_runs_are_written_once(folder: Path, tmp_path: Path) -> None:
    """Else every call would write all runs again, and a broken one would be taken for whole."""
    assert mirror(folder, tmp_path / "logs") == 2
    assert mirror(folder, tmp_path / "logs") == 0
    told = CliRunner().invoke(app, ["track", str(folder), "--tensorboard", str(tmp_path / "logs")])
    assert (told.exit_code, "0 new runs" in told.output) == (0, True)


def test_trials_stand_below_their_configuration(tmp_path: Path) -> None:
    """Else seeds would overwrite each other."""
    finished(tmp_path / "run", "protocol.seeds=2")
    assert not (tmp_path / "run" / "tensorboard").exists()
    mirror(tmp_path / "run", tmp_path / "logs")
    below = [place for place in (tmp_path / "logs" / "width_1").glob("*/*") if place.is_dir()]
    assert len(below) == 4


def test_a_study_never_fails_by_it(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else hours of training would end in an error for want of a package."""
    monkeypatch.setattr(tensorboard, "find_spec", lambda name: None)
    (note,) = tensorboard.mirrored(folder, True)
    assert "paribus[tensorboard]" in note
    with pytest.raises(StudyError, match="extra tensorboard"):
        mirror(folder, tmp_path)
