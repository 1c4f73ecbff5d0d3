"""Following a run from a process of its own: the tracker is told as stages end, and the run never waits."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from paribus.errors import ParibusError
from paribus.execute.progress import Progress
from paribus.store.record import NAME
from paribus.track.sending import MISSING_EXTRA, send

LOG = "track.log"
EVERY = 10.0
"""Seconds between looks at the record."""


@contextmanager
def followed(folder: Path, address: str | None, told: Progress) -> Iterator[None]:
    """While this lasts another process tells the tracker at `address`; it goes on until all is told.

    None: nobody is told. Whatever happens to that process, nothing happens here.
    """
    if address is not None and not find_spec("mlflow"):
        told.note(f"the tracker isn't told: {MISSING_EXTRA}; then: paribus track {folder}")
    elif address is not None:
        _start(folder, address)
        told.note(f"MLflow is told at {address} by a process of its own; its log: {folder / LOG}")
    yield


def _start(folder: Path, address: str) -> None:
    """Begin the other process; where there can be none, `paribus track` does its work later."""
    command = [sys.executable, "-m", "paribus", "track", str(folder), "--mlflow", address, "--follow"]
    with suppress(OSError), (folder / LOG).open("ab") as log:
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)


def follow(folder: Path, address: str | None) -> None:
    """Tell the tracker what there is every few seconds until the process that started this one ends; then
    tell it all. A tracker that can't be reached is tried again.
    """
    parent = os.getppid()
    while os.getppid() == parent:
        if (folder / NAME).is_file():
            with suppress(ParibusError):
                send(folder, address, whole=False)
        _wait(parent)
    sent = send(folder, address)
    print(f"mlflow: {sent.runs:,} new runs in the experiment '{sent.experiment}' of {sent.address}")


def _wait(parent: int) -> None:
    """Until the next look, or the parent's end."""
    until = time.monotonic() + EVERY
    while time.monotonic() < until and os.getppid() == parent:
        time.sleep(0.2)
