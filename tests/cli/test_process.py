"""What only a process of its own can show: signals, imports, pipes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from paribus.study.options import OPTIONS
from tests.cli.conftest import ROWS, TINY

LONG = TINY.replace("epochs = 2", 'engine = "numpy"\nbatch_size = 1\nepochs = 40').replace(
    "[1e-3, 1e-2]", str([step / 1000 for step in range(1, 9)])
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a study of some seconds."""
    (tmp_path / "long.toml").write_text(LONG)
    (tmp_path / "rows.csv").write_text(ROWS)
    return tmp_path


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """A paribus process that leads a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "paribus", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, "worker"])
def test_a_stopped_run_goes_on_to_the_same_end(folder: Path, stop: signal.Signals | str) -> None:
    """Else Ctrl-C, a shutdown or the out-of-memory killer would cost what was trained."""
    run = start(folder, "run", "long.toml", "--out", "out", "--workers", "2")
    assert run.stderr is not None
    assert run.stderr.readline() == "1/1 rate: 8 trials\n"
    if isinstance(stop, signal.Signals):
        os.killpg(run.pid, stop) if stop == signal.SIGINT else os.kill(run.pid, stop)
    else:
        os.kill(_worker_of(run.pid), signal.SIGKILL)
    _, message = run.communicate(timeout=60)
    assert run.returncode == 4
    assert message.startswith("interrupted: ")
    assert "Traceback" not in message
    again = start(folder, "run", "long.toml", "--out", "out", "--workers", "1", "--quiet")
    assert again.communicate(timeout=120) == ("", "")
    assert again.returncode == 0
    trials = pd.read_csv(folder / "out" / "trials.csv")
    assert list(trials["status"]) == ["done"] * 8


def _worker_of(parent: int) -> int:
    """A process of the pool, once there is one: the youngest child."""
    for _ in range(600):
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        workers = [int(child) for child in children if "loky" in Path(f"/proc/{child}/cmdline").read_text()]
        if len(workers) > 1:
            return workers[-1]
        time.sleep(0.05)
    raise AssertionError("no worker was started")


def test_a_wrong_study_is_told_without_waiting_for_torch(folder: Path) -> None:
    """Else each of the first ten tries of a beginner would cost seconds."""
    (folder / "wrong.toml").write_text(TINY.replace("epochs = 2", "epoch = 2"))
    code = (
        "import sys; from paribus.cli import app\n"
        "try: app(['{0}', 'wrong.toml'])\n"
        "finally: assert not {{'torch', 'pandas', 'sklearn'}} & set(sys.modules)"
    )
    for command in ("check", "run"):
        done = subprocess.run(
            [sys.executable, "-c", code.format(command)],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2, done.stderr
        assert done.stderr.startswith("error: wrong.toml, line 17: train.epoch: unknown key 'epoch'")


def test_help_imports_nothing_heavy() -> None:
    """Else `paribus --help` would take seconds to answer."""
    code = (
        "import sys; from paribus.cli import app\n"
        "try: app(['--help'])\n"
        "finally: assert not {'torch', 'pandas', 'numpy', 'pydantic'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_closed_pipe_ends_quietly() -> None:
    """Else `paribus options | head -1` would end in a traceback."""
    command = f"{sys.executable} -m paribus options | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stdout.startswith(f"{OPTIONS[0].family} {OPTIONS[0].name} ")
    assert done.stderr == ""
