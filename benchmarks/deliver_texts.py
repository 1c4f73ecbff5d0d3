"""Whether a delivered model of texts says what the training process says: every representation and reader.

    python benchmarks/deliver_texts.py DATA [--rows 10000]

DATA holds `imdb/imdb.parquet`. Representations are fitted on 2,000 reviews; up to 10,000 others are predicted
for by both, among them empty ones, signs alone, and words that no review has. The networks are as they start,
with all numbers moved: what is compared is everything around them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from paribus.data.load import load
from paribus.data.parts import TrainingPart, take
from paribus.data.prepare.preparation import prepare_training
from paribus.data.table import Table
from paribus.deliver.describing import columns_of, distinct_texts, texts_of
from paribus.deliver.graph.whole import Member, build
from paribus.deliver.making import Trained
from paribus.deliver.model import Model
from paribus.deliver.recipe import recipe
from paribus.deliver.texts import vocabulary
from paribus.networks.build import build as build_network
from paribus.population.outcome import Task
from paribus.stats.recalibration import Unchanged
from paribus.study.configuration import Configuration
from paribus.study.spec import Data, Network, Prepare, Study, Train

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.deliver.common import moved, schema

FITTED = 2_000
COUNTED = ("multi_hot:10000", "counts:10000", "tfidf:20000:1-2", "char_tfidf:20000:3-5", "hashing:2^18:1-2")
READERS = (
    Network(kind="embedding", hidden=(16,)),
    Network(kind="embedding", pool="max", hidden=(16,)),
    Network(kind="text_cnn", hidden=(16,)),
    Network(kind="gru", hidden=(16,)),
    Network(kind="lstm", hidden=(16,)),
)


def reviews(path: Path, rows: int) -> pd.DataFrame:
    """Reviews; among those that are predicted for, some that are odd."""
    frame = pd.read_parquet(path, columns=["text", "label"]).sample(FITTED + rows, random_state=0)
    frame = frame.reset_index(drop=True)
    odd = ["", None, "…!? --", "qwxzj vvkpq", "NAÏVE café <br /> l’été", "'''", "a" * 5_000, "\u200b\ufeff"]
    frame.loc[FITTED : FITTED + len(odd) - 1, "text"] = odd
    return frame


def difference(table: Table, frame: pd.DataFrame, asked: Configuration, data: Data) -> tuple[float, int]:
    """The largest difference of a probability, and the file's size in bytes."""
    part = take(TrainingPart, table, np.arange(FITTED))
    others = take(TrainingPart, table, np.arange(FITTED, table.n_rows))
    fitted, rows = prepare_training(asked.prepare, part, 0)
    built = build_network(asked, rows.features.shape[1:], 1, 0, 0)
    weights = moved(built.arrays(), 0.05, seed=0)
    made = Trained(asked, fitted, weights, 1)
    columns = columns_of(part.features, Study(name="texts", data=data))
    described = schema(table, columns, FITTED, texts=texts_of(columns, 1, asked.prepare))
    member = Member(recipe(fitted, part.features), asked, weights, described.texts[0])
    words = vocabulary(asked.prepare.represent, distinct_texts([made]))
    content = build(described, [member], Unchanged(), words).SerializeToString()
    told = Model(content, described, Path("texts.onnx")).predict_proba(frame.iloc[FITTED:])[:, 1]
    expected = made.predict(others, Task("binary", 1, ("accuracy",)))
    return float(np.abs(told - expected).max()), len(content)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", type=int, default=10_000)
    given = parser.parse_args()
    frame = reviews(given.data / "imdb" / "imdb.parquet", given.rows)
    data = Data(source="frame", text="text", target="label", positive=1)
    table = load(data, folder=Path(), frame=frame)
    print("| prepare.represent | network | largest difference | MB |")
    print("|---|---|---|---|")
    asked = [Configuration(Prepare(represent=each), Network(hidden=(16, 16)), Train()) for each in COUNTED]
    asked += [Configuration(Prepare(represent="tokens:256:10000"), each, Train()) for each in READERS]
    for each in asked:
        found, size = difference(table, frame, each, data)
        kind = f"{each.network.kind} {each.network.pool or ''}".strip()
        print(f"| {each.prepare.represent} | {kind} | {found:.1e} | {size / 1e6:.1f} |", flush=True)


if __name__ == "__main__":
    main()
