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

from paribus.errors import StudyError
from paribus.store.record import Record

KILLS = int(os.environ.get("PARIBUS_KILLS", "3"))
"""How many random moments; set it higher for a longer look."""


def command(study: Path, out: Path) -> list[str]:
    return [
        sys.executable,
        "-m",
        "paribus",
        "run",
        str(study),
        "--out",
        str(out),
        "--workers",
        "2",
        "--quiet",
    ]


def run(study: Path, out: Path) -> pd.DataFrame:
    subprocess.run(command(study, out), check=True)
    return pd.read_csv(out / "trials.csv").drop(columns="train_seconds")


def trained(out: Path) -> int:
    try:
        with Record.at(out) as record:
            return len(record.trained())
    except StudyError:  # not begun yet
        return 0


@pytest.mark.slow
def test_kill_and_resume(small_file: Path, tmp_path: Path) -> None:
    """A night's training would be lost, or its numbers would change."""
    started = time.monotonic()
    undisturbed = run(small_file, tmp_path / "undisturbed")
    lasted = time.monotonic() - started
    moments = random.Random(1)
    for attempt in range(KILLS):
        out = tmp_path / f"killed{attempt}"
        process = subprocess.Popen(command(small_file, out), start_new_session=True)
        time.sleep(moments.uniform(0, lasted))
        process.send_signal(signal.SIGKILL)
        process.wait()
        kept = trained(out)
        pd.testing.assert_frame_equal(run(small_file, out), undisturbed, check_exact=True)
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
        [*command(small_file, out)[:-1]], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while trained(out) < 8 and process.poll() is None:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 4, said
    assert "the same command goes on" in said
    assert "Traceback" not in said
    assert trained(out) >= 8
