"""Every command does what its help says."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from paribus import __version__
from paribus.engines import ENGINES
from paribus.study.options import OPTIONS, names
from tests.cli.conftest import TINY, Paribus, told

COMMANDS = ("run", "check", "new", "templates", "show", "report", "options")


def said(paribus: Paribus, *arguments: object, code: int = 0) -> str:
    """What a command prints on stdout; it must end with `code`."""
    result = paribus(*arguments)
    assert result.exit_code == code, result.output
    return result.stdout


def test_help_lists_every_command_and_exit_code(paribus: Paribus) -> None:
    """Else nobody would find them."""
    text = said(paribus, "--help")
    for command in COMMANDS:
        assert f"│ {command} " in text
        assert "Usage: " in said(paribus, command, "--help")
    for code in ("0 done", "2 a study", "3", "4 interrupted", "5 some trials failed", "6 --strict"):
        assert code in " ".join(text.split())
    assert said(paribus, "--version") == f"paribus {__version__}\n"


def test_check_tells_the_plan_and_trains_nothing(paribus: Paribus) -> None:
    """Else a user would learn the size of a study only by running it."""
    text = " ".join(said(paribus, "check", "tiny.toml", "--workers", "2").split())
    assert "60 rows × 2 features, binary" in text
    assert "2 configurations × 1 fold × 1 seed = 2 trials" in text
    assert "on 2 workers" in text
    assert not Path("runs").exists()


def test_run_leaves_everything_and_tells_where(paribus: Paribus) -> None:
    """Else the result of a run could not be found."""
    text = said(paribus, "run", "tiny.toml", "--workers", "1")
    folder = Path("runs/tiny")
    written = {path.name for path in folder.iterdir()}
    expected = {"study.toml", "paribus.db", "trials.parquet", "trials.csv", "leaderboard.csv"}
    assert written >= {*expected, "questions.csv", "summary.json", "audit.json", "report.html", "figures"}
    assert f"report: {folder.resolve()}/report.html\n" in text
    assert f"tables: {folder.resolve()}/trials.csv\n" in text
    best = json.loads((folder / "summary.json").read_text())["best"]["config_id"]
    assert f"Chosen on validation out of 2: {best}" in text
    assert "2 of 2 trials done" in text


@pytest.mark.usefixtures("undrawn")
def test_quiet_prints_nothing(paribus: Paribus) -> None:
    """Else a nightly job would mail its output every night."""
    result = paribus("run", "tiny.toml", "--workers", "1", "--quiet")
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.usefixtures("undrawn")
def test_strict_ends_with_6_when_the_audit_finds_something(paribus: Paribus, finished: Path) -> None:
    """Else a pipeline would publish a study that its own audit doubts."""
    shutil.copytree(finished / "out", "out")
    assert "PB002" in said(paribus, "check", "tiny.toml", "--strict", code=6)
    assert "PB002" in said(paribus, "run", "tiny.toml", "--out", "out", "--workers", "1", "--strict", code=6)


def test_failed_trials_end_with_5(paribus: Paribus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a study of which nothing can be chosen would pass for a good one."""

    def fails(self: object, lineages: list[object], *_: object) -> None:
        raise RuntimeError("no memory")

    monkeypatch.setattr(type(ENGINES["population"]), "train", fails)
    result = paribus("run", "tiny.toml", "--workers", "1")
    assert result.exit_code == 5
    assert "stage 'rate': every trial diverged or failed" in result.stderr
    assert "Most often: RuntimeError: no memory" in result.stderr


def test_show_and_report_need_no_training(paribus: Paribus, finished: Path) -> None:
    """Else looking at a run would cost another."""
    out = Path(shutil.copytree(finished / "out", "out"))
    text = said(paribus, "show", "out", "--rows", "1")
    assert "1 of 2 configurations, ranked on validation" in text
    (out / "report.html").unlink()
    assert said(paribus, "report", "out") == f"report: {out.resolve()}/report.html\n"
    assert (out / "report.html").is_file()


def test_new_writes_a_study_that_can_be_checked(paribus: Paribus) -> None:
    """Else the first file a user meets would be refused."""
    listed = [line.split()[0] for line in said(paribus, "templates").splitlines()]
    assert listed == ["classification", "images", "regression", "texts"]
    for template in listed:
        assert f"{template}.toml" in said(paribus, "new", template, "--template", template)
        assert tomllib.loads(Path(f"{template}.toml").read_text())["study"]["name"] == template
    said(paribus, "check", "classification.toml")
    said(paribus, "check", "images.toml")
    Path("rows.csv").write_text("a,value\n" + "".join(f"{row % 7},{row / 3}\n" for row in range(60)))
    said(paribus, "check", "regression.toml")
    Path("texts.csv").write_text("text,label\n" + "".join(f"film {row},{row % 2}\n" for row in range(60)))
    said(paribus, "check", "texts.toml")


def test_new_takes_a_name_that_toml_must_quote(paribus: Paribus) -> None:
    """Else `paribus new` would write a file that `paribus check` can't read."""
    said(paribus, "new", 'it "is"')
    assert tomllib.loads(Path('it "is".toml').read_text())["study"]["name"] == 'it "is"'


def test_options_lists_every_option_and_one_family(paribus: Paribus) -> None:
    """Else what can be chosen would stand in the source alone."""
    text = said(paribus, "options")
    assert all(f"{option.family} {option.name}" in text for option in OPTIONS)
    assert f"\n{said(paribus, 'options', 'optimizer')}".count("\noptimizer ") == len(names("optimizer"))
    assert "train.momentum" in said(paribus, "options", "sgd")


def test_debug_shows_where_an_error_comes_from(paribus: Paribus) -> None:
    """Else a fault could not be reported with what is needed to mend it."""
    Path("tiny.toml").write_text(TINY.replace("epochs = 2", "epochs = 0"))
    result = paribus("--debug", "check", "tiny.toml")
    assert type(result.exception).__name__ == "StudyError"


def test_a_fault_of_ours_is_said_to_be(paribus: Paribus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a user would look for the mistake in a study that has none."""

    def fails(*_: object) -> None:
        raise ZeroDivisionError("x")

    monkeypatch.setattr("paribus.study.plan.kept", fails)
    assert "a fault of paribus, not of yours: ZeroDivisionError: x" in told(paribus("check", "tiny.toml"), 1)
