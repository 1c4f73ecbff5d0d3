"""Whether the delivered file says what the training process says: every preparation, on raw tables.

    python benchmarks/deliver.py DATA [--table adult] [--rows 10000]

DATA holds `tables/adult.csv` and `tables/telco_churn.csv`. Preparations are fitted on 3,000 rows; up to
10,000 others are predicted for by both, with cells emptied and levels that no training row has. The
networks are as they start: what is compared is everything around them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from paribus.data.load import load
from paribus.data.parts import TrainingPart, take
from paribus.data.prepare.preparation import prepare_training
from paribus.data.sources.frame import read_frame
from paribus.data.table import Table
from paribus.deliver.columns import feeds
from paribus.deliver.describing import columns_of
from paribus.deliver.graph.whole import Member, build
from paribus.deliver.making import Trained
from paribus.deliver.recipe import recipe
from paribus.deliver.running import Session
from paribus.networks.initial import initial_weights
from paribus.population.outcome import Task
from paribus.stats.recalibration import Unchanged
from paribus.study.configuration import Configuration
from paribus.study.spec import Data, Network, Prepare, Study, Train

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.deliver.common import schema

TARGETS = {"adult": "Salary", "telco_churn": "Churn"}
FITTED = 3_000
SCALERS = ("none", "standard", "minmax", "maxabs", "robust", "power", "quantile")
ENCODERS = ("onehot", "ordinal", "target", "hashing:16")
IMPUTERS = ("mean", "median", "most_frequent", "constant", "iterative")
SELECTORS = ("none", "kbest:6", "pca:5")
"""With all others; each of the rest with every scaler."""
OTHERS = ("mutual_info:6", "variance:0.01", "l1", "rfe:6", "sfs:2", "sbs:12")


def raw(path: Path, rows: int, target: str) -> pd.DataFrame:
    """The raw table, the rows to predict for with emptied cells and unknown levels."""
    frame = pd.read_csv(path, skipinitialspace=True)
    frame = frame.sample(FITTED + rows, replace=len(frame) < FITTED + rows, random_state=0, ignore_index=True)
    random = np.random.default_rng(0)
    for name in frame.columns.drop(target):
        frame[name] = frame[name].mask(random.random(len(frame)) < 0.03)
        if frame[name].dtype == object or str(frame[name].dtype) in ("str", "string"):
            if frame[name].nunique() > 60:
                continue  # numbers among texts, and ids
            new = (random.random(len(frame)) < 0.01) & (np.arange(len(frame)) >= FITTED)
            frame[name] = frame[name].mask(new, "never seen")
    return frame


def settings() -> Iterator[Prepare]:
    """All preparations that are compared."""
    for scale, encode, impute, select in product(SCALERS, ENCODERS, IMPUTERS, SELECTORS):
        yield Prepare(scale=scale, encode=encode, impute=impute, select=select)
    for scale, select in product(SCALERS, OTHERS):
        encode = "ordinal" if select.startswith(("sfs", "sbs")) else "onehot"
        yield Prepare(scale=scale, select=select, encode=encode, missing_flag=True, rare=20)


def difference(table: Table, frame: pd.DataFrame, prepare: Prepare, study: Study) -> float:
    """The largest difference of a probability."""
    fitted_on = take(TrainingPart, table, np.arange(FITTED))
    asked = take(TrainingPart, table, np.arange(FITTED, table.n_rows))
    fitted, _ = prepare_training(prepare, fitted_on, 0)
    network = Network(hidden=(16, 8), activation="tanh")
    made = Trained(
        Configuration(prepare, network, Train()),
        fitted,
        initial_weights(network, fitted.n_features, 1, 0, 0),
        1,
    )
    described = schema(table, columns_of(fitted_on.features, study), FITTED)
    member = Member(recipe(fitted, fitted_on.features), made.configuration, made.weights)
    session = Session(build(described, [member], Unchanged()).SerializeToString(), described)
    told = session.run(feeds(read_frame(frame.iloc[FITTED:], "raw"), described))["probabilities"][:, 1]
    expected = made.predict(asked, Task("binary", 1, ("accuracy",)))
    return float(np.abs(told.astype(np.float64) - expected).max())


def main() -> None:
    """Print the table: per option the largest difference over all that it was combined with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--table", choices=sorted(TARGETS), action="append")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--every", type=int, default=1, help="only every n-th preparation")
    given = parser.parse_args()
    for name in given.table or sorted(TARGETS):
        frame = raw(given.data / "tables" / f"{name}.csv", given.rows, TARGETS[name])
        study = Study(name=name, data=Data(source="frame", target=TARGETS[name]))
        table = load(study.data, folder=Path(), frame=frame)
        worst: dict[tuple[str, str], float] = {}
        asked = list(settings())[:: given.every]
        for place, prepare in enumerate(asked):
            found = difference(table, frame, prepare, study)
            for key in ("scale", "encode", "impute", "select"):
                told = (key, str(getattr(prepare, key)))
                worst[told] = max(worst.get(told, 0.0), found)
            if found > 1e-5:
                print(f"  above 1e-5: {found:.2g} with {prepare!r}", flush=True)
            if place % 50 == 49:
                print(f"  {place + 1} of {len(asked)}", flush=True)
        print(f"\n{name}: {len(asked)} preparations, {table.n_rows - FITTED:,} rows\n")
        print("| setting | option | largest difference |\n|---|---|---|")
        for (key, option), found in worst.items():
            print(f"| {key} | {option} | {found:.1e} |")


if __name__ == "__main__":
    main()
