"""From trials to trainings, in this process and in workers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from paribus.data.split import Split
from paribus.engines import ENGINES
from paribus.errors import InterruptedStudyError
from paribus.execute import worker
from paribus.execute.pool import Pool
from paribus.execute.shelf import Shelf
from paribus.execute.trainer import lineages_of, train
from paribus.population.metrics import scores
from paribus.population.outcome import Task
from paribus.steps.reading import read
from paribus.study.plan import Trial, trials
from paribus.study.spec import Schedule, Study
from paribus.study.toml import parse_study
from tests.draw import FOLD, TASKS, configuration, crossed, fold

FOLDS = """
[study]
name = "folds"
seed = 5
[data]
source = "builtin:moons?rows=60&noise=0.3"
target = "label"
[protocol]
test = 0
validation = "kfold:3"
seeds = 2
metrics = ["accuracy"]
"""


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


def of_folds(folder: Path) -> tuple[Study, Split, Task, Shelf]:
    """Three folds of 60 rows, on a shelf."""
    asked, _, parts, task = read(parse_study(FOLDS))
    return asked, parts, task, Shelf(folder, parts, asked.seed)


def test_every_fold_is_trained_and_judged_on_its_own_rows(tmp_path: Path) -> None:
    """A fold would be judged by another fold's rows, or left out."""
    asked, parts, task, shelf = of_folds(tmp_path)
    made = [configuration({"hidden": (units,)}) for units in (2, 5)]
    planned = trials("s", made, parts.compared, asked)
    with Pool(1) as pool:
        found = [outcome for population in train(planned, (), shelf, pool, task) for outcome in population]
    keys = sorted((outcome.config_id, outcome.fold, outcome.seed) for outcome in found)
    assert keys == sorted(trial.key for trial in planned)
    assert len(keys) == 2 * 3 * 2
    for outcome in found:
        assert outcome.predictions is not None
        assert len(outcome.predictions) == parts.folds[outcome.fold].validation.n_rows
        truth = parts.folds[outcome.fold].validation.target
        expected = scores("binary", ["accuracy"], truth, outcome.predictions[None])["accuracy"][0]
        assert outcome.val["accuracy"] == pytest.approx(expected, abs=1e-12)


def test_a_fold_is_the_same_alone_and_beside_others(tmp_path: Path) -> None:
    """A study resumed in the middle of its folds would end with other numbers."""
    asked, parts, task, shelf = of_folds(tmp_path)
    planned = trials("s", [configuration({"hidden": (3,)})], parts.compared, asked)
    done = [trial.key for trial in planned if trial.fold != 1]
    with Pool(1) as pool:
        whole = {o.fold: o for found in train(planned, (), shelf, pool, task) for o in found if o.seed == 5}
        rest = [o for found in train(planned, done, shelf, pool, task) for o in found]
    assert [(outcome.fold, outcome.seed) for outcome in rest] == [(1, 5), (1, 6)]
    alone = rest[0]
    assert alone.val == whole[1].val
    assert (alone.predictions == whole[1].predictions).all()  # type: ignore[union-attr]


class Rows:
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
    outcomes = worker.train(Rows(), "population", members, TASKS["binary"])  # type: ignore[arg-type]
    status = {(o.status, o.reason) for o in outcomes}
    assert status == {("done", ""), ("failed", "RuntimeError: out of something")}
    assert len(outcomes) == 2 * len(members)


def kill_self(_: object) -> None:
    import os
    import signal

    os.kill(os.getpid(), signal.SIGKILL)


def double(value: int) -> int:
    return 2 * value


def test_every_call_is_answered() -> None:
    """Outcomes would be missing."""
    with Pool(1) as pool:
        assert sorted(pool.run(double, [(n,) for n in range(9)])) == list(range(0, 18, 2))


@pytest.mark.slow
def test_workers_answer_every_call_until_one_is_killed() -> None:
    """Outcomes would be missing; a worker killed for want of memory would hang the study."""
    with Pool(2) as pool:
        assert sorted(pool.run(double, [(n,) for n in range(9)])) == list(range(0, 18, 2))
        with pytest.raises(InterruptedStudyError, match="worker process was killed"):
            list(pool.run(kill_self, [(None,)]))
