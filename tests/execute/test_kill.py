"""Nothing is lost: a study that is killed goes on, and ends as if it never was."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

import paribus
from paribus.errors import StudyError
from paribus.store.record import Record
from paribus.study.spec import Study

KILLS = int(os.environ.get("PARIBUS_KILLS", "2"))
"""How many random moments; set it higher for a longer look."""


def command(study: Path, out: Path, workers: int = 2) -> list[str]:
    run = ["run", str(study), "--out", str(out), "--workers", str(workers)]
    return [sys.executable, "-m", "paribus", *run]


def finished(study: Study, out: Path) -> pd.DataFrame:
    """The trials of the study, begun or gone on with in this process."""
    return paribus.run(study, out, workers=1).frame().drop(columns="train_seconds")


def trained(out: Path) -> int:
    try:
        with Record.at(out) as record:
            return len(record.trained())
    except StudyError:  # not begun yet
        return 0


@pytest.mark.slow
@pytest.mark.usefixtures("trials_alone")
def test_kill_and_resume(small: Study, small_file: Path, tmp_path: Path) -> None:
    """A night's training would be lost, or its numbers would change."""
    undisturbed = finished(small, tmp_path / "undisturbed")
    moments = random.Random(1)
    for attempt in range(KILLS):
        out = tmp_path / f"killed{attempt}"
        started = [*command(small_file, out, workers=1 + attempt % 2), "--quiet"]
        process = subprocess.Popen(started, start_new_session=True)
        enough = moments.randint(0, trained(tmp_path / "undisturbed"))
        while trained(out) < enough and process.poll() is None:
            time.sleep(0.02)
        time.sleep(moments.uniform(0, 0.2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        kept = trained(out)
        assert kept >= enough
        pd.testing.assert_frame_equal(finished(small, out), undisturbed, check_exact=True)
        assert trained(out) >= kept


@pytest.mark.slow
def test_interrupt_keeps_what_is_finished(small_file: Path, tmp_path: Path) -> None:
    """Ctrl-C would lose work or print a traceback."""
    out = tmp_path / "out"
    text = (
        small_file.read_text()
        .replace('epochs" = [2, 6]', 'epochs" = [2, 3000]')
        .replace("patience = 2", "patience = 2999")
    )
    small_file.write_text(text)
    process = subprocess.Popen(
        command(small_file, out), stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while trained(out) < 8 and process.poll() is None:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 4, said
    assert "the same command goes on" in said
    assert "Traceback" not in said
    assert trained(out) >= 8
