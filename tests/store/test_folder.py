"""The folder of a study."""

from __future__ import annotations

from pathlib import Path

import pytest

from paribus.errors import DataError, InterruptedStudyError, StudyError
from paribus.store.folder import claim, write
from paribus.store.recorded import read_record
from paribus.study.spec import Study


def test_two_runs_at_once_are_refused(small: Study, tmp_path: Path) -> None:
    """Two runs would write one record."""
    with (
        claim(tmp_path, small, "f"),
        pytest.raises(StudyError, match="another run is writing here"),
        claim(tmp_path, small, "f"),
    ):
        pytest.fail("claimed twice")


def test_the_claim_ends_with_the_run(small: Study, tmp_path: Path) -> None:
    """A study that failed once could never be resumed."""
    with pytest.raises(RuntimeError), claim(tmp_path, small, "f"):
        raise RuntimeError
    with claim(tmp_path, small, "f") as record:
        assert record.fact("fingerprint") == "f"


def test_other_studies_and_other_data_are_refused_by_what_changed(small: Study, tmp_path: Path) -> None:
    """Results of two studies would be mixed, or the user left to find the difference."""
    with claim(tmp_path, small, "f"):
        pass
    fewer = small.model_copy(update={"stage": small.stage[:1]})
    with (
        pytest.raises(StudyError, match="stage 'network': removed"),
        claim(tmp_path, fewer, "f"),
    ):
        pytest.fail("mixed")
    with pytest.raises(DataError, match="data changed"), claim(tmp_path, small, "g"):
        pytest.fail("mixed")


def test_a_file_where_the_folder_should_be(small: Study, tmp_path: Path) -> None:
    """A traceback instead of a remedy."""
    (tmp_path / "out").write_text("mine")
    with pytest.raises(StudyError, match="choose another folder"), claim(tmp_path / "out", small, "f"):
        pytest.fail("claimed a file")
    assert (tmp_path / "out").read_text() == "mine"


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk would leave half a report in place of the last whole one."""
    write(tmp_path / "a.txt", "old")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InterruptedStudyError, match="No space left on device"):
        write(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_study_from_before_a_key_was_added_is_the_same_study(small: Study, tmp_path: Path) -> None:
    """Every record would be closed by the next version, for a key that the study doesn't name."""
    with claim(tmp_path, small, "f") as record:
        record.put_facts(study_hash="that of an earlier version")
    with claim(tmp_path, small, "f") as record:
        assert record.fact("fingerprint") == "f"


def test_what_is_asked_besides_the_trials_may_change(small: Study, tmp_path: Path) -> None:
    """A model made anew from the record would follow the choices of the first run."""
    with claim(tmp_path, small, "data"):
        pass
    other = small.model_copy(update={"deliver": small.deliver.model_copy(update={"threshold": "f1"})})
    with claim(tmp_path, other, "data") as record:
        assert read_record(record).deliver.threshold == "f1"


def test_changed_code_is_never_mixed(small: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trials of two networks would stand in one table under one name."""
    digests = iter(["one", "two"])
    monkeypatch.setattr("paribus.store.folder.code_digest", lambda _: next(digests))
    network = small.network.model_copy(update={"kind": "module", "module": "own:Net"})
    own = small.model_copy(update={"network": network})
    with claim(tmp_path, own, "data"):
        pass
    with pytest.raises(StudyError, match="changed since it was made"), claim(tmp_path, own, "data"):
        pass
