"""How many training steps a second the networks of study D take, beside the same networks in Keras.

    python -m benchmarks.images_train [--networks simple_cnn,enhanced_cnn] [--batches 8] [--rounds 3]

Batches of 64 images of 96 × 96 in memory, Adam, binary cross-entropy: forward, backward, update; no loader
and no augmentation. paribus trains one network a process, each with one thread, as its workers do: one
process, then one a core. Keras (TensorFlow) is given what it takes by itself, one process with all cores, and
then paribus' way, a process a core. All take turns, in fresh processes that begin at once; a ratio is the
median over the rounds, to Keras' best way of the same precision. bfloat16 is `train.precision`, and Keras'
policy mixed_bfloat16.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from benchmarks.common import described, rows
from numpy.typing import NDArray

from paribus.execute.pool import available_workers

BATCH = 64
READY = "ready"
PAIRS = (
    ("paribus", "float32", 1, 1),
    ("paribus", "float32", 0, 1),
    ("paribus", "bfloat16", 0, 1),
    ("keras", "float32", 1, 0),
    ("keras", "float32", 0, 1),
    ("keras", "bfloat16", 1, 0),
    ("keras", "bfloat16", 0, 1),
)
"""(library, precision, processes, threads of each); 0: as many as there are cores."""


def data(batches: int, size: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Images (row, channel, height, width) and their classes."""
    random = np.random.default_rng(0)
    count = BATCH * batches
    return random.random((count, 3, size, size), dtype=np.float32), random.integers(0, 2, count)


def at_once() -> float:
    """Wait until all processes are as far; the time then."""
    print(READY, flush=True)
    sys.stdin.readline()
    return perf_counter()


def of_paribus(kind: str, precision: str, threads: int, batches: int, size: int) -> float:
    """Steps a second of one network, after a first epoch of one batch."""
    import torch  # noqa: PLC0415 - each library in a process of its own

    from paribus.engines.torch.memory import kept_memory  # noqa: PLC0415
    from paribus.engines.torch.optimizers import optimizer as made_optimizer  # noqa: PLC0415
    from paribus.networks.build import build  # noqa: PLC0415
    from paribus.study.configuration import Configuration  # noqa: PLC0415
    from paribus.study.spec import Network, Prepare, Train  # noqa: PLC0415

    torch.set_num_threads(threads)
    asked = Configuration(Prepare(), Network(kind=kind), Train(engine="torch"))
    network = build(asked, (3, size, size), 1).train()
    images, classes = data(batches, size)
    pixels = torch.from_numpy(images).contiguous(memory_format=torch.channels_last)
    truth = torch.from_numpy(classes)[:, None].float()
    optimizer = made_optimizer(asked.train, list(network.parameters()))

    def epoch(number: int, steps: int) -> None:
        network.begin(0, 0, number, BATCH * steps)
        for step in range(steps):
            some = slice(step * BATCH, (step + 1) * BATCH)
            network.take(some)
            with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
                logits = network(pixels[some])
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, truth[some])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()

    with kept_memory():  # as in a training of images
        epoch(1, 1)
        begun = at_once()
        epoch(2, batches)
        return batches / (perf_counter() - begun)


def of_keras(kind: str, precision: str, threads: int, batches: int, size: int) -> float:
    """Steps a second of `fit`, after a first one on one batch."""
    os.environ["KERAS_BACKEND"], os.environ["TF_CPP_MIN_LOG_LEVEL"] = "tensorflow", "3"
    import keras  # noqa: PLC0415
    import tensorflow  # noqa: PLC0415

    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    tensorflow.config.threading.set_inter_op_parallelism_threads(threads)
    if precision == "bfloat16":
        keras.mixed_precision.set_global_policy("mixed_bfloat16")
    layers = keras.layers

    def convolved(filters: int) -> object:
        return layers.Conv2D(filters, 3, padding="same", activation="relu")

    simple = (convolved(32), layers.MaxPooling2D(), convolved(64), layers.MaxPooling2D(), convolved(128))
    enhanced = (
        *(convolved(32), layers.BatchNormalization(), convolved(32), layers.MaxPooling2D()),
        *(layers.Dropout(0.25), convolved(64), layers.BatchNormalization(), convolved(64)),
        *(layers.MaxPooling2D(), layers.Dropout(0.25), convolved(128), layers.BatchNormalization()),
    )
    body = simple if kind == "simple_cnn" else enhanced
    dropped = [layers.Dropout(0.5)] if kind == "enhanced_cnn" else []
    model = keras.Sequential(
        [keras.Input((size, size, 3)), *body, layers.GlobalAveragePooling2D(), *dropped, layers.Dense(1)]
    )
    model.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy(from_logits=True))
    images, classes = data(batches, size)
    pixels, truth = np.ascontiguousarray(np.moveaxis(images, 1, -1)), classes[:, None]
    model.fit(pixels[:BATCH], truth[:BATCH], batch_size=BATCH, verbose=0)
    begun = at_once()
    model.fit(pixels, truth, batch_size=BATCH, verbose=0)
    return batches / (perf_counter() - begun)


def together(
    library: str, kind: str, precision: str, processes: int, threads: int, batches: int, size: int
) -> float:
    """Steps a second of all processes, which begin together."""
    command = [sys.executable, "-m", "benchmarks.images_train", "--one", library, "--networks", kind]
    command += [
        "--precision",
        precision,
        "--threads",
        str(threads),
        "--batches",
        str(batches),
        "--size",
        str(size),
    ]
    started = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
        )
        for _ in range(processes)
    ]
    for process in started:
        assert process.stdout
        while process.stdout.readline().strip() != READY:
            if process.poll() is not None:
                raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    for process in started:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    told = [process.communicate()[0] for process in started]
    return sum(float(each.strip().splitlines()[-1]) for each in told)


def compare(kinds: Sequence[str], batches: int, size: int, rounds: int) -> None:
    """Print a line for each network and way."""
    cores = available_workers()
    print(described(), "\n")
    lines = []
    for kind in kinds:
        met: dict[tuple[str, str, int, int], list[float]] = {}
        for _ in range(rounds):
            for library, precision, processes, threads in PAIRS:
                way = (library, precision, processes or cores, threads or cores)
                met.setdefault(way, []).append(together(library, kind, *way[1:], batches, size))
        for (library, precision, processes, threads), seen in met.items():
            peers = [other for way, other in met.items() if way[:2] == ("keras", precision)]
            best = max(peers, key=median)
            ratio = median(one / other for one, other in zip(seen, best, strict=True))
            way_told = f"{processes} × {threads} threads"
            lines.append(
                (
                    f"{kind}, {library}, {precision}",
                    way_told,
                    f"{median(seen):.2f}",
                    f"{median(seen) * BATCH:,.0f}",
                    f"{ratio:.2f}",
                )
            )
    print(rows(("network", "processes", "steps/s", "images/s", "to Keras"), lines))


def main() -> None:
    """Read the arguments; measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--networks", default="simple_cnn,enhanced_cnn")
    parser.add_argument("--batches", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=96)
    parser.add_argument("--one", choices=("paribus", "keras"), help=argparse.SUPPRESS)
    parser.add_argument("--precision", default="float32", help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=1, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one == "paribus":
        print(of_paribus(asked.networks, asked.precision, asked.threads, asked.batches, asked.size))
    elif asked.one == "keras":
        print(of_keras(asked.networks, asked.precision, asked.threads, asked.batches, asked.size))
    else:
        compare(asked.networks.split(","), asked.batches, asked.size, asked.rounds)


if __name__ == "__main__":
    main()
