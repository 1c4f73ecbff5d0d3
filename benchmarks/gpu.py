"""A GPU beside the processor: study A's broad stage, and 1,000 members of 100-256-256-1 on 10,000 rows.

python benchmarks/gpu.py [--members N] [--rows N] [--epochs N] [--json FILE]

Each is trained by paribus on the processor (all cores) and on the GPU (one process), from settings to
outcomes; the ratio, and how far their losses end apart. Without a GPU it says so and measures nothing.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch
from common import Broad, broad_stage, described, machine, rows, started_pool

from paribus.engines import ENGINES
from paribus.execute.device import arithmetic, gpu_memory
from paribus.execute.memory import population_memory
from paribus.execute.pool import Pool, available_workers
from paribus.population.outcome import FoldArrays, FoldName, Lineage, Outcome, Task
from paribus.study.configuration import Configuration
from paribus.study.spec import Network, Prepare, Train

Folds = Mapping[FoldName, FoldArrays]
Job = tuple[list[Lineage], Folds, Task]


def large(members: int, n_rows: int, epochs: int) -> Job:
    """Members of 100-256-256-1 that differ in their learning rate, on drawn rows; a tenth for validation."""
    random = np.random.default_rng(0)
    count = n_rows + n_rows // 10
    drawn = random.standard_normal((count, 100), dtype=np.float32)
    truth = (drawn[:, :10].sum(axis=1) + random.standard_normal(count) > 0).astype(np.int64)
    fold = FoldArrays(drawn[:n_rows], truth[:n_rows], drawn[n_rows:], truth[n_rows:])
    made = [
        Configuration(
            Prepare(),
            Network(hidden=(256, 256)),
            Train(learning_rate=1e-4 * (1 + place / members), batch_size=128, epochs=epochs),
        )
        for place in range(members)
    ]
    asked = [Lineage(each, (epochs,), 0, 1) for each in made]
    return asked, {asked[0].data: fold}, Task("binary", 1, ("accuracy", "roc_auc"), ("0", "1"))


def broad(stage: Broad) -> Job:
    """Study A's broad stage."""
    trainings = stage.trainings
    return trainings, {trainings[0].data: stage.fold}, stage.task


def on_cpu(asked: Job, pool: Pool) -> tuple[float, list[Outcome]]:
    """Seconds and outcomes on all cores."""
    return _timed(asked, pool, "cpu", population_memory(pool.workers))


def on_gpu(asked: Job, pool: Pool) -> tuple[float, list[Outcome]]:
    """Seconds and outcomes on the GPU, in this process."""
    return _timed(asked, pool, "cuda", gpu_memory())


def _timed(asked: Job, pool: Pool, device: str, memory: int) -> tuple[float, list[Outcome]]:
    members, folds, task = asked
    started = perf_counter()
    sizes = {name: fold.size for name, fold in folds.items()}
    workers = pool.workers if device == "cpu" else 1
    work = ENGINES["population"].populations(members, sizes, task, memory, device, workers)
    calls = [(population, folds, task, device) for population in work]
    batches = pool.run(_train, calls) if device == "cpu" else (_train(*call) for call in calls)
    found = [outcome for outcomes in batches for outcome in outcomes]
    return perf_counter() - started, found


def _train(members: Sequence[Lineage], folds: Folds, task: Task, device: str) -> list[Outcome]:
    return ENGINES["population"].train(members, folds, task, device)


def apart(one: Sequence[Outcome], other: Sequence[Outcome]) -> tuple[float, float]:
    """The median and the largest relative difference of the last validation loss that both ran to."""
    known = {(outcome.config_id, outcome.fold, outcome.seed): outcome for outcome in other}
    found = []
    for outcome in one:
        mine = outcome.curves["val_loss"]
        theirs = known[outcome.config_id, outcome.fold, outcome.seed].curves["val_loss"]
        last = min(len(mine), len(theirs)) - 1
        found.append(abs(mine[last] / theirs[last] - 1))
    return float(np.median(found)), float(np.max(found))


def compare(name: str, asked: Job, pool: Pool) -> dict[str, Any]:
    """Both devices, the GPU warm: a first small training there loads its libraries."""
    members, folds, task = asked
    _train(members[:2], folds, task, "cuda")
    (there, found), (here, expected) = on_gpu(asked, pool), on_cpu(asked, pool)
    median, largest = apart(found, expected)
    torch.cuda.empty_cache()
    return {"name": name, "cpu": here, "cuda": there, "median": median, "largest": largest}


def main() -> None:
    """Measure both jobs on both devices and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--epochs", type=int, default=2, help="of the large population")
    parser.add_argument("--workers", type=int, default=available_workers(), help="processes on the processor")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if not torch.cuda.is_available():
        print(f"PyTorch {torch.__version__} finds no GPU here: nothing is measured")
        return
    with broad_stage() as stage, started_pool(options.workers) as (pool, _):
        found = [
            compare("study A, broad stage", broad(stage), pool),
            compare(
                f"{options.members} of 100-256-256-1",
                large(options.members, options.rows, options.epochs),
                pool,
            ),
        ]
    print(described(), arithmetic("cuda"), sep="\n", end="\n\n")
    lines = [
        [
            each["name"],
            f"{each['cpu']:.2f}",
            f"{each['cuda']:.2f}",
            f"{each['cpu'] / each['cuda']:.1f}",
            f"{each['median']:.0e}",
            f"{each['largest']:.0e}",
        ]
        for each in found
    ]
    header = ["", "processor, s", "GPU, s", "ratio", "loss apart, median", "largest"]
    print(rows(header, lines))
    if options.json:
        told = {**machine(), "gpu": arithmetic("cuda"), "jobs": found}
        options.json.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
