"""The process that follows a run: what it looks at, when it ends, and whose code it runs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from paribus.execute.progress import Quiet
from paribus.store.record import Record
from paribus.track import following
from paribus.track.sending import Sent

PATIENCE = 60.0
"""Seconds until a test gives up."""


def _until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not happened() and time.monotonic() < end:
        time.sleep(0.02)
    assert happened()


class _Tracker:
    """Notes what it is told; the first time it fails as no one foresaw."""

    def __init__(self) -> None:
        self.told: list[bool] = []

    def send(self, folder: Path, address: str | None, *, whole: bool = True) -> Sent:
        """See `sending.send`."""
        self.told.append(whole)
        if len(self.told) == 1:
            raise RuntimeError("the tracker is gone")
        return Sent(1, "e", "a", False)


@contextmanager
def _run_followed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Tracker]:
    """A run in `folder` that is followed until this ends."""
    tracker = _Tracker()
    monkeypatch.setattr(following, "send", tracker.send)
    monkeypatch.setattr(following, "EVERY", 0.02)
    monkeypatch.setattr(os, "nice", lambda by: by)
    out, into = os.pipe()
    with os.fdopen(out, "rb") as run, os.fdopen(into, "wb") as own:
        thread = Thread(target=following.follow, args=(folder, "a", run))
        thread.start()
        try:
            yield tracker
        finally:
            own.close()
            thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_look_costs_something_only_when_a_stage_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else the follower would take the cores that train; and one fault would end it for good."""
    with _run_followed(tmp_path, monkeypatch) as tracker, Record.at(tmp_path, create=True) as record:
        record.end_stage(0, "width", [])
        _until(lambda: tracker.told == [False, False])  # the first failed, and was tried again
        time.sleep(0.2)
        assert tracker.told == [False, False]
        record.end_stage(1, "depth", [])
        _until(lambda: len(tracker.told) == 3)
    assert tracker.told == [False, False, False, True]
    assert "the tracker is gone" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore:subprocess:ResourceWarning")  # nobody waits for it
def test_the_follower_ends_with_its_run_and_runs_no_code_of_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a study's folder from a stranger could run code; and a notebook would keep a process a run."""
    (tmp_path / "typer.py").write_text("open('ran', 'w').close()")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(following, "find_spec", lambda name: True)
    out = tmp_path / "run"
    out.mkdir()
    with following.followed(out, "sqlite:///store.db", Quiet()):
        pass
    _until(lambda: "no study was run here" in (out / following.LOG).read_text())
    assert not (tmp_path / "ran").exists()
