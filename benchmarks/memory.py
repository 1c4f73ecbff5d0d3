"""How many bytes a population takes at its peak, against the bytes of its members' state.

python benchmarks/memory.py [--epochs N]

State: a member's parameters, their gradients, the optimizer's moments and the best weights so far. Peak: how
far the resident memory of a fresh process rises while it trains the largest population that a stage would
train together (the kernel's high-water mark; Linux). Left: its outcomes, which are handed over: weights read
off, curves, predictions. Without rows: the peak less two copies of the prepared rows, one of which is in the
epoch's order; without outcomes: less these too.
Foreseen: what `grouping` reckons with when it splits a stage.
"""

from __future__ import annotations

import argparse
import ctypes
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from common import broad_stage, described, rows
from numpy.typing import NDArray

from paribus.engines import ENGINES
from paribus.execute.memory import population_memory
from paribus.execute.pool import available_workers
from paribus.population.grouping import segment_bytes, shape_of, together
from paribus.population.optimizers import n_states
from paribus.population.outcome import FoldArrays, FoldName, Lineage, Outcome, Task
from paribus.study.configuration import Configuration
from paribus.study.spec import EarlyStopping, Network, Prepare, Train

MEGABYTE = 2**20
STOPPING = EarlyStopping(patience=10**6)
"""Keeps the best weights, and never stops."""


class Job(NamedTuple):
    """One population and what it trains on."""

    members: list[Lineage]
    folds: dict[FoldName, FoldArrays]
    task: Task


class Measured(NamedTuple):
    """Bytes, and the members."""

    members: int
    state: int
    data: int
    foreseen: int
    left: int
    peak: int


def broad(epochs: int) -> Job:
    """The largest population of study A's broad stage."""
    with broad_stage() as stage:
        kept = [
            replace(lineage, configuration=lineage.configuration.with_epochs(epochs), epochs=(epochs,))
            for lineage in stage.trainings
        ]
        return _largest(kept, {kept[0].data: stage.fold}, stage.task)


def leukemia(epochs: int) -> Job:
    """72 folds of 71 rows of 7,129 features, as leave-one-out has them; 7129-64-32-1. Numbers are drawn."""
    made = _made(Network(hidden=(64, 32)), epochs)
    members = [Lineage(made, (epochs,), fold, 1) for fold in range(72)]
    return _largest(members, {member.data: _fold(71, 1, 7129) for member in members}, BINARY)


def wide(epochs: int) -> Job:
    """300 members of 100-300-300-1 on 1,000 rows, which differ in their learning rate."""
    members = [
        Lineage(_made(Network(hidden=(300, 300)), epochs, 1e-3 * (1 + place / 300)), (epochs,), 0, 1)
        for place in range(300)
    ]
    return _largest(members, {members[0].data: _fold(1000, 200, 100)}, BINARY)


BINARY = Task("binary", 1, ("accuracy", "roc_auc"), ("0", "1"))
CASES: dict[str, Callable[[int], Job]] = {
    "study A, broad stage": broad,
    "leave-one-out, 7129-64-32-1": leukemia,
    "300 of 100-300-300-1": wide,
}


def _made(network: Network, epochs: int, rate: float = 1e-3) -> Configuration:
    return Configuration(
        Prepare(), network, Train(epochs=epochs, learning_rate=rate, early_stopping=STOPPING)
    )


def _fold(train: int, val: int, features: int) -> FoldArrays:
    random = np.random.default_rng(0)
    drawn = random.standard_normal((train + val, features), dtype=np.float32)
    truth = (drawn[:, 0] > 0).astype(np.int64)
    return FoldArrays(drawn[:train], truth[:train], drawn[train:], truth[train:])


def _largest(members: Sequence[Lineage], folds: dict[FoldName, FoldArrays], task: Task) -> Job:
    """The population with the most state, as `execute` would choose it on all cores."""
    sizes = {name: fold.size for name, fold in folds.items()}
    workers = available_workers()
    memory = population_memory(workers)
    found = ENGINES["population"].populations(members, sizes, task, memory, workers=workers)
    chosen = max(found, key=lambda members: sum(_state(each, folds, task) for each in members))
    return Job(chosen, {member.data: folds[member.data] for member in chosen}, task)


def _state(lineage: Lineage, folds: dict[FoldName, FoldArrays], task: Task) -> int:
    shape = shape_of(lineage, folds[lineage.data].size, task)
    return 4 * shape.n_parameters * (2 + n_states(shape.optimizer, shape.momentum) + shape.restore_best)


def _foreseen(job: Job) -> int:
    sizes = {name: fold.size for name, fold in job.folds.items()}
    segments = (part for population in together(job.members, sizes, job.task) for part in population)
    return sum(segment_bytes(*segment) for segment in segments)


def measure(case: str, epochs: int) -> Measured:
    """Train the case's population in this process, which has done nothing else."""
    members, folds, task = CASES[case](epochs)
    warm = _made(Network(hidden=(2,)), 1)
    small = Lineage(warm, (1,), members[0].fold, 1)
    # What a first training makes once (buffers of the libraries, its code) is no population's.
    ENGINES["population"].train([small], {small.data: _fold(40, 10, 3)}, BINARY)
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    before = _status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    outcomes = ENGINES["population"].train(members, folds, task)
    peak = _status("VmHWM") - before
    assert len(outcomes) == len(members)
    arrays = (value for fold in folds.values() for value in vars(fold).values())
    return Measured(
        members=len(members),
        state=sum(_state(member, folds, task) for member in members),
        data=sum(array.nbytes for array in arrays if isinstance(array, np.ndarray)),
        foreseen=_foreseen(Job(members, folds, task)),
        left=sum(array.nbytes for outcome in outcomes for array in _left(outcome)),
        peak=peak,
    )


def _left(outcome: Outcome) -> list[NDArray[Any]]:
    predictions = [] if outcome.predictions is None else [outcome.predictions]
    return [*outcome.weights, *outcome.curves.values(), *predictions]


def _status(field: str) -> int:
    """Bytes of a line of this process' status."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (value,) = (line.split()[1] for line in lines if line.startswith(f"{field}:"))
    return 1024 * int(value)


def apart(call: Callable[..., Any], *given: Any) -> Any:
    """What `call` gives in a fresh process."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(partial(call, *given)).result()


def main() -> None:
    """Measure each case and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--epochs", type=int, default=3)
    epochs = parser.parse_args().epochs
    lines = []
    for case in CASES:
        found: Measured = apart(measure, case, epochs)
        sizes = (found.state, found.data, found.left, found.foreseen, found.peak)
        told = [f"{size / MEGABYTE:,.0f}" for size in sizes]
        without_rows = found.peak - 2 * found.data
        parts = (found.peak, without_rows, without_rows - found.left)
        lines.append([case, str(found.members), *told, *(f"{part / found.state:.2f}" for part in parts)])
    print(described(), end="\n\n")
    header = ["MB", "members", "state", "rows", "left", "foreseen", "peak"]
    header += ["peak ÷ state", "without rows", "without outcomes"]
    print(rows(header, lines))


if __name__ == "__main__":
    main()
