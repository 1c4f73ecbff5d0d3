"""The folder of a run: never mixed with another, never lost."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from pathlib import Path

import pandas as pd
import pytest
from filelock import FileLock

from paribus.execute import worker
from tests.cli.conftest import ROWS, TINY, Paribus, told

pytestmark = pytest.mark.usefixtures("undrawn")


def trials(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "trials.csv").drop(columns="train_seconds")


def run(paribus: Paribus, *more: str) -> str:
    """Run the tiny study into `out`; it must end well."""
    done = paribus("run", "tiny.toml", "--out", "out", "--workers", "1", *more)
    assert done.exit_code == 0, done.output
    return done.stderr


@pytest.fixture
def out(paribus: Paribus, finished: Path) -> Path:
    """A copy of the finished run, beside its study."""
    return Path(shutil.copytree(finished / "out", "out"))


def refused(paribus: Paribus, code: int = 2) -> str:
    return told(paribus("run", "tiny.toml", "--out", "out", "--workers", "1"), code)


def test_a_finished_study_is_not_trained_again(paribus: Paribus, out: Path) -> None:
    """Else looking at a result once more would cost the whole run."""
    before = trials(out)
    assert "2 trials, 2 of them recorded already" in run(paribus)
    pd.testing.assert_frame_equal(trials(out), before)


def test_a_changed_study_is_refused_and_its_changes_told(paribus: Paribus, out: Path) -> None:
    """Else results of two studies would stand in one table."""
    before = (out / "paribus.db").read_bytes()
    Path("tiny.toml").write_text(TINY.replace("epochs = 2", "epochs = 3").replace('"rate"', '"speed"'))
    said = refused(paribus)
    assert "out holds another study: results of two studies are never mixed" in said
    assert "train.epochs: 2 → 3" in said
    assert "stage 'rate': removed" in said
    assert "--out DIR" in said
    assert (out / "paribus.db").read_bytes() == before


def test_changed_data_are_refused(paribus: Paribus, out: Path) -> None:
    """Else trials on old and new rows would be compared."""
    Path("rows.csv").write_text(ROWS + "5,60,n\n")
    assert "rows.csv: the data changed since out was made" in refused(paribus, 3)


def test_a_comment_or_another_order_of_keys_changes_nothing(paribus: Paribus, out: Path) -> None:
    """Else tidying up a study file would cost its results."""
    swapped = TINY.replace(
        'source = "rows.csv"\ntarget = "y"', 'target = "y"  # the class\nsource = "rows.csv"'
    )
    Path("tiny.toml").write_text(f"# tidy\n{swapped}")
    assert "2 of them recorded already" in run(paribus)


def test_a_folder_in_use_is_refused(paribus: Paribus, out: Path) -> None:
    """Else two runs would write one record."""
    with FileLock(out / ".lock"):
        assert "out: another run is writing here" in refused(paribus)


@pytest.mark.parametrize("content", [b"not a database " * 999, None, b"other"])
def test_a_foreign_or_broken_record_is_refused_and_left_alone(
    paribus: Paribus, out: Path, content: bytes | None
) -> None:
    """Else a file of another program would be written to, or a torn record ends in a traceback."""
    record = out / "paribus.db"
    if content == b"other":
        record.unlink()
        with sqlite3.connect(record) as connection:
            connection.execute("create table trials (anything)")
        connection.close()
    else:
        record.write_bytes(content or record.read_bytes()[:9000])
    before = record.read_bytes()
    for command in (("run", "tiny.toml", "--out", "out"), ("show", "out"), ("report", "out")):
        assert "out/paribus.db: can't be opened as a record of paribus" in told(paribus(*command), 2)
    assert record.read_bytes() == before


def test_a_file_in_the_place_of_the_folder_is_refused(paribus: Paribus) -> None:
    """Else the message would be a traceback of the operating system."""
    Path("out").write_text("a letter")
    assert "out: can't be written (File exists): choose another folder with --out" in refused(paribus)
    said = told(paribus("run", "tiny.toml", "--out", "out/deeper"), 2)
    assert "out/deeper: can't be written (Not a directory)" in said
    assert Path("out").read_text() == "a letter"


def test_a_folder_that_cannot_be_made_is_refused(paribus: Paribus) -> None:
    """Else a run would train first and fail when it writes."""
    assert "can't be written" in told(paribus("run", "tiny.toml", "--out", "/proc/nowhere/out"), 2)


@pytest.mark.usefixtures("undelivered")
@pytest.mark.parametrize("name", ["trials.csv", "summary.json", "report.html"])
def test_a_disk_full_while_the_report_is_written_loses_nothing(
    paribus: Paribus, finished: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Else a run of hours would be lost at its very end."""
    write = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if name in self.name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))
        return write(self, data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        result = paribus("run", "tiny.toml", "--out", "out", "--workers", "1")
    assert result.exit_code == 4
    assert f"{name}: can't be written (No space left on device)" in result.stderr
    assert "run the same command again" in result.stderr
    assert "2 of them recorded already" in run(paribus)
    pd.testing.assert_frame_equal(trials(Path("out")), trials(finished / "out"))


@pytest.mark.usefixtures("undelivered")
def test_a_record_that_cannot_grow_keeps_what_it_has(
    paribus: Paribus, finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a full disk would cost what was trained before."""
    connect = sqlite3.connect

    def small(*arguments: object, **settings: object) -> sqlite3.Connection:
        connection = connect(*arguments, **settings)  # type: ignore[call-overload]
        connection.execute("pragma max_page_count = 9")
        return connection  # type: ignore[no-any-return]

    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", small)
        result = paribus("run", "tiny.toml", "--out", "out", "--workers", "1")
    assert result.exit_code == 4
    assert "out/paribus.db: can't be written (database or disk is full)" in result.stderr
    run(paribus)
    pd.testing.assert_frame_equal(trials(Path("out")), trials(finished / "out"))


def test_a_full_temporary_folder_is_told(paribus: Paribus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a full /tmp would be called a fault of paribus."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(worker, "prepare", full)
    result = paribus("run", "tiny.toml", "--workers", "1")
    assert result.exit_code == 4
    assert "no room is left on a disk" in result.stderr
    assert "TMPDIR" in result.stderr


@pytest.mark.usefixtures("undelivered")
def test_an_interrupted_run_says_so_and_goes_on(
    paribus: Paribus, finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else Ctrl-C would cost the work done so far."""

    def ctrl_c(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(worker, "train", ctrl_c)
        result = paribus("run", "tiny.toml", "--out", "out", "--workers", "1")
    assert result.exit_code == 4
    assert "interrupted: 0 trainings are recorded in out; the same command goes on" in result.stderr
    assert "not come to its end" in told(paribus("show", "out"), 2)
    run(paribus)
    pd.testing.assert_frame_equal(trials(Path("out")), trials(finished / "out"))


@pytest.mark.parametrize("name", ["../../up", "a/b", "<script>x</script>", "=1+1", "🐸", "-x", "[bold]"])
def test_a_hostile_name_stays_inside_runs(paribus: Paribus, name: str) -> None:
    """Else a study from somebody else could write outside its folder."""
    done = paribus("run", "tiny.toml", "--workers", "1", "--quiet", "--set", f"study.name={name}")
    assert done.exit_code == 0, done.output
    (folder,) = Path("runs").iterdir()
    assert (folder / "report.html").is_file()
    assert {path.name for path in Path().iterdir()} == {"tiny.toml", "rows.csv", "runs"}
    assert "<script>x" not in (folder / "report.html").read_text()
