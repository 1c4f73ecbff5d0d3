"""How a population's size pays: the time of a member's epoch by the number of members.

python benchmarks/members.py
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Iterator
from dataclasses import replace
from unittest.mock import patch

from common import Broad, broad_stage, described, rows, train_all

from paribus.execute.pool import Pool
from paribus.population import grouping
from paribus.study.configuration import Configuration
from paribus.study.plan import Trial

EPOCHS = 5
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
NETWORKS = ((16,), (32, 16, 8), (64, 32, 16, 8))


def population(stage: Broad, hidden: tuple[int, ...], size: int) -> Broad:
    """`size` trainings of one network that differ in their learning rate, none of which stops early."""
    return replace(stage, trials=tuple(_trials(stage, hidden, size)))


def _trials(stage: Broad, hidden: tuple[int, ...], size: int) -> Iterator[Trial]:
    base = stage.compared[0]
    for place in range(size):
        rule = {"learning_rate": 1e-3 * (1 + place / size), "epochs": EPOCHS, "early_stopping": None}
        network = base.network.model_copy(update={"hidden": hidden})
        trained = Configuration(base.prepare, network, base.train.model_copy(update=rule))
        yield replace(stage.trials[0], configuration=trained)


def microseconds(stage: Broad, hidden: tuple[int, ...], size: int, repeat: int) -> float:
    """Of one member's epoch, in this process on one thread: the median run."""
    asked = population(stage, hidden, size)
    with patch.object(grouping, "SEGMENT", size), patch.object(grouping, "POPULATION", size), Pool(1) as pool:
        train_all(asked, pool)
        seconds = statistics.median(train_all(asked, pool)[0] for _ in range(repeat))
    return seconds / size / EPOCHS * 1e6


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5, help="runs of each; the median counts")
    repeat = max(1, parser.parse_args().repeat)
    with broad_stage() as stage:
        lines = [
            [str(size), *(f"{microseconds(stage, hidden, size, repeat):.0f}" for hidden in NETWORKS)]
            for size in SIZES
        ]
        batch = stage.compared[0].train.batch_size
    print(described(), end="\n\n")
    print(f"microseconds of one member's epoch, batches of {batch}, no dropout")
    print(rows(["members", *(str(list(hidden)) for hidden in NETWORKS)], lines))


if __name__ == "__main__":
    main()
