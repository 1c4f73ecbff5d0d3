"""The record: one transaction a population, kept whatever happens."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from paribus.errors import InterruptedStudyError, StudyError
from paribus.population.outcome import Outcome
from paribus.store.arrays import curves, pack, unpack, weights
from paribus.store.record import Opening, Record, Truth
from paribus.study.configuration import Configuration
from paribus.study.plan import Trial
from tests.draw import configuration


def outcome(made: Configuration, seed: int = 1, **changes: object) -> Outcome:
    plain = {
        "config_id": made.config_id,
        "fold": 0,
        "seed": seed,
        "status": "done",
        "n_parameters": 3,
        "epochs_run": 2,
        "best_epoch": 1,
        "train_seconds": 0.5,
        "train": {"recall": 0.1 + 0.2},
        "val": {"recall": float("nan")},
        "curves": {"loss": np.array([0.5, 1 / 3]), "val_loss": np.array([0.25, np.nan])},
        "predictions": np.array([0.1, 0.9], np.float32),
        "weights": (np.ones((3, 2), np.float32), np.zeros((3, 1), np.float32)),
    }
    return Outcome(**{**plain, **changes})  # type: ignore[arg-type]


def test_arrays_come_back_to_the_bit() -> None:
    """Curves, predictions or weights of a resumed study would differ."""
    given = outcome(configuration())
    back = unpack(pack(given))
    for name, values in given.curves.items():
        assert np.array_equal(curves(back)[name], values, equal_nan=True)
    assert all(np.array_equal(a, b) for a, b in zip(weights(back), given.weights, strict=True))
    assert back["predictions"].tolist() == np.array([0.1, 0.9], np.float32).tolist()


def test_an_outcome_is_recorded_once(tmp_path: Path) -> None:
    """A trial would stand twice, or a later run overwrite an earlier one."""
    made = configuration()
    with Record.at(tmp_path, create=True) as record:
        record.plan([Trial("one", made, 0, 1), Trial("two", made, 0, 1)])
        record.put_outcomes([outcome(made)])
        record.put_outcomes([outcome(made, epochs_run=9)])
        assert record.trained() == {(made.config_id, 0, 1)}
        assert record.connection.execute("select epochs_run from outcomes").fetchall() == [(2,)]
        assert record.connection.execute("select count(*) from trials").fetchone() == (2,)


def test_finalists_trained_again_stand_beside_what_chose_them(tmp_path: Path) -> None:
    """New seeds of the winners would count in the scores that made them winners."""
    made = configuration()
    with Record.at(tmp_path, create=True) as record:
        record.put_facts(robustness_seeds=[2, 3])
        record.plan([Trial("one", made, 0, seed) for seed in (1, 2, 3)])
        record.put_outcomes([outcome(made, seed=seed, val={"recall": seed / 4}) for seed in (1, 2, 3)])
        assert set(record.predictions(made.config_id)) == {(0, 1)}
        assert set(record.predictions(made.config_id, retrained=True)) == {(0, 2), (0, 3)}
        assert record.scores(made.config_id, "recall") == {(0, 1): 0.25}
        assert record.scores(made.config_id, "recall", retrained=True) == {(0, 2): 0.5, (0, 3): 0.75}


def test_a_population_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """Half a population would stand in the record after a crash."""
    made = configuration()
    with Record.at(tmp_path, create=True) as record:
        record.plan([Trial("one", made, 0, 1)])
        with pytest.raises(sqlite3.IntegrityError):
            record.put_outcomes([outcome(made), outcome(made, seed=2, status=None)])
        assert record.trained() == set()


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    """A full disk would print a traceback, or lose the night."""
    first, second = configuration(epochs=1), configuration(epochs=2)
    with Record.at(tmp_path, create=True) as record:
        record.plan([Trial("one", first, 0, 1), Trial("one", second, 0, 1)])
        record.put_outcomes([outcome(first)])
        pages = record.connection.execute("pragma page_count").fetchone()[0]
        record.connection.execute(f"pragma max_page_count = {pages}")
        large = np.zeros((2000, 100), np.float32)
        with pytest.raises(InterruptedStudyError, match=r"full.*make room"):
            record.put_outcomes([outcome(second, weights=(large,))])
        assert record.trained() == {(first.config_id, 0, 1)}
    with Record.at(tmp_path, create=True) as record:
        record.put_outcomes([outcome(second, weights=(large,))])
        assert len(record.trained()) == 2


def test_truth_and_openings_are_kept(tmp_path: Path) -> None:
    """A report written anew would need the data again, or open the sealed part again."""
    made = configuration()
    with Record.at(tmp_path, create=True) as record:
        record.plan([Trial("one", made, 0, 1)])
        record.put_truths("test", [Truth(0, np.array([4, 7, 9]), np.array([0, 1, 1]))])
        seen = Opening((made.config_id, 0, 1), "best", {"recall": 0.5}, np.array([0.5, 0.25, 1], np.float32))
        record.put_openings([seen])
        record.put_openings([Opening(seen.key, "again", {"recall": 1.0}, seen.predictions)])
        kept = record.truths("test")[0]
        assert (kept.rows.tolist(), kept.truth.tolist()) == ([4, 7, 9], [0, 1, 1])
        assert record.predictions(made.config_id, opened=True)[0, 1].tolist() == [0.5, 0.25, 1]
        assert record.scores(made.config_id, "recall", opened=True) == {(0, 1): 0.5}
        assert record.opened() == {seen.key}
        assert record.connection.execute("select reason from openings").fetchall() == [("best",)]


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to look like one" * 50, b"\0" * 4096]
)
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """A user's own file would be overwritten, or a traceback shown."""
    (tmp_path / "paribus.db").write_bytes(content)
    with pytest.raises(StudyError, match=r"paribus\.db.*--out"):
        Record.at(tmp_path, create=True)
    assert (tmp_path / "paribus.db").read_bytes() == content


def test_a_folder_without_a_study_is_said(tmp_path: Path) -> None:
    """`paribus show` on the wrong folder would make an empty record there."""
    with pytest.raises(StudyError, match="no study was run here"):
        Record.at(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_reading_leaves_no_files_behind(tmp_path: Path) -> None:
    """A folder would be handed on with files of SQLite's own beside the record, or without what they hold."""
    Record.at(tmp_path, create=True).close()
    with Record.at(tmp_path) as reader, pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.connection.execute("delete from facts")
    assert [path.name for path in tmp_path.iterdir()] == ["paribus.db"]


def test_one_pass_over_the_record_reads_what_each_configuration_predicted(tmp_path: Path) -> None:
    """The audit and the cost of choosing would look at other predictions than the leaderboard, or at
    trials that failed.
    """
    made = [configuration(epochs=epochs) for epochs in (1, 2, 3)]
    large = np.zeros((300, 100), np.float32)  # arrays too large to be read whole
    with Record.at(tmp_path, create=True) as record:
        record.put_facts(robustness_seeds=[3])
        record.plan([Trial("one", each, 0, seed) for each in made for seed in (1, 2, 3)])
        record.put_outcomes([outcome(made[0], seed=seed) for seed in (1, 2, 3)])
        record.put_outcomes(
            [outcome(made[1], seed=1, weights=(large,)), outcome(made[1], 2, status="failed")]
        )
        record.put_outcomes([outcome(made[2], seed=1, predictions=None)])
        for retrained in (False, True):
            every = dict(record.all_predictions(retrained=retrained))
            for each in made:
                own = record.predictions(each.config_id, retrained=retrained)
                found = every.get(each.config_id, {})
                assert found.keys() == own.keys()
                assert all(found[key].tolist() == own[key].tolist() for key in own)
        assert dict(record.all_predictions())[made[1].config_id].keys() == {(0, 1)}
