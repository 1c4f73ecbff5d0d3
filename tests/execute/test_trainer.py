"""From trials to trainings, in this process and in workers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from paribus.engines import ENGINES
from paribus.errors import InterruptedStudyError
from paribus.execute import worker
from paribus.execute.pool import Pool
from paribus.execute.trainer import lineages_of
from paribus.study.plan import Trial
from paribus.study.spec import Schedule
from tests.draw import FOLD, TASKS, configuration, crossed, fold


def test_trials_that_differ_in_epochs_are_one_training() -> None:
    """Study A would train three networks where one will do."""
    levels = [configuration(epochs=epochs) for epochs in (50, 10, 20)]
    lineages = lineages_of([Trial("s", made, 0, seed) for made in levels for seed in (1, 2)])
    assert [(lineage.epochs, lineage.seed) for lineage in lineages] == [((10, 20, 50), 1), ((10, 20, 50), 2)]
    assert {lineage.configuration.train.epochs for lineage in lineages} == {50}


def test_levels_of_epochs_that_share_no_beginning_are_trainings_of_their_own() -> None:
    """A cosine over 10 epochs is no beginning of one over 50: it would be read off wrongly."""
    for name, n_trainings in (("cosine", 2), ("one_cycle", 2), ("step", 1)):
        plain = configuration()
        train = plain.train.model_copy(update={"schedule": Schedule(name=name)})
        scheduled = replace(plain, train=train)
        lineages = lineages_of([Trial("s", scheduled.with_epochs(epochs), 0, 1) for epochs in (50, 10)])
        assert len(lineages) == n_trainings
        assert sorted(epochs for lineage in lineages for epochs in lineage.epochs) == [10, 50]
        assert all(lineage.configuration.train.epochs == lineage.epochs[-1] for lineage in lineages)


def test_a_trial_that_two_stages_ask_for_is_one_training() -> None:
    """Shared configurations would be trained twice."""
    made = configuration()
    assert len(lineages_of([Trial("one", made, 0, 1), Trial("two", made, 0, 1)])) == 1


class Shelf:
    """Rows without files."""

    def load(self, name: object) -> object:
        assert name == FOLD
        return fold("binary")


class Breaks:
    """An engine that fails on one learning rate."""

    def train(self, lineages: list[object], folds: object, task: object, device: str) -> list[object]:
        from paribus.engines import PopulationEngine

        if any(lineage.configuration.train.learning_rate == 0.5 for lineage in lineages):  # type: ignore[attr-defined]
            raise RuntimeError("out of something")
        return PopulationEngine().train(lineages, folds, task)  # type: ignore[arg-type,return-value]


def test_what_fails_costs_its_neighbours_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """One network that can't be trained would take its population with it."""
    monkeypatch.setitem(ENGINES, "population", Breaks())
    members = crossed(rates=(1e-3, 0.5))
    outcomes = worker.train(Shelf(), "population", members, TASKS["binary"])  # type: ignore[arg-type]
    status = {(o.status, o.reason) for o in outcomes}
    assert status == {("done", ""), ("failed", "RuntimeError: out of something")}
    assert len(outcomes) == 2 * len(members)


def kill_self(_: object) -> None:
    import os
    import signal

    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow
def test_a_killed_worker_interrupts_the_study() -> None:
    """A worker killed for want of memory would hang the study, or end it with a traceback."""
    with pytest.raises(InterruptedStudyError, match="worker process was killed"), Pool(2) as pool:
        list(pool.run(kill_self, [(None,)]))


def double(value: int) -> int:
    return 2 * value


@pytest.mark.parametrize("workers", [1, 2])
def test_every_call_is_answered(workers: int, tmp_path: Path) -> None:
    """Outcomes would be missing."""
    with Pool(workers) as pool:
        assert sorted(pool.run(double, [(n,) for n in range(9)])) == list(range(0, 18, 2))
