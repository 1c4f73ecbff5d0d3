"""All statistics of a record of very many trials: the time of each part, and the memory of all.

    python benchmarks/many_trials.py
    python benchmarks/many_trials.py --trials 20000 --design random --record /tmp/many

The record is made first, and its time isn't counted: a study of so many configurations on breast_cancer's
85 validation rows, whose outcomes are drawn and not trained. A network is the better, the nearer its learning
rate and width are to the best; what it predicts, its curves and its weights have the size and type of those
that are trained. Everything else is paribus' own: the plan, the record, what reads it.

Then two fresh processes read it: one for the time of each part, one for all facts together and the most
memory (resident set, the largest it ever was, what was imported included).
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from inspect import isfunction
from math import ceil, log10
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import numpy as np
from common import described, rows

from paribus import Study
from paribus.data.split import Split
from paribus.population.metrics import scores
from paribus.population.outcome import Outcome
from paribus.report import facts
from paribus.seeds import stream
from paribus.stats.learning_curves import measured
from paribus.steps.reading import read
from paribus.store.folder import claim
from paribus.store.profile import describe
from paribus.store.record import Record
from paribus.store.recorded import read_record
from paribus.study.configuration import Configuration
from paribus.study.plan import configurations, stages, trials

METRICS = ("recall", "roc_auc", "f1", "precision", "accuracy")
TOGETHER = 500
"""Outcomes of one transaction, as of one population."""
EPOCHS = 20
FEATURES = 30


def asked(n: int, design: str) -> Study:
    """A study of `n` configurations: a grid of three, two and one large factors, or drawn from ranges."""
    factors: dict[str, Any]
    if design == "grid":
        side = ceil(n ** (1 / 3))
        rates = sorted({float(f"{rate:.4g}") for rate in np.geomspace(1e-4, 1e-1, side)})
        factors = {
            "network.hidden": [[4 + width] for width in range(side)],
            "train.learning_rate": rates,
            "train.batch_size": list(range(8, 8 + max(1, n // side // len(rates)))),
        }
        stage = {"name": "many", "design": "grid", "factors": factors}
    else:
        factors = {
            "network.units": {"low": 2, "high": 64},
            "network.dropout": {"low": 0.0, "high": 0.5},
            "train.learning_rate": {"low": 1e-4, "high": 1e-1, "log": True},
            "train.batch_size": {"low": 8, "high": 128},
        }
        stage = {"name": "many", "design": design, "factors": factors, "configurations": n}
    return Study(
        name="many trials",
        data={"source": "builtin:breast_cancer", "target": "diagnosis", "positive": "malignant"},
        protocol={"test": 0.15, "validation": "holdout:0.15", "metrics": METRICS},
        network={"hidden": [16]},
        train={"epochs": EPOCHS},
        stage=[stage],
    )


def make(folder: Path, n: int, design: str) -> None:
    """The record of `n` trials, planned and put down by paribus itself."""
    started = perf_counter()
    study, table, parts, _ = read(asked(n, design))
    stage, base = stages(study)[0], Configuration.base(study)
    compared = configurations(stage, [base], base)
    print(f"planned {len(compared):,} configurations in {perf_counter() - started:.0f} s", file=sys.stderr)
    with claim(folder, study, table.fingerprint) as record:
        session = record.begin_session(1, "benchmarks/many_trials.py")
        describe(record, table, parts)
        record.plan(trials(stage.name, compared, parts.compared, study))
        for start in range(0, len(compared), TOGETHER):
            made = list(_drawn(compared[start : start + TOGETHER], start, parts, study.seed))
            record.put_outcomes(made, measured(made))
        best = record.connection.execute("select config_id from outcomes limit 1").fetchone()[0]
        record.end_stage(0, stage.name, [best])
        record.end_session(session, perf_counter() - started)
    print(f"made the record in {perf_counter() - started:.0f} s", file=sys.stderr)


def _drawn(some: tuple[Configuration, ...], start: int, parts: Split, seed: int) -> Iterator[Outcome]:
    """Outcomes of the kind that a trained population leaves."""
    random, part = stream(seed, "many trials", start), parts.folds[parts.compared[0]].validation
    rates = np.array([log10(each.train.learning_rate) for each in some])
    widths = np.array([each.network.hidden[0] for each in some])
    skill = 3 - (rates + 2.5) ** 2 + np.log2(widths) / 4 + random.normal(0, 0.4, len(some))
    shared = stream(seed, "rows that are hard").normal(0, 2, len(part.target))
    logits = skill[:, None] * (2 * part.target - 1) + shared + random.normal(0, 1, (len(some), len(shared)))
    predictions = (1 / (1 + np.exp(-logits))).astype(np.float32)
    judged = scores("binary", METRICS, part.target, predictions)
    falling = np.exp(-np.arange(EPOCHS) / 5) + 0.1 * random.random((len(some), 2, EPOCHS))
    for place, each in enumerate(some):
        width = int(widths[place])
        val = {metric: float(judged[metric][place]) for metric in METRICS}
        curves = {f"val_{metric}": value * (1 - falling[place, 0]) for metric, value in val.items()}
        network = tuple(
            random.normal(0, 0.3, shape).astype(np.float32)
            for shape in ((FEATURES + 1, width), (width + 1, 1))
        )
        yield Outcome(
            *(each.config_id, 0, seed, "done", sum(map(np.size, network)), EPOCHS, EPOCHS - 3, 0.01),
            train=val,
            val=val,
            curves={"loss": falling[place, 0], "val_loss": falling[place, 1], **curves},
            predictions=predictions[place],
            weights=network,
        )


def timed(folder: Path) -> dict[str, Any]:
    """Seconds and processor seconds of opening the record, reading its study, and each part of the facts."""
    found: dict[str, list[float]] = {}

    def clocked(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def told(*arguments: Any, **named: Any) -> Any:
            started = perf_counter(), process_time()
            try:
                return work(*arguments, **named)
            finally:
                spent = found.setdefault(name, [0.0, 0.0])
                spent[0] += perf_counter() - started[0]
                spent[1] += process_time() - started[1]

        return told

    gather = sys.modules[facts.gather.__module__]
    for name, work in list(vars(gather).items()):
        if isfunction(work) and work.__module__.startswith("paribus") and name != "gather":
            setattr(gather, name, clocked(name.strip("_"), work))
    with clocked("open", Record.at)(folder) as record:
        facts.gather(record, clocked("study", read_record)(record))
    return found


def whole(folder: Path) -> dict[str, Any]:
    """Seconds from opening to the facts, and the largest resident set in MB: before, and at the end."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = perf_counter(), process_time()
    with Record.at(folder) as record:
        facts.gather(record, read_record(record))
    spent = [perf_counter() - started[0], process_time() - started[1]]
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"spent": spent, "after imports": before, "at most": after}


def child(what: str, told: argparse.Namespace, folder: Path) -> Any:
    """`make`, `timed` or `whole` in a process of its own, which begins with no memory of another's."""
    command = [sys.executable, __file__, "--child", what, "--record", str(folder)]
    command += ["--trials", str(told.trials), "--design", told.design]
    written = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(written.splitlines()[-1])


def report(told: argparse.Namespace, folder: Path) -> str:
    """Both tables."""
    parts, total = child("timed", told, folder), child("whole", told, folder)
    with Record.at(folder) as record:
        (n,) = record.connection.execute("select count(*) from trials").fetchone()
    size = (folder / "paribus.db").stat().st_size / 2**20
    slowest = sorted(parts.items(), key=lambda each: -each[1][1])
    lines = [[name, *(f"{value:.2f}" for value in spent)] for name, spent in slowest if spent[1] >= 0.005]
    lines.append(["from opening to all facts", *(f"{value:.2f}" for value in total["spent"])])
    memory = [[name, f"{total[name]:,.0f}"] for name in ("after imports", "at most")]
    return "\n\n".join(
        [
            f"{n:,} trials, a record of {size:,.0f} MB",
            rows(["part", "seconds", "processor seconds"], lines),
            rows(["memory", "MB"], memory),
            described(),
        ]
    )


def main() -> None:
    """Make the record, unless it is there, and print what reading it takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--trials", type=int, default=100_000)
    parser.add_argument("--design", choices=("grid", "random", "sobol", "latin"), default="grid")
    parser.add_argument("--record", type=Path, help="a folder: used if it has a record, made and kept if not")
    parser.add_argument("--child", choices=("make", "timed", "whole"), help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.child:
        work = {"make": lambda folder: make(folder, told.trials, told.design), "timed": timed, "whole": whole}
        print(json.dumps(work[told.child](told.record)))
        return
    with TemporaryDirectory(prefix="paribus-many-") as scratch:
        folder = told.record or Path(scratch)
        if not (folder / "paribus.db").is_file():
            child("make", told, folder)
        print(report(told, folder))


if __name__ == "__main__":
    main()
