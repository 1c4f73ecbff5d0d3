"""A member's outcome is its own: to the bit, in any company, at any place."""

from __future__ import annotations

from random import Random

import pytest
import torch

from paribus.engines import ENGINES
from paribus.population.grouping import group
from paribus.population.outcome import Lineage, Outcome
from paribus.study.spec import EarlyStopping
from tests.draw import FOLD, TASKS, configuration, crossed, fold, same

ENGINE = ENGINES["population"]


def by_name(outcomes: list[Outcome]) -> dict[tuple[str, int, int], Outcome]:
    return {(outcome.config_id, outcome.fold, outcome.seed): outcome for outcome in outcomes}


@pytest.mark.parametrize("seed", range(12))
def test_company_and_place_change_nothing(seed: int) -> None:
    """A result would depend on what else the study compares: no comparison could be trusted."""
    random = Random(seed)
    kind = random.choice(list(TASKS))
    members = crossed(
        network={
            "hidden": tuple(random.randint(1, 70) for _ in range(random.randint(0, 4))),
            "activation": random.choice(["relu", "tanh", "sigmoid", "linear"]),
            "dropout_at": random.choice(["every", "last"]),
        },
        optimizer=random.choice(["sgd", "adam", "rmsprop"]),
        batch_size=random.choice([5, 16, 31, 60]),
        early_stopping=random.choice([None, EarlyStopping(patience=1), EarlyStopping(patience=3)]),
    )
    data = {FOLD: fold(kind, seed)}
    together = by_name(ENGINE.train(members, data, TASKS[kind]))
    for _ in range(4):
        some = random.sample(members, random.choice([1, 1, 2, 3, 5]))
        for name, outcome in by_name(ENGINE.train(some, data, TASKS[kind])).items():
            assert same(outcome, together[name])


def test_other_preparations_in_the_population_change_nothing() -> None:
    """Members that share rows in memory would differ from members that don't."""
    data = {(0, "standard", "none"): fold("binary", 1), (0, "none", "none"): fold("binary", 2)}
    members = crossed()
    others = [
        Lineage(
            lineage.configuration.__class__(
                lineage.configuration.prepare.model_copy(update={"scale": "none"}),
                lineage.configuration.network,
                lineage.configuration.train,
            ),
            lineage.epochs,
            0,
            lineage.seed,
        )
        for lineage in members
    ]
    mixed = by_name(ENGINE.train([*others, *members], data, TASKS["binary"]))
    for name, outcome in by_name(ENGINE.train(members, data, TASKS["binary"])).items():
        assert same(outcome, mixed[name])


def test_a_diverging_member_is_not_noticed() -> None:
    """One bad learning rate would spoil its neighbours."""
    members = crossed(rates=(1e-3, 3e-3), optimizer="sgd")
    wild = Lineage(configuration(optimizer="sgd", learning_rate=1e30, epochs=6), (3, 6), 0, 1)
    data = {FOLD: fold("regression")}
    alone = by_name(ENGINE.train(members, data, TASKS["regression"]))
    beside = by_name(ENGINE.train([*members[:3], wild, *members[3:]], data, TASKS["regression"]))
    assert beside[wild.configuration.config_id, 0, 1].status == "diverged"
    assert all(same(outcome, beside[name]) for name, outcome in alone.items())


def test_the_threads_of_the_caller_change_nothing() -> None:
    """A notebook with many threads would get other numbers than a worker with one."""
    data, members = {FOLD: fold("binary", train=300)}, crossed()
    first = by_name(ENGINE.train(members, data, TASKS["binary"]))
    threads = torch.get_num_threads()
    torch.set_num_threads(1 if threads > 1 else 2)
    try:
        second = by_name(ENGINE.train(members, data, TASKS["binary"]))
    finally:
        torch.set_num_threads(threads)
    assert all(same(outcome, second[name]) for name, outcome in first.items())


def test_memory_bounds_the_members() -> None:
    """A large study would run out of memory."""
    sizes, task = {FOLD: fold("binary").size}, TASKS["binary"]
    members = crossed(seeds=tuple(range(20)))
    (shape, everyone), *rest = group(members, sizes, task, memory=2**40)
    assert sum(len(part) for _, part in [(shape, everyone), *rest]) == len(members)
    bounded = group(members, sizes, task, memory=3 * shape.member_bytes)
    assert max(len(part) for _, part in bounded) <= 3
    assert sorted(map(repr, (lineage for _, part in bounded for lineage in part))) == sorted(
        map(repr, members)
    )
