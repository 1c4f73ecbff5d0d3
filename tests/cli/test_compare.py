"""`paribus compare`: any two configurations of a run."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.conftest import Paribus, invoke, told


def ids(finished: Path) -> list[str]:
    return list(pd.read_csv(finished / "out" / "leaderboard.csv")["config_id"])


def test_two_configurations_are_compared(finished: Path) -> None:
    """A user would subtract two scores by hand, without an interval."""
    first, second = ids(finished)
    done = invoke("compare", finished / "out", first, second)
    assert done.exit_code == 0, done.output
    assert re.search(r"train\.learning_rate +\S+ +\S+", done.stdout)
    assert "roc_auc" in done.stdout
    assert "accuracy" in done.stdout
    assert "One split and one seed" in done.stdout
    turned = invoke("compare", finished / "out", second, first)
    assert turned.stdout != done.stdout


def test_the_first_characters_are_enough(finished: Path) -> None:
    """Twelve characters would have to be typed without an error."""
    first, second = ids(finished)
    whole = invoke("compare", finished / "out", first, second)
    assert invoke("compare", finished / "out", first[:5], second[:5]).stdout == whole.stdout


def test_a_wrong_id_is_refused_with_the_nearest(finished: Path) -> None:
    """A typing error would end in a traceback."""
    first, second = ids(finished)
    wrong = first[:-1] + ("0" if first[-1] != "0" else "1")
    said = told(invoke("compare", finished / "out", wrong, second), 2)
    assert f"the nearest is '{first}'" in said
    assert "itself" in told(invoke("compare", finished / "out", first, first), 2)
    assert "is no config_id" in told(invoke("compare", finished / "out", "", first), 2)


def test_a_folder_without_a_run_is_refused(paribus: Paribus) -> None:
    """A wrong folder would end in a traceback."""
    assert "no study was run here" in told(paribus("compare", "nowhere", "a", "b"), 2)


@pytest.mark.usefixtures("undrawn", "undelivered")
def test_several_runs_stand_side_by_side(finished: Path, tmp_path: Path) -> None:
    """Two studies would be compared by hand, on other data, without a word."""
    shutil.copytree(finished / "out", tmp_path / "same")
    (tmp_path / "tiny.toml").write_text((finished / "tiny.toml").read_text())
    rows = (finished / "rows.csv").read_text()
    (tmp_path / "rows.csv").write_text(rows.replace("\n1,", "\n2,"))
    made = invoke("run", tmp_path / "tiny.toml", "--out", tmp_path / "other", "--workers", 1, "--quiet")
    assert made.exit_code == 0, made.output
    same = invoke("compare", finished / "out", tmp_path / "same")
    assert same.exit_code == 0, same.output
    assert ids(finished)[0] in same.stdout
    assert "Warning" not in same.stdout
    assert re.search(r"validation roc_auc +\S+ \(\S+ to", same.stdout)
    other = invoke("compare", finished / "out", tmp_path / "same", tmp_path / "other")
    assert "this comparison isn't fair" in other.stdout


def test_folders_and_configurations_are_not_mixed(finished: Path, tmp_path: Path) -> None:
    """A misspelt folder would be taken for a configuration."""
    first, _ = ids(finished)
    assert "no study was run there" in told(invoke("compare", finished / "out", finished / "out", first), 2)
    assert "no study was run there" in told(invoke("compare", finished / "out", tmp_path), 2)
    assert "takes two config_ids" in told(invoke("compare", finished / "out", first), 2)
