"""Where the chosen network draws its line, and how the line moved: for two number features and classes.

The record keeps no weights of epochs before the last, so that the chosen configuration is trained once more,
on one fold and seed, and read off on the way: a training is the same to the bit each time.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from paribus.data.features import Collected, Features
from paribus.data.parts import invented
from paribus.execute import worker
from paribus.execute.trainer import prepare
from paribus.networks.predict import predict
from paribus.population.outcome import Lineage
from paribus.steps.work import Work
from paribus.store.arrays import unpack, weights
from paribus.store.boundary import Boundary, boundary, put_boundary
from paribus.store.tables import compared_trials, configuration_of
from paribus.study.plan import trials

SIDE = 64
"""Places along each feature."""
STEPS = 8
"""Epochs that are read off, at most: each about as many times the one before."""
ROWS = 5_000_000
"""Rows of all epochs together, from which the training is not repeated: only its end is drawn."""
MARGIN = 0.05
"""Of a feature's span, beyond the rows at either side."""
CLASSES = 200
Weights = tuple[NDArray[np.float32], ...]


def draw_boundary(work: Work) -> None:
    """Keep the boundary of the chosen configuration in the record, where there is one to see."""
    columns = work.parts.folds[0].training.features.columns
    plane = len(columns) == 2 and all(column.kind == "numeric" for column in columns)
    if not plane or work.task.kind not in ("binary", "multiclass") or work.task.n_outputs > CLASSES:
        return
    board = work.rank(compared_trials(work.frame(), work.parts.compared))
    asked = configuration_of(work.record, board["config_id"].iloc[0])
    if boundary(work.record, asked.config_id) is not None:
        return
    done = work.record.finished()
    planned = [trial for trial in trials("", [asked], work.parts.compared, work.study) if trial.key in done]
    if planned:
        _, fold, seed = planned[0].key
        put_boundary(work.record, _drawn(work, Lineage(asked, (asked.train.epochs,), fold, seed)))


def _drawn(work: Work, last: Lineage) -> Boundary:
    """On the square around the fold's training rows."""
    prepare([last], work.shelf, work.pool, work.progress)
    part = work.parts.folds[last.fold].training
    low, high = _square(part.features)
    fitted = work.shelf.preparation(last.data)
    rows = fitted.apply(invented(part, _places(part.features, low, high)))
    networks = dict(_networks(work, last))
    called, sureness = [], []
    for network in networks.values():
        predicted = predict(last.configuration, network, rows, work.task.kind, work.task.n_outputs)
        p = np.stack([1 - predicted, predicted], axis=1) if predicted.ndim == 1 else predicted
        called.append(p.argmax(axis=1).reshape(SIDE, SIDE).astype(np.uint8))
        sureness.append(p.max(axis=1).reshape(SIDE, SIDE))
    first, second = (column.name for column in part.features.columns)
    return Boundary(
        config_id=last.configuration.config_id,
        fold=last.fold,
        seed=last.seed,
        features=(first, second),
        low=(low[0], low[1]),
        high=(high[0], high[1]),
        epochs=tuple(networks),
        called=np.stack(called),
        sureness=np.stack(sureness),
    )


def read_off(ran: int) -> tuple[int, ...]:
    """`STEPS` of a training's epochs, the last among them, or all where it has no more.

    Each about as many times the one before, and at least one more.
    """
    epochs: list[int] = []
    for each in np.geomspace(1, max(ran, 1), min(STEPS, max(ran, 1))).round().astype(int).tolist():
        epochs.append(max(each, epochs[-1] + 1) if epochs else each)
    return tuple(epochs)


def _square(features: Features) -> tuple[list[float], list[float]]:
    """The least and the largest of each feature, and a little beyond."""
    values = features.numbers()
    low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    beyond = MARGIN * np.where(high > low, high - low, 1.0)
    return (low - beyond).tolist(), (high + beyond).tolist()


def _places(features: Features, low: list[float], high: list[float]) -> Features:
    """Every place of the square, the first feature fastest."""
    first, second = np.meshgrid(*(np.linspace(low[n], high[n], SIDE) for n in range(2)))
    made = Collected(SIDE * SIDE, 2)
    for column, values in zip(features.columns, (first, second), strict=True):
        made.add(column, values.ravel())
    return made.made()


def _networks(work: Work, last: Lineage) -> Iterator[tuple[int, Weights]]:
    """(epochs, weights): what a training of so many epochs hands back; the last as the record has it."""
    config_id, fold, seed = key = last.keys[-1]
    query = "select epochs_run from outcomes where config_id = ? and fold = ? and seed = ?"
    (ran,) = work.record.connection.execute(query, (config_id, fold, seed)).fetchone()
    train = last.configuration.train
    epochs = read_off(ran)
    rows = ran * work.shelf.load(last.data).size.train
    needs_end = train.schedule is not None and train.schedule.needs_the_end
    if len(epochs) > 1 and rows <= ROWS and train.engine in ("population", "numpy") and not needs_end:
        earlier = Lineage(last.configuration.with_epochs(epochs[-2]), epochs[:-1], fold, seed)
        call = (work.shelf, train.engine, [earlier], work.task, "cpu")
        for outcomes in work.pool.run(worker.train, [call]):
            for count, outcome in zip(epochs, outcomes, strict=False):
                if outcome.status == "done":
                    yield count, outcome.weights
    yield ran, weights(unpack(work.record.arrays(key)))
