"""Leave-one-out on 72 patients, 7,129 probes, a 7,129-64-32-1 network of 100 epochs: paribus and Keras.

    python benchmarks/leukemia.py --data-dir ../shared/data --json leukemia.json

paribus runs its whole protocol: read, split, prepare, train, score, report. Keras scales, builds, fits and
predicts a sample of the folds, scaled to all. What is fair and unfair in it: README.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
from common import described, machine, rows
from peers import FAMILIES, Fit
from scaling import Scaled, scaled
from sklearn.preprocessing import StandardScaler

import paribus
from paribus.data.load import load
from paribus.data.split import split
from paribus.execute.pool import available_workers
from paribus.study.configuration import Configuration
from paribus.study.spec import Study
from paribus.study.toml import read_study

STUDY = Path(__file__).resolve().parents[1] / "studies" / "leukemia.toml"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data-dir", type=Path, required=True, help="the folder that has leukemia/")
    parser.add_argument("--sample", type=int, default=8, help="folds that Keras trains, at least 2")
    parser.add_argument("--validation", default="loocv", help="loocv, or kfold:10 for a shorter look")
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--workers", type=int, default=available_workers(), help="processes of one thread")
    parser.add_argument("--repeat", type=int, default=3, help="runs of paribus")
    parser.add_argument("--seed", type=int, default=0, help="of the sample and of Keras' networks")
    parser.add_argument("--json", type=Path, help="write everything that was measured to this file")
    options = parser.parse_args()
    if min(options.workers, options.repeat) < 1 or options.sample < 2:
        parser.error("--workers and --repeat start at 1, --sample at 2")
    return options


def whole(options: argparse.Namespace) -> Study:
    """The study's base configuration on all 72 rows, none sealed."""
    asked = read_study(STUDY)
    data = asked.data.model_copy(update={"split": None, "drop": ("patient",)})
    protocol = asked.protocol.model_copy(update={"test": 0.0, "validation": options.validation})
    train = asked.train.model_copy(update={"epochs": options.epochs})
    return asked.model_copy(update={"data": data, "protocol": protocol, "train": train, "stage": ()})


def measure_paribus(study: Study, options: argparse.Namespace) -> dict[str, Any]:
    """The whole protocol, from the file to the report, `repeat` times; each starts its own workers."""
    seconds = []
    for _ in range(options.repeat):
        with TemporaryDirectory(prefix="paribus-benchmark-") as out:
            started = perf_counter()
            results = paribus.run(study, out, data_dir=options.data_dir, workers=options.workers)
            seconds.append(perf_counter() - started)
            trained = float(results.frame()["train_seconds"].sum()) / options.workers
            best = results.summary["best"]
    scores = {name: best[f"val_{name}"] for name in study.protocol.metrics}
    bounds = {f"{name}_interval": best[f"val_{name}_interval"] for name in study.protocol.metrics}
    return {"seconds": seconds, "median": statistics.median(seconds), "training": trained, **scores, **bounds}


def measure_keras(study: Study, options: argparse.Namespace) -> tuple[int, list[Fit], float]:
    """The number of folds, the sampled fits, and the share of their held-out rows that they call rightly."""
    from peers.tensorflow_keras import fit_plain  # noqa: PLC0415 - imported where it is installed

    table = load(study.data, folder=Path(), data_dir=options.data_dir)
    features, target = table.features.numbers().astype(np.float32), table.target
    folds = split(table, study.protocol, study.seed).folds
    made, fits, right = Configuration.base(study), [], []
    for place in np.random.default_rng(options.seed).permutation(len(folds))[: options.sample]:
        training, held_out = folds[place].training.rows, folds[place].validation.rows
        started = perf_counter()
        scaler = StandardScaler().fit(features[training])
        scaled_rows = scaler.transform(features[training])
        scaling = perf_counter() - started
        found = fit_plain(
            made, scaled_rows, target[training], scaler.transform(features[held_out]), options.seed
        )
        fits.append(
            Fit(
                made.config_id,
                made.train.epochs,
                scaling + found.seconds,
                found.epochs_run,
                found.predictions,
            )
        )
        right += list((found.predictions > 0.5) == target[held_out])
    return len(folds), fits, float(np.mean(right))


def printed(ours: dict[str, Any], peers: Sequence[tuple[str, Scaled]], folds: int) -> str:
    """Seconds for all folds, and the ratios."""
    header = [
        f"wall seconds for {folds} folds",
        "total",
        "95 % interval",
        "÷ paribus",
        "sampled",
        "median fit",
    ]
    spread = f"{min(ours['seconds']):.1f} to {max(ours['seconds']):.1f} (range)"
    lines = [["paribus, file to report", f"{ours['median']:.1f}", spread, "1", "all", ""]]
    for name, found in peers:
        low, high = found.interval or (np.nan, np.nan)
        ratio = f"{found.total / ours['median']:.1f}"
        cells = [f"{found.total:.0f}", f"{low:.0f} to {high:.0f}", ratio, str(found.sampled)]
        lines.append([name, *cells, f"{found.fit_quartiles[1]:.2f}"])
    return rows(header, lines)


def main() -> None:
    """Measure, print, and write the JSON file."""
    options = arguments()
    study = whole(options)
    ours = measure_paribus(study, options)
    peers: list[tuple[str, Scaled]] = []
    folds, right = 0, float("nan")
    if missing := FAMILIES["keras"].missing:
        print(f"keras is skipped, it isn't installed: {missing}")
    else:
        folds, fits, right = measure_keras(study, options)
        for name, processes in (("one after another", 1), ("one a core", options.workers)):
            total = scaled(fits, {options.epochs: folds}, processes, options.seed)
            peers.append((f"Keras on TensorFlow, {name}", total))
    print(f"{described()}\n\n{printed(ours, peers, folds)}\n")
    for metric in study.protocol.metrics:
        low, high = ours[f"{metric}_interval"]
        print(f"paribus, {study.protocol.validation}: {metric} {ours[metric]:.3f} ({low:.3f} to {high:.3f})")
    print(
        f"Keras, its sampled folds: accuracy {right:.3f}; paribus' training alone: {ours['training']:.1f} s"
    )
    if options.json:
        found = {name: asdict(total) for name, total in peers}
        facts = {"machine": machine(), "paribus": ours, "keras": found, "options": vars(options)}
        options.json.write_text(json.dumps(facts, indent=1, default=str) + "\n")


if __name__ == "__main__":
    main()
