"""Following a run from a process of its own: the tracker is told as stages end, and the run never waits."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread
from typing import IO

from paribus.execute.progress import Progress
from paribus.store.record import NAME, Record
from paribus.track.sending import MISSING_EXTRA, send

LOG = "track.log"
EVERY = 10.0
"""Seconds between looks at the record."""


@contextmanager
def followed(folder: Path, address: str | None, told: Progress) -> Iterator[None]:
    """While this lasts another process tells the tracker at `address`; then that tells the rest, and ends.

    None: nobody is told. Whatever happens to that process, nothing happens here.
    """
    process = None
    if address is not None and not find_spec("mlflow"):
        told.note(f"the tracker isn't told: {MISSING_EXTRA}; then: paribus track {folder}")
    elif address is not None:
        process = _start(folder, address)
        told.note(f"MLflow is told at {address} by a process of its own; its log: {folder / LOG}")
    try:
        yield
    finally:
        if process is not None and process.stdin is not None:
            process.stdin.close()  # the sign that the run has ended; so is this process's own end


def _start(folder: Path, address: str) -> subprocess.Popen[bytes] | None:
    """Begin the other process; where there can be none, `paribus track` does its work later."""
    # -P: no module is taken from the folder that the user happens to stand in
    command = [sys.executable, "-P", "-m", "paribus", "track", str(folder), "--mlflow", address, "--follow"]
    with suppress(OSError), (folder / LOG).open("ab") as log:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
        )
    return None


def follow(folder: Path, address: str | None, run: IO[bytes]) -> None:
    """Tell the tracker whenever a stage has ended, until `run` does: it is read to its end, which is the
    run's. Then tell it all. A tracker that can't be told is tried again at the next look.
    """
    if sys.platform != "win32":
        os.nice(19)  # the run needs the cores
    over, told = Event(), 0
    Thread(target=_await, args=(run, over), daemon=True).start()
    while not over.wait(EVERY):
        try:
            if (ended := _ended_stages(folder)) > told:
                send(folder, address, whole=False)
                told = ended
        except Exception as error:  # whatever it is, the run goes on, and the end is told
            print(f"not told yet: {error}", file=sys.stderr, flush=True)
    sent = send(folder, address)
    print(f"mlflow: {sent.runs:,} new runs in the experiment '{sent.experiment}' of {sent.address}")


def _await(run: IO[bytes], over: Event) -> None:
    run.read()
    over.set()


def _ended_stages(folder: Path) -> int:
    if not (folder / NAME).is_file():
        return 0
    with Record.at(folder, checked=False) as record:
        (count,) = record.connection.execute("select count(*) from stages").fetchone()
        return int(count)
