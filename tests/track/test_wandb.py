"""Weights & Biases' offline files hold what the record says; read back as its format is defined."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from paribus.cli import app
from paribus.errors import StudyError
from paribus.track import wandb_files
from paribus.track.wandb_files import write_offline
from tests.track.flowers import finished

pytest.importorskip("wandb", reason="the extra wandb isn't installed")

pytestmark = [
    pytest.mark.mlflow,  # trackers' tests run together
    *(pytest.mark.filterwarnings(f"ignore::{kind}") for kind in ("DeprecationWarning", "ResourceWarning")),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run."""
    return finished(tmp_path_factory.mktemp("offline") / "run")


def _records(file: Path) -> Iterator[Any]:
    """Behind a head of 7 bytes, blocks of 32 KiB: checksum, length, whether a record is whole, its bytes."""
    from wandb.proto.wandb_internal_pb2 import Record

    content, at, held = file.read_bytes(), 7, b""
    while at + 7 <= len(content):
        if 2**15 - at % 2**15 < 7:
            at += 2**15 - at % 2**15
            continue
        length, kind = struct.unpack_from("<HB", content, at + 4)
        held += content[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in {1, 4}:
            yield Record.FromString(held)
            held = b""


def _told(place: Path) -> tuple[Any, dict[str, list[float]], dict[str, float]]:
    """The run itself, its curves and its scores."""
    (file,) = place.glob("*.wandb")
    found: list[Any] = list(_records(file))
    (made, *_) = (each.run for each in found if each.WhichOneof("record_type") == "run")
    curves: dict[str, list[float]] = {}
    scores: dict[str, float] = {}
    for each in found:
        for item in each.history.item:
            name = item.key or "/".join(item.nested_key)
            curves.setdefault(name, []).append(json.loads(item.value_json))
        for item in each.summary.update:
            scores[item.key or "/".join(item.nested_key)] = json.loads(item.value_json)
    return made, curves, scores


def test_files_hold_the_record(folder: Path, tmp_path: Path) -> None:
    """Else a team would decide by other numbers than the study's."""
    result = CliRunner().invoke(app, ["track", str(folder), "--wandb", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert "2 new runs" in result.output
    trials = pd.read_csv(folder / "trials.csv").set_index("config_id")
    places = sorted((tmp_path / "out" / "wandb").glob("offline-run-*"))
    assert len(places) == len(trials) == 2
    for place in places:
        made, curves, scores = _told(place)
        config = {item.key: json.loads(item.value_json) for item in made.config.update}
        row = trials.loc[config["config_id"]]
        assert config["network.hidden"] == row["network.hidden"]
        assert (made.project, made.run_group) == ("tracked-flowers", "width-1")
        assert scores["val_accuracy"] == pytest.approx(row["val_accuracy"], abs=1e-12)
        assert len(curves["epoch_loss"]) == 3
        assert curves["_step"] == [1, 2, 3]


def test_nothing_is_written_twice(folder: Path, tmp_path: Path) -> None:
    """Else every look would double the runs; and one that was cut off would never be whole."""
    assert write_offline(folder, tmp_path) == 2
    assert write_offline(folder, tmp_path) == 0
    (some, _) = (tmp_path / "wandb").glob("offline-run-*")
    for mark in ("told", "opened"):
        (some / mark).unlink(missing_ok=True)
    assert write_offline(folder, tmp_path) == 1
    assert len(list((tmp_path / "wandb").glob("offline-run-*"))) == 2


def test_what_is_wrong_costs_a_sentence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a missing extra or a folder that can't be written would end in a traceback."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StudyError, match="can't be written"):
        write_offline(folder, tmp_path / "file")
    monkeypatch.setattr(wandb_files, "find_spec", lambda name: None)
    with pytest.raises(StudyError, match="extra wandb"):
        write_offline(folder, tmp_path)
