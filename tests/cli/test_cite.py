"""`paribus cite`: the sources of what a run used."""

from __future__ import annotations

import shutil
from pathlib import Path

import paribus
from tests.cli.conftest import invoke, told


def test_the_sources_of_what_was_used_are_printed(finished: Path) -> None:
    """A thesis would use methods that it can't cite."""
    done = invoke("cite", finished / "out")
    assert done.exit_code == 0, done.output
    assert "optimism: Tsamardinos" in done.stdout
    assert "adam (train.optimizer): Kingma" in done.stdout
    assert f"paribus {paribus.__version__}" in done.stdout
    page = (finished / "out" / "report.html").read_text()
    assert "Tsamardinos" in page


def test_a_run_without_a_report_is_refused_with_the_remedy(finished: Path, tmp_path: Path) -> None:
    """An interrupted run would end in a traceback."""
    shutil.copytree(finished / "out", tmp_path / "out")
    (tmp_path / "out" / "summary.json").unlink()
    assert "paribus report" in told(invoke("cite", tmp_path / "out"), 2)
