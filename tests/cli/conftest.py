"""The command line, called in this process from an empty folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from paribus.cli import app

TINY = """\
[study]
name = "tiny"
seed = 1

[data]
source = "rows.csv"
target = "y"
positive = "p"

[protocol]
metrics = ["roc_auc", "accuracy"]

[network]
hidden = [4]

[train]
epochs = 2

[[stage]]
name = "rate"
factors."train.learning_rate" = [1e-3, 1e-2]
"""
ROWS = "a,b,y\n" + "".join(f"{row * 7 % 11},{row},{'n' if row % 3 else 'p'}\n" for row in range(60))

Paribus = Callable[..., Result]


def invoke(*arguments: object) -> Result:
    """Run the command line in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def paribus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paribus:
    """The command line, in a folder that holds `tiny.toml` and its `rows.csv`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PARIBUS_DATA", raising=False)
    Path("tiny.toml").write_text(TINY)
    Path("rows.csv").write_text(ROWS)
    return invoke


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `tiny.toml`, `rows.csv` and the finished run `out`; copy it before changing it."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "tiny.toml").write_text(TINY)
    (folder / "rows.csv").write_text(ROWS)
    done = invoke("run", folder / "tiny.toml", "--out", folder / "out", "--workers", 1)
    assert done.exit_code == 0, done.output
    return folder


def told(result: Result, code: int) -> str:
    """The message of a refusal that ended with `code`: no traceback, nothing on stdout."""
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit | None)
    assert "Traceback" not in result.output
    assert result.stdout == ""
    return result.stderr
