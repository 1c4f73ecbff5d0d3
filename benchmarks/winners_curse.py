"""What the best of 1,620 configurations is worth where there is nothing to learn: labels shuffled.

    python benchmarks/winners_curse.py
    python benchmarks/winners_curse.py --ways nested --shuffles 3 --markdown winners_curse.md
    python benchmarks/winners_curse.py --ways nested --levels 3      # 243 configurations

The broad grid of study A on its own rows, each shuffle of the labels a study of its own through
`paribus.run`. The truth is an area under the ROC curve of 0.5. Beside it: the best validation score as it
stands (naive), the same with the choice paid for (bootstrap bias-corrected), the sealed part opened once
for the chosen configuration and, where asked for, nested validation (3 × 2 folds, six times the work).

Each way stops trainings early by other rows: `validation` as study A does, by the rows that judge, which
the correction can't see; `training` and `nested` by rows of the training part (`protocol.stopping`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from common import STAGE, STUDY
from sklearn.datasets import load_breast_cancer

from paribus import Study, run
from paribus.execute.pool import available_workers
from paribus.study.toml import read_study

TRUTH, METRIC = 0.5, "roc_auc"
WAYS: dict[str, dict[str, Any]] = {
    "validation": {},
    "training": {"stopping": 0.15},
    "nested": {"stopping": 0.15, "validation": "nested:3x2"},
}


def shuffled(seed: int) -> pd.DataFrame:
    """The rows of study A, their labels in an order that has nothing to do with them."""
    loaded = load_breast_cancer(as_frame=True)
    rows: pd.DataFrame = loaded.data
    labels = np.where(loaded.target == 0, "malignant", "benign")
    return rows.assign(diagnosis=np.random.default_rng(seed).permutation(labels))


def broad(seed: int, levels: int | None = None, **protocol: Any) -> Study:
    """Study A's broad grid alone, judged by the area under the ROC curve; of each factor at most so many
    `levels`, evenly through them.
    """
    asked = read_study(STUDY)
    (stage,) = (stage for stage in asked.stage if stage.name == STAGE)
    fewer = {path: thinned(tuple(listed), levels) for path, listed in stage.factors.items()}
    return Study(
        name="labels shuffled",
        seed=seed,
        data={"source": "frame", "target": "diagnosis", "positive": "malignant"},
        protocol={"test": 0.15, "validation": "holdout:0.15", "metrics": [METRIC, "accuracy"], **protocol},
        prepare=asked.prepare,
        network=asked.network,
        train=asked.train,
        stage=[stage.model_copy(update={"factors": fewer})],
    )


def thinned(listed: tuple[Any, ...], levels: int | None) -> tuple[Any, ...]:
    """At most so many of a factor's levels, the first and the last among them."""
    if levels is None or len(listed) <= levels:
        return listed
    return tuple(listed[place] for place in np.linspace(0, len(listed) - 1, levels).astype(int))


def judged(seed: int, workers: int, levels: int | None, **protocol: Any) -> dict[str, Any]:
    """The summary of one shuffle's study."""
    with TemporaryDirectory(prefix="paribus-shuffled-") as folder:
        study = broad(seed, levels, **protocol)
        return run(study, Path(folder), frame=shuffled(seed), workers=workers).summary


def figures(summary: dict[str, Any]) -> dict[str, float]:
    """The estimates of one study, by what they are called."""
    cost, best = summary["optimism"], summary["best"]
    found = {"naive": cost["naive"], "corrected": cost["corrected"]}
    found["sealed test"] = best[f"test_{METRIC}"]
    low, high = best[f"test_{METRIC}_interval"]
    if summary["nested"]:
        found["nested"] = summary["nested"][METRIC]
    found["sealed test, share of intervals that hold 0.5"] = float(low <= TRUTH <= high)
    return found


def table(told: str, found: list[dict[str, float]]) -> Iterator[str]:
    """The Markdown rows of one way to run it: mean over shuffles, its interval, the least and the most."""
    frame = pd.DataFrame(found)
    for name, values in frame.items():
        n = len(values)
        half = 1.96 * float(values.std(ddof=1)) / np.sqrt(n) if n > 1 else np.nan
        mean = float(values.mean())
        holds = "" if "share" in str(name) else "yes" if abs(mean - TRUTH) <= half else "no"
        yield (
            f"| {told} | {name} | {mean:.3f} | {mean - half:.3f} to {mean + half:.3f} |"
            f" {values.min():.3f} to {values.max():.3f} | {holds} |"
        )


def main() -> None:
    """Run the shuffles and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--shuffles", type=int, default=10)
    parser.add_argument("--ways", default="validation,training", help=f"of {','.join(WAYS)}")
    parser.add_argument("--levels", type=int, help="of each factor at most; all where it isn't given")
    parser.add_argument("--workers", type=int, default=available_workers())
    parser.add_argument("--markdown", type=Path)
    asked = parser.parse_args()
    factors = broad(0, asked.levels).stage[0].factors
    n_configurations = prod(len(tuple(listed)) for listed in factors.values())
    told = f"{n_configurations:,} configurations, {asked.shuffles} shuffles of the labels"
    lines = [
        f"{told}; the truth is an area of 0.5",
        "",
        "| stopped by | estimate of the chosen one | mean | 95 % of the mean | least to most | covers 0.5 |",
        "|---|---|---|---|---|---|",
    ]
    for way in asked.ways.split(","):
        found = []
        for seed in range(asked.shuffles):
            found.append(figures(judged(seed, asked.workers, asked.levels, **WAYS[way])))
            print(way, seed, found[-1], file=sys.stderr, flush=True)
        lines += table(way, found)
    text = "\n".join(lines)
    print(text)
    if asked.markdown:
        asked.markdown.write_text(text + "\n")


if __name__ == "__main__":
    main()
