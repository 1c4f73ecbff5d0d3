"""Raw tables with only a target named: a small declared study beside HistGradientBoosting, in the same folds.

    python benchmarks/any_table.py --data-dir ../shared/data --json any_table.json

Three files as they come: text categories, `?` and blanks for missing values, an id column. paribus reads
and prepares them by itself, with one network for all three; scikit-learn's gradient boosting gets the same
training rows, its categories as categories, and its own defaults. Accuracy, and RMSE for the regression.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
from common import described, machine, rows
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

import paribus
from paribus.data.load import load
from paribus.data.split import Fold, split
from paribus.execute.pool import available_workers
from paribus.stats.held_out import mean_by_fold
from paribus.stats.paired_t import corrected_t
from paribus.store.record import Record
from paribus.study.fit import with_usual_settings
from paribus.study.spec import Study


@dataclass(frozen=True)
class Case:
    """A file, its target, and how it is judged; `unit`: what a score is divided by when it is printed."""

    name: str
    target: str
    metric: str
    unit: float = 1.0


CASES = (
    Case("adult", "Salary", "accuracy"),
    Case("telco_churn", "Churn", "accuracy"),
    Case("california_housing", "median_house_value", "rmse", 100_000.0),
)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data-dir", type=Path, required=True, help="the folder that has tables/")
    parser.add_argument("--tables", default=",".join(case.name for case in CASES))
    parser.add_argument("--folds", type=int, default=5, help="at least 3")
    parser.add_argument("--seeds", type=int, default=1, help="networks a fold")
    parser.add_argument("--workers", type=int, default=available_workers(), help="processes of one thread")
    parser.add_argument("--seed", type=int, default=42, help="of folds and networks")
    parser.add_argument("--json", type=Path, help="write everything that was measured to this file")
    options = parser.parse_args()
    if options.folds < 3:
        parser.error("--folds starts at 3: an interval needs them")
    return options


def declared(case: Case, options: argparse.Namespace) -> Study:
    """One network for all tables; nothing said of a table but its target."""
    return paribus.Study(
        name=case.name,
        seed=options.seed,
        data=paribus.Data(source=f"tables/{case.name}.csv", target=case.target),
        protocol=paribus.Protocol(
            test=0.0,
            validation=f"kfold:{options.folds}",
            stopping=0.1,
            seeds=options.seeds,
            metrics=(case.metric,),
        ),
        network=paribus.Network(hidden=(128, 64), dropout=0.1),
        train=paribus.Train(
            batch_size=128,
            epochs=60,
            learning_rate=1e-3,
            early_stopping=paribus.EarlyStopping(patience=8),
        ),
    )


def by_paribus(case: Case, study: Study, options: argparse.Namespace) -> NDArray[np.float64]:
    """The study's scores, the mean over seeds: (fold,)."""
    with TemporaryDirectory(prefix="paribus-benchmark-") as out:
        results = paribus.run(study, out, data_dir=options.data_dir, workers=options.workers)
        best = results.summary["best"]["config_id"]
        with Record.at(Path(out)) as record:
            return mean_by_fold(record, best, case.metric, range(options.folds))


def by_boosting(case: Case, study: Study, options: argparse.Namespace) -> NDArray[np.float64]:
    """The peer's scores on the same folds: (fold,). It is given the stopping rows as training rows."""
    table = load(study.data, folder=Path(), data_dir=options.data_dir)
    folds = split(table, with_usual_settings(study, table.task).protocol, study.seed).folds
    raw = pd.read_csv(
        options.data_dir / "tables" / f"{case.name}.csv", skipinitialspace=True, na_values=["?", " ", ""]
    )
    assert len(raw) == table.n_rows
    target = raw.pop(case.target)
    features = raw.drop(columns=[name for name in raw if name.lower().endswith("id")])
    text = features.select_dtypes(exclude="number").columns
    features = features.astype(dict.fromkeys(text, "category"))
    return np.array(list(_boosted(case, features, target, folds, options.seed)))


def _boosted(
    case: Case, features: pd.DataFrame, target: pd.Series[Any], folds: Sequence[Fold], seed: int
) -> Iterator[float]:
    kind = HistGradientBoostingRegressor if case.metric == "rmse" else HistGradientBoostingClassifier
    for fold in folds:
        stopping = fold.stopping.rows if fold.stopping else np.zeros(0, dtype=np.int64)
        training = np.concatenate([fold.training.rows, stopping])
        model = kind(categorical_features="from_dtype", random_state=seed)
        model.fit(features.iloc[training], target.iloc[training])
        truth, found = target.iloc[fold.validation.rows], model.predict(features.iloc[fold.validation.rows])
        if case.metric == "rmse":
            yield float(np.sqrt(np.mean((truth.to_numpy() - found) ** 2)))
        else:
            yield float(np.mean(truth.to_numpy() == found))


def line(case: Case, ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> list[str]:
    """Both means and their paired difference, each with the corrected interval over the folds."""
    ratio = 1 / (len(ours) - 1)
    cells = []
    for values, sign in ((ours, ""), (theirs, ""), (ours - theirs, "+")):
        found = corrected_t(values / case.unit, ratio).interval
        cells.append(f"{values.mean() / case.unit:{sign}.4f} ({found.low:.4f} to {found.high:.4f})")
    unit = f" / {case.unit:,.0f}" if case.unit != 1 else ""
    return [case.name, f"{case.metric}{unit}", *cells]


def main() -> None:
    """Measure, print, and write the JSON file."""
    options = arguments()
    lines, facts = [], {}
    for case in (case for case in CASES if case.name in options.tables.split(",")):
        study = declared(case, options)
        ours, theirs = by_paribus(case, study, options), by_boosting(case, study, options)
        lines.append(line(case, ours, theirs))
        facts[case.name] = {"paribus": list(ours), "boosting": list(theirs)}
    header = ["table", "score", "paribus, 128-64", "HistGradientBoosting", "difference"]
    print(f"{described()}\n\n{options.folds} folds, 95 % intervals\n{rows(header, lines)}")
    if options.json:
        told = {"machine": machine(), "options": vars(options), "by_fold": facts}
        options.json.write_text(json.dumps(told, indent=1, default=str) + "\n")


if __name__ == "__main__":
    main()
