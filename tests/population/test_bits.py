"""A member's outcome is its own: to the bit, in any company, at any place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
import torch

from paribus.engines import ENGINES
from paribus.population import grouping
from paribus.population.grouping import Shaped, expected_cost, group, segment_bytes, shape_of
from paribus.population.outcome import FoldArrays, FoldName, Lineage, Outcome
from paribus.study.configuration import Configuration
from paribus.study.spec import EarlyStopping
from tests.draw import KINDS, TASKS, configuration, crossed, fold, random_configuration, same

ENGINE = ENGINES["population"]
Folds = dict[FoldName, FoldArrays]


def by_name(outcomes: list[Outcome]) -> dict[tuple[str, int, int], Outcome]:
    return {(outcome.config_id, outcome.fold, outcome.seed): outcome for outcome in outcomes}


def varied(random: Random, base: Configuration) -> Configuration:
    """`base` with other numbers, wherever members of a segment may differ."""
    train, network = base.train, base.network

    def some(value: Any, *levels: Any) -> Any:
        return random.choice(levels) if value else value

    rates = [random.choice([0.0, 0.1, 0.5]) for _ in network.hidden]
    return replace(
        base,
        train=train.model_copy(
            update={
                "learning_rate": train.learning_rate * random.choice([0.3, 1.0, 3.0]),
                "momentum": some(train.momentum, 0.3, 0.5, 0.9),
                "epsilon": random.choice([None, 1e-5]) if train.optimizer not in ("sgd", "lion") else None,
                "weight_decay": some(train.weight_decay, 1e-3, 1e-2),
                "l1": some(train.l1, 1e-4, 1e-3),
                "l2": some(train.l2, 1e-4, 1e-2),
                "early_stopping": some(
                    train.early_stopping,
                    *(
                        train.early_stopping.model_copy(update={"patience": patience})
                        for patience in (1, 2, 9)
                        if train.early_stopping
                    ),
                ),
            }
        ),
        network=network.model_copy(update={"dropout": tuple(rates) if any(network.dropouts) else 0.0}),
    )


def company(random: Random, kind: str, size: int) -> tuple[list[Lineage], Folds]:
    """Members of equal structure, on two folds; sizes to 6 have each its own fold and seed."""
    base = random_configuration(random, kind, epochs=4)
    members = [Lineage(varied(random, base), (4,), number % 2, number % 3) for number in range(size)]
    return members, {lineage.data: fold(kind, lineage.fold) for lineage in members}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(10))
def test_company_and_place_change_nothing(seed: int, kind: str) -> None:
    """A result would depend on what else the study compares: no comparison could be trusted."""
    random = Random(f"{kind}{seed}")
    members, data = company(random, kind, 9)
    together = by_name(ENGINE.train(members, data, TASKS[kind]))
    for size in (1, 2, 5):
        some = random.sample(members, size)
        for name, outcome in by_name(ENGINE.train(some, data, TASKS[kind])).items():
            assert same(outcome, together[name])
    for name, outcome in by_name(ENGINE.train(members[::-1], data, TASKS[kind])).items():
        assert same(outcome, together[name])


def test_a_member_among_three_hundred_is_the_same_as_alone() -> None:
    """A large study would give other numbers than a small one."""
    members = crossed(rates=(1e-3, 3e-3, 1e-2), dropouts=(0.0, 0.3), seeds=tuple(range(50)))
    data, task = {lineage.data: fold("binary") for lineage in members}, TASKS["binary"]
    assert len(members) == 300
    together = by_name(ENGINE.train(members, data, task))
    for place in (0, 149, 299):
        for name, outcome in by_name(ENGINE.train([members[place]], data, task)).items():
            assert same(outcome, together[name])


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adadelta"])
def test_a_member_that_goes_on_alone_is_the_same(optimizer: str) -> None:
    """Those who train longest would change when the others leave."""
    short, long = EarlyStopping(patience=1), EarlyStopping(patience=100)
    members = [
        Lineage(configuration(early_stopping=rule, optimizer=optimizer, epochs=12), (12,), 0, seed)
        for seed in range(20)
        for rule in ([long, short] if seed == 7 else [short])
    ]
    data, task = {lineage.data: fold("binary", 3) for lineage in members}, TASKS["binary"]
    together = by_name(ENGINE.train(members, data, task))
    for lineage in members:
        (alone,) = ENGINE.train([lineage], data, task)
        assert same(alone, together[alone.config_id, 0, lineage.seed])


def test_other_preparations_in_the_population_change_nothing() -> None:
    """Members that share rows in memory would differ from members that don't."""
    members = crossed()
    others = [
        replace(
            lineage,
            configuration=replace(
                lineage.configuration,
                prepare=lineage.configuration.prepare.model_copy(update={"scale": "none"}),
            ),
        )
        for lineage in members
    ]
    data = {members[0].data: fold("binary", 1), others[0].data: fold("binary", 2)}
    mixed = by_name(ENGINE.train([*others, *members], data, TASKS["binary"]))
    for name, outcome in by_name(ENGINE.train(members, data, TASKS["binary"])).items():
        assert same(outcome, mixed[name])


@pytest.mark.parametrize("kind", ["binary", "regression"])
def test_one_diverging_member_of_a_hundred_is_not_noticed(kind: str) -> None:
    """One bad learning rate would spoil its neighbours."""
    members = crossed(rates=(1e-3, 3e-3, 1e-2), seeds=tuple(range(17)), optimizer="sgd")[:99]
    wild = Lineage(configuration(optimizer="sgd", learning_rate=1e30, epochs=6), (3, 6), 0, 1)
    data, task = {wild.data: fold(kind)}, TASKS[kind]
    without = by_name(ENGINE.train(members, data, task))
    beside = by_name(ENGINE.train([*members[:50], wild, *members[50:]], data, task))
    found = beside[wild.configuration.config_id, 0, 1]
    assert found.status == "diverged"
    assert f"epoch {found.epochs_run}" in found.reason
    assert len(members) == 99
    assert all(same(outcome, beside[name]) for name, outcome in without.items())


def test_the_threads_of_the_caller_change_nothing() -> None:
    """A notebook with many threads would get other numbers than a worker with one."""
    members = crossed()
    data = {lineage.data: fold("binary", train=300) for lineage in members}
    first = by_name(ENGINE.train(members, data, TASKS["binary"]))
    threads = torch.get_num_threads()
    torch.set_num_threads(1 if threads > 1 else 2)
    try:
        second = by_name(ENGINE.train(members, data, TASKS["binary"]))
    finally:
        torch.set_num_threads(threads)
    assert all(same(outcome, second[name]) for name, outcome in first.items())


@pytest.mark.parametrize("seeds", [20, 1])
def test_memory_bounds_the_members(seeds: int) -> None:
    """A large study would run out of memory: by its networks, or by the rows that each seed orders anew."""
    members, task = crossed(seeds=tuple(range(seeds)), rates=(1e-3, 2e-3, 3e-3)), TASKS["binary"]
    sizes = {lineage.data: fold("binary").size for lineage in members}
    limit = 3 * max(segment_bytes(shape_of(each, sizes[each.data], task), [each]) for each in members)
    bounded = group(members, sizes, task, memory=limit)
    used = [sum(segment_bytes(shape, part) for shape, part in population) for population in bounded]
    assert max(used) <= limit
    assert len(bounded) > 1
    placed = [lineage for population in bounded for _, part in population for lineage in part]
    assert sorted(map(repr, placed)) == sorted(map(repr, members))


@pytest.mark.parametrize("workers", [1, 2, 3, 16])
def test_populations_keep_all_workers_busy_to_the_end(workers: int) -> None:
    """Three populations of equal cost on two cores: one of them would wait for half of the time."""
    members, task = crossed(seeds=tuple(range(200))), TASKS["binary"]
    members = [replace(member, epochs=(5000,)) for member in members]
    sizes = {lineage.data: fold("binary").size for lineage in members}
    found = group(members, sizes, task, memory=2**40, workers=workers)
    costs = [sum(expected_cost(*segment) for segment in population) for population in found]
    assert len(found) % workers == 0
    assert len(found) >= 2
    assert max(costs) < 1.1 * sum(costs) / len(costs)
    short = [replace(member, epochs=(6,)) for member in members[:2]]
    assert len(group(short, sizes, task, memory=2**40, workers=workers)) == 1


def test_some_workers_are_kept_busy_where_there_is_too_little_for_all() -> None:
    """Work for half of the cores would be done on one."""
    members, task = crossed(seeds=tuple(range(10))), TASKS["binary"]
    sizes = {lineage.data: fold("binary").size for lineage in members}
    (whole,) = group(members, sizes, task, memory=2**40)
    times = int(5.5 * grouping.LEAST / sum(expected_cost(*segment) for segment in whole))
    longer = [replace(member, epochs=(6 * times,)) for member in members]
    assert len(group(longer, sizes, task, memory=2**40, workers=16)) == 5


def test_a_worker_trains_its_population_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was grouped would be cut once more, and trained one after another."""
    members, task = crossed(seeds=tuple(range(30))), TASKS["binary"]
    data = {lineage.data: fold("binary") for lineage in members}
    trained = []

    def count(population: Sequence[Shaped], *_: object) -> list[Outcome]:
        trained.append([len(part) for _, part in population])
        return []

    monkeypatch.setattr("paribus.engines.population.train", count)
    monkeypatch.setattr(grouping, "COST", 1.0)
    ENGINE.train(members, data, task)
    assert trained == [[60, 60]]


def test_rows_that_members_share_are_counted_once() -> None:
    """A study of one fold would be split for memory that it doesn't take, or one of many folds not at all."""
    members, task = crossed(seeds=(1,)), TASKS["binary"]
    size = fold("binary", features=5000).size
    shape = shape_of(members[0], size, task)
    alone, together = segment_bytes(shape, members[:1]), segment_bytes(shape, members)
    assert together < len(members) * alone
    others = [replace(lineage, fold=place) for place, lineage in enumerate(members)]
    assert segment_bytes(shape, others) == len(members) * alone


def test_a_member_too_large_for_the_memory_is_trained_alone() -> None:
    """The study would never begin."""
    members, task = crossed(), TASKS["binary"]
    sizes = {lineage.data: fold("binary").size for lineage in members}
    assert [len(part) for population in group(members, sizes, task, memory=1) for _, part in population] == (
        [1] * len(members)
    )
