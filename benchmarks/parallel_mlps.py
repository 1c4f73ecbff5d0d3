"""10,000 one-hidden-layer networks on 10,000 rows × 100 features: paribus, and the method of ParallelMLPs.

python benchmarks/parallel_mlps.py [--networks N] [--epochs N] ...

Every width from 1 to --widest, each as often; networks of a width differ in their learning rate. Both train
the same networks: equal initial weights, the same rows in the same order, batches, activation, mean squared
error, plain gradient descent. First a small case is trained by both and held together network by network.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch
from common import described, machine, rows, started_pool
from peers.parallel_mlps import ACTIVATIONS, ParallelMLPs, epoch, losses

from paribus.engines import ENGINES
from paribus.execute.memory import population_memory
from paribus.execute.pool import Pool, available_workers
from paribus.networks.initial import initial_weights
from paribus.networks.noise import order
from paribus.population.outcome import FoldArrays, FoldName, Lineage, Outcome, Task
from paribus.study.configuration import Configuration
from paribus.study.spec import Network, Prepare, Train

TASK = Task("regression", 1, ())
SEED = 1


@dataclass(frozen=True)
class Job:
    """What both train."""

    members: list[Lineage]
    fold: FoldArrays
    epochs: int

    @property
    def widths(self) -> list[int]:
        """Of each network."""
        return [member.configuration.network.hidden[0] for member in self.members]


def job(options: argparse.Namespace, networks: int, n_rows: int, widest: int) -> Job:
    """The networks by rising width, and drawn rows whose targets depend on them; a tenth for validation."""
    random = np.random.default_rng(0)
    count = n_rows + n_rows // 10
    drawn = random.standard_normal((count, options.features), dtype=np.float32)
    weights = random.standard_normal(options.features) / options.features**0.5
    truth = (np.tanh(drawn @ weights) + 0.1 * random.standard_normal(count)).astype(np.float32)
    fold = FoldArrays(drawn[:n_rows], truth[:n_rows], drawn[n_rows:], truth[n_rows:])
    each = networks // widest
    return Job(
        [
            Lineage(_made(options, width, place / each), (options.epochs,), 0, SEED)
            for width in range(1, widest + 1)
            for place in range(each)
        ],
        fold,
        options.epochs,
    )


def _made(options: argparse.Namespace, width: int, share: float) -> Configuration:
    train = Train(
        optimizer="sgd",
        learning_rate=1e-3 * 10**share,
        batch_size=options.batch_size,
        epochs=options.epochs,
        loss="mse",
    )
    return Configuration(Prepare(), Network(hidden=(width,), activation=options.activation), train)


def by_paribus(asked: Job, pool: Pool) -> tuple[float, list[Outcome]]:
    """Seconds from the networks' settings to their outcomes, and these in the order of the members.

    In the time: initial weights, validation losses of every epoch, predictions, sending it all back.
    """
    started = perf_counter()
    folds = {asked.members[0].data: asked.fold}
    sizes, engine = {name: fold.size for name, fold in folds.items()}, ENGINES["population"]
    work = engine.populations(
        asked.members, sizes, TASK, population_memory(pool.workers), workers=pool.workers
    )
    found = [
        outcome
        for outcomes in pool.run(_train, [(members, folds) for members in work])
        for outcome in outcomes
    ]
    seconds = perf_counter() - started
    by_name = {outcome.config_id: outcome for outcome in found}
    return seconds, [by_name[member.configuration.config_id] for member in asked.members]


def _train(members: Sequence[Lineage], folds: dict[FoldName, FoldArrays]) -> list[Outcome]:
    return ENGINES["population"].train(members, folds, TASK)


def by_parallel_mlps(asked: Job, threads: int) -> tuple[float, np.ndarray[Any, Any]]:
    """Seconds of all epochs, and each network's (epoch, loss and validation loss).

    In the time: shuffling, steps, validation losses of every epoch. Making the networks is not.
    """
    torch.set_num_threads(threads)
    fold, (x, y) = asked.fold, (asked.fold.train_x, asked.fold.train_y)
    rule = asked.members[0].configuration
    model = ParallelMLPs(x.shape[1], asked.widths, rule.network.activation)
    model.load(
        [
            initial_weights(member.configuration.network, x.shape[1], 1, member.seed, member.fold)  # type: ignore[misc]
            for member in asked.members
        ]
    )
    rates = torch.tensor([member.configuration.train.learning_rate for member in asked.members])
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    watched = (torch.from_numpy(fold.val_x), torch.from_numpy(fold.val_y))
    seconds, curve = 0.0, []
    for number in range(1, asked.epochs + 1):
        started = perf_counter()
        places = order(SEED, 0, number, len(x))
        shuffled = (torch.from_numpy(x[places]), torch.from_numpy(y[places]))
        met = epoch(model, optimizer, rates, *shuffled, rule.train.batch_size)
        curve.append(torch.stack([met, losses(model, *watched, rule.train.batch_size)]))
        seconds += perf_counter() - started
    return seconds, torch.stack(curve).numpy()


def apart(outcomes: Sequence[Outcome], curves: np.ndarray[Any, Any]) -> float:
    """The largest relative difference of a network's loss or validation loss, over all epochs."""
    ours = np.array([[outcome.curves["loss"], outcome.curves["val_loss"]] for outcome in outcomes])
    return float(np.abs(ours.transpose(2, 1, 0) / curves - 1).max())


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--networks", type=int, default=10_000)
    parser.add_argument("--widest", type=int, default=100)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--features", type=int, default=100)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--activation", choices=list(ACTIVATIONS), default="relu")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--workers", type=int, default=available_workers(), help="processes, and threads")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def main() -> None:
    """Hold both together on a small case, then measure the large one."""
    options = arguments()
    small = job(options, networks=60, n_rows=1000, widest=20)
    large = job(options, options.networks, options.rows, options.widest)
    with started_pool(options.workers) as (pool, _):
        _, outcomes = by_paribus(small, pool)
        check = apart(outcomes, by_parallel_mlps(small, options.workers)[1])
        ours, outcomes = by_paribus(large, pool)
    theirs, curves = by_parallel_mlps(large, options.workers)
    found = {
        "networks": len(large.members),
        "paribus": ours / options.epochs,
        "parallel_mlps": theirs / options.epochs,
        "ratio": theirs / ours,
        "apart_small": check,
        "apart": apart(outcomes, curves),
    }
    print(described(), end="\n\n")
    print(f"{found['networks']:,} networks of 1 to {options.widest} units, batches of {options.batch_size}")
    lines = [[name, f"{found[name]:.1f}"] for name in ("paribus", "parallel_mlps", "ratio")]
    print(rows(["", "seconds an epoch"], lines))
    print(f"largest relative difference of a loss: {check:.0e} (60 networks), {found['apart']:.0e} (all)")
    if options.json:
        told = {**machine(), **{name: str(value) for name, value in vars(options).items()}, **found}
        options.json.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
