"""The broad grid of the breast-cancer study, 1,620 configurations: paribus and its peers side by side.

    python benchmarks/broad_grid.py --json broad_grid.json

What is compared, and what is fair and unfair in it: README.md beside this file.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

from common import Broad, broad_stage, described, started_pool, train_all
from joblib import Parallel, delayed, parallel_config
from peers import FAMILIES, Fit, Peer
from scaling import agreement, as_fits, draw, levels_of, scaled
from tables import Ours, Row, agreement_table, as_json, notes, speed_table

from paribus.execute.pool import available_workers
from paribus.population.outcome import Outcome

ANOTHER_SEED = 1_000_003


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sample", type=int, help="fits of each peer, at least 3 (default: 120; keras 12)")
    parser.add_argument("--peers", default=",".join(FAMILIES), help=f"of {','.join(FAMILIES)}; '' for none")
    parser.add_argument("--workers", type=int, default=available_workers(), help="processes of one thread")
    parser.add_argument("--repeat", type=int, default=3, help="runs of paribus before and after the peers")
    parser.add_argument("--seed", type=int, default=0, help="of the samples and the peers' networks")
    parser.add_argument("--json", type=Path, help="write everything that was measured to this file")
    options = parser.parse_args()
    options.peers = [name for name in options.peers.split(",") if name]
    if unknown := set(options.peers) - set(FAMILIES):
        parser.error(f"no peer '{unknown.pop()}' (there are {', '.join(FAMILIES)})")
    if min(options.workers, options.repeat) < 1 or (options.sample is not None and options.sample < 3):
        parser.error("--workers and --repeat start at 1, --sample at 3: one fit of each number of epochs")
    return options


def measure_paribus(stage: Broad, workers: int, repeat: int) -> Ours:
    """Train the whole stage `repeat` times on workers that were started for it."""
    with started_pool(workers) as (pool, start_up):
        runs = [train_all(stage, pool) for _ in range(repeat)]
    return Ours([start_up], [seconds for seconds, _ in runs], runs[-1][1])


def measure_peer(
    peer: Peer, stage: Broad, n: int, ours: Mapping[str, Outcome], options: argparse.Namespace
) -> list[Row]:
    """Train a sample with the peer. One that runs alone gets a second line: perfect scaling."""
    sample = draw(filter(peer.can, stage.compared), n, options.seed)
    started = perf_counter()
    with parallel_config(backend="loky", inner_max_num_threads=1):
        parallel = Parallel(n_jobs=1 if peer.alone else options.workers, batch_size=1)
        fits: list[Fit] = parallel(delayed(peer.fit)(each, stage.fold, options.seed) for each in sample)
    wall = perf_counter() - started
    found = agreement(fits, ours, stage.fold.val_y)

    def row(name: str, processes: int) -> Row:
        total = scaled(fits, levels_of(stage.compared), processes, options.seed)
        return Row(name, processes, total, found, wall, fits)

    if not peer.alone:
        return [row(peer.name, options.workers)]
    return [row(f"{peer.name}, one after another", 1), row(f"{peer.name}, one a core", options.workers)]


def measure_peers(stage: Broad, ours: Mapping[str, Outcome], options: argparse.Namespace) -> list[Row]:
    """Every peer that was asked for and is installed."""
    found = []
    for name in options.peers:
        family = FAMILIES[name]
        if family.missing:
            print(f"{name} is skipped, it isn't installed: {family.missing}")
            continue
        for peer in family.peers():
            found += measure_peer(peer, stage, options.sample or family.sample, ours, options)
    return found


def yardstick(stage: Broad, ours: Mapping[str, Outcome], options: argparse.Namespace) -> Row:
    """paribus from another seed as if it were a peer: how far chance alone moves the metrics."""
    sample = draw(stage.compared, options.sample or FAMILIES["torch"].sample, options.seed)
    with started_pool(options.workers) as (pool, _):
        wall, another = train_all(stage.among((c.config_id for c in sample), ANOTHER_SEED), pool)
    fits = as_fits(another, sample)
    found = agreement(fits, ours, stage.fold.val_y)
    total = scaled(fits, levels_of(sample), options.workers, options.seed)
    return Row("paribus from another seed", options.workers, total, found, wall, fits)


def main() -> None:
    """Measure, print, and write the JSON file."""
    options = arguments()
    with broad_stage() as stage:
        before = measure_paribus(stage, options.workers, options.repeat)
        peers = measure_peers(stage, before.outcomes, options)
        ours = before.and_again(measure_paribus(stage, options.workers, options.repeat))
        chance = yardstick(stage, ours.outcomes, options)
    n, trainings = len(stage.compared), len(stage.trainings)
    print(f"{described()}\n\n{speed_table(peers, ours, n, trainings)}\n\n{notes(ours, n, trainings)}\n")
    print(agreement_table([chance, *peers]))
    if options.json:
        facts = as_json(peers, chance, ours, vars(options))
        options.json.write_text(json.dumps(facts, indent=1, default=str) + "\n")


if __name__ == "__main__":
    main()
