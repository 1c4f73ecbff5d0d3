"""The floor of the broad grid: the arithmetic and the memory that nobody can do without.

    python benchmarks/floor.py
    python benchmarks/floor.py --profile

What is counted and what is not: README.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import statistics
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import torch
from common import Broad, broad_stage, described, machine, rows, started_pool, train_all
from rates import Rates, measure, together
from torch.profiler import ProfilerActivity, profile
from work import Work, count, members

from paribus.execute.pool import Pool, available_workers

PROFILED = ((32, 16, 8), 32)
"""The hidden layers and the batch size of the population that is profiled."""


@dataclass(frozen=True)
class Floors:
    """Seconds on all cores: each a bound for another idea of what can't be avoided."""

    arithmetic: float
    cache: float
    memory: float
    batched: float

    @property
    def floor(self) -> float:
        """Arithmetic at the large product's rate and traffic at the cache's, side by side."""
        return max(self.arithmetic, self.cache)


def floors(work: Work, rates: Rates, size: int, workers: int) -> Floors:
    """The bounds for populations of `size`. `rates` are those of all `workers` together."""
    calls = sum(rates.batched[product] * times for product, times in work.products.items())
    return Floors(
        arithmetic=work.operations / rates.product,
        cache=work.bytes / rates.near,
        memory=work.bytes / rates.far,
        batched=calls / size / workers,
    )


def summary(work: Work, rates: Rates) -> str:
    """What was counted, and how fast the machine is."""
    return (
        f"{work.epochs:,} epochs of distinct trainings: {work.operations / 1e9:,.1f} GFLOP in products,\n"
        f"{work.state_bytes / 1e9:,.1f} GB of parameters and their state,"
        f" {work.activation_bytes / 1e9:,.1f} GB of activations\n"
        f"all cores: {rates.product / 1e9:,.1f} GFLOP/s, cache {rates.near / 1e9:,.1f} GB/s,"
        f" memory {rates.far / 1e9:,.1f} GB/s"
    )


def floor_table(found: Floors, measured: float, size: int) -> str:
    """The floor, the measured time, and how far apart they are."""
    steps = [
        ("products at the large product's rate", found.arithmetic),
        ("bytes at the cache's bandwidth", found.cache),
        ("the floor: the larger of the two", found.floor),
        ("bytes at main memory's bandwidth", found.memory),
        (f"products as torch.bmm does them for {size}", found.batched),
        ("measured: paribus, trials to outcomes", measured),
    ]
    lines = [[name, f"{seconds:.3f}", f"{measured / seconds:.1f}"] for name, seconds in steps]
    return rows(["on all cores", "seconds", "measured ÷ this"], lines)


def product_table(work: Work, rates: Rates, size: int, shown: int = 12) -> str:
    """The batched products that cost most, and the speed at which the library does them."""
    cost = {product: rates.batched[product] * times for product, times in work.products.items()}
    total = sum(cost.values())
    lines = [
        [
            f"({size}, {product.rows}, {product.inner}) · ({size}, {product.inner}, {product.columns})",
            f"{rates.batched[product] * 1e6:.1f}",
            f"{size * product.operations / rates.batched[product] / 1e9:.2f}",
            f"{cost[product] / total:.1%}",
        ]
        for product in sorted(cost, key=lambda product: -cost[product])[:shown]
    ]
    return rows(["torch.bmm on one core", "µs", "GFLOP/s", "of all products' time"], lines)


def operator_table(stage: Broad) -> str:
    """Where the time of one population goes, by PyTorch's operators, in this process."""
    chosen = [c.config_id for c in stage.compared if (c.network.hidden, c.train.batch_size) == PROFILED]
    population, activities = stage.among(chosen), [ProfilerActivity.CPU]
    with Pool(1) as pool:
        train_all(population, pool)
        plain, _ = train_all(population, pool)
        with profile(activities=activities):
            torch.ones(1)
        with profile(activities=activities) as profiled:
            started = perf_counter()
            train_all(population, pool)
            watched = perf_counter() - started
    averages = profiled.key_averages()
    inside = sum(event.self_cpu_time_total for event in averages) / 1e6
    table = averages.table(sort_by="self_cpu_time_total", row_limit=25, max_name_column_width=40)
    return (
        f"{len(population.trainings)} trainings, hidden {PROFILED[0]}, batch {PROFILED[1]}: {plain:.3f} s;"
        f" under the profiler {watched:.3f} s, of which {inside:.3f} s in operators\n{table}"
    )


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--workers", type=int, default=available_workers(), help="processes of one thread")
    parser.add_argument("--repeat", type=int, default=3, help="runs of paribus; the median counts")
    parser.add_argument("--members", type=int, help="networks in a batched product (default: the stage's)")
    parser.add_argument("--profile", action="store_true", help="print the operators of one population")
    parser.add_argument("--json", type=Path, help="write everything that was measured to this file")
    return parser.parse_args()


def main() -> None:
    """Measure, print, and write the JSON file."""
    options = arguments()
    with broad_stage() as stage:
        print(described(), end="\n\n")
        if options.profile:
            print(operator_table(stage))
            return
        size = options.members or members(stage)
        with started_pool(options.workers) as (pool, _):
            runs = [train_all(stage, pool) for _ in range(options.repeat)]
            work = count(stage, runs[-1][1])
            rates = together(list(pool.run(measure, [(sorted(work.products), size)] * options.workers)))
    measured = statistics.median(seconds for seconds, _ in runs)
    found = floors(work, rates, size, options.workers)
    print(summary(work, rates), floor_table(found, measured, size), sep="\n\n", end="\n\n")
    print(product_table(work, rates, size))
    if options.json:
        facts = {"machine": machine(), "measured": measured, "floor": found.floor, **vars(found)}
        facts |= {"operations": work.operations, "bytes": work.bytes, "epochs": work.epochs, "members": size}
        facts |= {"product_rate": rates.product, "near_rate": rates.near, "far_rate": rates.far}
        options.json.write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
