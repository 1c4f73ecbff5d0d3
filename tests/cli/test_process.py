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
from tests.cli.conftest import ROWS, TINY, invoke

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
@pytest.mark.usefixtures("undrawn", "undelivered")
@pytest.mark.parametrize("stop", ["shutdown", "worker"])
def test_a_stopped_run_goes_on_to_the_same_end(folder: Path, stop: str) -> None:
    """Else a shutdown or the out-of-memory killer would cost what was trained."""
    run = start(folder, "run", "long.toml", "--out", "out", "--workers", "1" if stop == "shutdown" else "2")
    assert run.stderr is not None
    assert run.stderr.readline() == "1/1 rate: 8 trials\n"
    if stop == "shutdown":
        os.kill(run.pid, signal.SIGTERM)
    else:
        os.kill(_worker_of(run.pid), signal.SIGKILL)
    _, message = run.communicate(timeout=60)
    assert run.returncode == 4
    assert message.startswith("interrupted: ")
    assert "Traceback" not in message
    again = invoke("run", folder / "long.toml", "--out", folder / "out", "--workers", 1, "--quiet")
    assert (again.exit_code, again.output) == (0, "")
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
        "for command in ('check', 'run'):\n"
        "    try: app([command, 'wrong.toml'])\n"
        "    except SystemExit as end: assert end.code == 2\n"
        "assert not {'torch', 'pandas', 'sklearn'} & set(sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("error: wrong.toml, line 17: train.epoch: unknown key 'epoch'") == 2


def test_help_imports_nothing_heavy() -> None:
    """Else `paribus --help` would take seconds to answer."""
    code = (
        "import sys; from paribus.cli import app\n"
        "try: app(['--help'])\n"
        "finally: assert not {'torch', 'pandas', 'numpy', 'pydantic'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_reads_a_run_imports_nothing_that_trains(finished: Path, tmp_path: Path) -> None:
    """Else a look at a leaderboard, one prediction or the telling of a tracker would wait for PyTorch."""
    code = (
        "import sys; from paribus.cli import app\n"
        "trains = {'torch', 'sklearn', 'imblearn', 'altair', 'scipy.stats'}\n"
        f"for command in ('cite out', 'show out', 'predict out rows.csv -o {tmp_path}/p.csv'):\n"
        "    app(command.split(), standalone_mode=False)\n"
        "    assert 'pandas' not in sys.modules or command != 'cite out'\n"
        "    assert not trains & set(sys.modules), command\n"
        "import paribus.track.sending, paribus.track.tensorboard, paribus.deliver.serving.app\n"
        "assert not trains & set(sys.modules)\n"
        "from paribus.stats.answers import two\n"
        "assert not trains & set(sys.modules) - {'scipy.stats'}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=finished, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "p.csv").is_file()


def test_a_closed_pipe_ends_quietly() -> None:
    """Else `paribus options | head -1` would end in a traceback."""
    command = f"{sys.executable} -m paribus options | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stdout.startswith(f"{OPTIONS[0].family} {OPTIONS[0].name} ")
    assert done.stderr == ""
