"""Study B, 20 networks on IMDB's reviews: paribus from texts to report, Keras' fits on dense rows.

    python benchmarks/imdb.py --data-dir ../shared/data

paribus runs the table of studies/imdb.toml: read, tell words apart, represent, train, score, report. Keras is
given the same rows as the published notebook had them, dense float32, and fits a sample of the networks with
the study's early stopping. Its total: an epoch's time, by parameters, times the epochs that paribus ran, and
for each network what its fit took beyond its epochs (building, compiling, the first batch, predictions).
"""

from __future__ import annotations

import argparse
import resource
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import pandas as pd
from common import described, rows
from numpy.typing import NDArray
from peers import FAMILIES

import paribus
from paribus.data.load import load
from paribus.data.prepare.preparation import prepare_training
from paribus.data.split import split
from paribus.execute.pool import available_workers
from paribus.study.spec import Study
from paribus.study.toml import read_study

STUDY = Path(__file__).resolve().parents[1] / "studies" / "imdb.toml"
SAMPLE = ([16, 16], [64, 64], [128, 128])
"""Hidden layers of the networks that Keras fits."""


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data-dir", type=Path, required=True, help="the folder that has imdb/")
    parser.add_argument("--workers", type=int, default=available_workers(), help="processes of one thread")
    parser.add_argument("--repeat", type=int, default=1, help="runs of paribus")
    return parser.parse_args()


def table_alone(open_for: str) -> Study:
    """The 20 configurations without the questions and what follows."""
    asked = read_study(STUDY)
    protocol = asked.protocol.model_copy(update={"robustness": None, "open": open_for})
    deliver = asked.deliver.model_copy(update={"model": "none"})
    return asked.model_copy(update={"protocol": protocol, "question": (), "deliver": deliver})


def measure_paribus(options: argparse.Namespace) -> tuple[list[float], pd.DataFrame]:
    """Seconds of each run, and the last run's trials."""
    seconds, trials = [], pd.DataFrame()
    for _ in range(options.repeat):
        with TemporaryDirectory(prefix="paribus-benchmark-") as out:
            started = perf_counter()
            results = paribus.run(table_alone("all"), out, data_dir=options.data_dir, workers=options.workers)
            seconds.append(perf_counter() - started)
            trials = results.frame()
    return seconds, trials


def measure_keras(options: argparse.Namespace) -> NDArray[np.float64]:
    """(sample, 4): parameters, epochs, seconds of an epoch with its validation, and of the whole: building,
    compiling, fitting with early stopping, predicting the validation rows.
    """
    import keras  # noqa: PLC0415 - imported where it is installed

    study = table_alone("best")
    table = load(study.data, folder=Path(), data_dir=options.data_dir)
    fold = split(table, study.protocol, study.seed).folds[0]
    fitted, training = prepare_training(study.prepare, fold.training, study.seed)
    x, held_out = training.features.toarray(), fitted.apply(fold.validation).toarray()
    found = []
    for hidden in (SAMPLE[0], *SAMPLE):  # the first warms TensorFlow up
        keras.backend.clear_session()
        keras.utils.set_random_seed(0)
        clock, started = Clock(), perf_counter()
        layers = [keras.layers.Dense(n, activation="relu", kernel_initializer="he_normal") for n in hidden]
        model = keras.Sequential(
            [keras.Input((x.shape[1],)), *layers, keras.layers.Dense(1, activation="sigmoid")]
        )
        model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
        stopping = keras.callbacks.EarlyStopping("val_accuracy", patience=3, restore_best_weights=True)
        history = model.fit(
            *(x, training.target),
            batch_size=512,
            epochs=20,
            validation_data=(held_out, fold.validation.target),
            callbacks=[stopping, keras.callbacks.LambdaCallback(on_epoch_end=clock)],
            verbose=0,
        )
        model.predict(held_out, batch_size=512, verbose=0)
        epoch = float(np.median(np.diff(clock.times)))
        found.append((model.count_params(), len(history.epoch), epoch, perf_counter() - started))
    return np.array(found[1:])


class Clock:
    """The times at which epochs end."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def __call__(self, *_: object) -> None:
        """An epoch ended."""
        self.times.append(perf_counter())


def main() -> None:
    """Measure and print."""
    options = arguments()
    seconds, trials = measure_paribus(options)
    median = float(np.median(seconds))
    peak = [
        resource.getrusage(who).ru_maxrss / 2**20 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    training = float(trials["train_seconds"].sum()) / options.workers
    lines = [
        ["paribus, text to report", f"{median:.1f}", "1", ""],
        ["  its training alone", f"{training:.1f}", "", "1"],
    ]
    told = ""
    if missing := FAMILIES["keras"].missing:
        print(f"keras is skipped, it isn't installed: {missing}")
    else:
        sample = measure_keras(options)
        parameters, epochs, epoch, whole = sample.T
        slope, first = np.polyfit(parameters, epoch, 1)
        steady = float(((first + slope * trials["n_parameters"]) * trials["epochs_run"]).sum())
        total = steady + len(trials) * float(np.mean(whole - epochs * epoch))
        ratios = (f"{total / median:.1f}", f"{total / training:.1f}")
        lines.append(["Keras, dense, build to predictions", f"{total:.0f}", *ratios])
        lines.append(["  its steady epochs alone", f"{steady:.0f}", "", f"{steady / training:.1f}"])
        told = "Keras' sample: " + "; ".join(
            f"{int(n):,} parameters, {int(e)} epochs of {s:.2f} s, {w:.1f} s in all" for n, e, s, w in sample
        )
    header = ["20 networks", "seconds", "÷ paribus", "÷ its training"]
    print(f"{described()}\n\n{rows(header, lines)}\n{told}")
    print(f"peak memory: the caller {peak[0]:.2f} GiB, the largest worker {peak[1]:.2f} GiB")
    columns = [
        "network.hidden",
        "train.loss",
        "network.activation",
        "network.dropout",
        "train.l2",
        "train.optimizer",
    ]
    columns += ["n_parameters", "epochs_run", "test_accuracy", "test_roc_auc"]
    print(trials[columns].to_string(index=False))


if __name__ == "__main__":
    main()
