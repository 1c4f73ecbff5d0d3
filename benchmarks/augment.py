"""How many augmented images a second come from the cache, beside Keras' ImageDataGenerator.

    python -m benchmarks.augment [--images 2048] [--size 96] [--rounds 5] [--batch 64]

Both give batches of float32 intensities, flipped along both axes, rotated by up to 20 degrees and shifted
by up to 0.2, bilinear, reflected at the edges. Keras reads a uint8 array in memory, paribus the cache's file,
mapped into memory. They take turns; a ratio is the median over the rounds. `2 workers`: two processes with
one thread each; `2 threads`: one process whose operations use two. Then what other augmentations cost, and
where the time goes.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

import numpy as np
import torch
from benchmarks.common import described, rows
from numpy.typing import NDArray

from paribus.engines.torch.memory import kept_memory
from paribus.networks.augment import Draws, augment
from paribus.networks.augment.geometry import moved
from paribus.study.sections.augment import Augment

USUAL = Augment(flip="both", rotate=20.0, shift=0.2)
OTHERS = {
    "nothing": Augment(),
    "flips and turns": Augment(flip="both", turn=True),
    "flips, rotation, shifts": USUAL,
    "the same, zoom and shear": USUAL.model_copy(update={"zoom": 0.1, "shear": 5.0}),
    "brightness, contrast": Augment(brightness=0.1, contrast=0.2),
    "saturation, hue": Augment(saturation=0.2, hue=20.0),
    "stain": Augment(stain=0.05),
    "cutout": Augment(cutout=0.3),
    "noise": Augment(noise=0.05),
    "all of these": Augment(
        flip="both",
        turn=True,
        rotate=20.0,
        shift=0.2,
        zoom=0.1,
        shear=5.0,
        brightness=0.1,
        contrast=0.2,
        saturation=0.2,
        hue=20.0,
        stain=0.05,
        cutout=0.3,
        noise=0.05,
    ),
}


def ours(path: Path, batch: int, asked: Augment, order: NDArray[np.int64]) -> Iterator[torch.Tensor]:
    """Batches from the mapped file, in this order: as a training takes them."""
    cached = np.load(path, mmap_mode="r")
    draws = Draws(0, 0, 1, len(order))
    for start in range(0, len(order), batch):
        some = slice(start, start + batch)
        pixels = torch.from_numpy(cached[order[some]])
        yield augment(pixels.movedim(-1, 1), asked, draws.take(some))


@cache
def of_keras(path: Path, batch: int) -> Any:
    """An endless stream of Keras' batches."""
    os.environ.setdefault("KERAS_BACKEND", "torch")  # its generator computes with NumPy and SciPy alone
    from keras.src.legacy.preprocessing.image import ImageDataGenerator  # noqa: PLC0415

    images = np.load(path)
    made = ImageDataGenerator(
        horizontal_flip=True,
        vertical_flip=True,
        rotation_range=20,
        width_shift_range=0.2,
        height_shift_range=0.2,
        fill_mode="reflect",
        rescale=1 / 255,
    )
    return made.flow(images, np.zeros(len(images)), batch_size=batch, seed=0)


def run_keras(path: Path, batch: int, count: int) -> tuple[float, float]:
    """When `count` images were begun and done."""
    stream = of_keras(path, batch)
    next(stream)
    started = monotonic()
    for _ in range(count // batch):
        next(stream)
    return started, monotonic()


def run_ours(path: Path, batch: int, count: int, asked: Augment = USUAL) -> tuple[float, float]:
    """The same of paribus."""
    order = np.random.default_rng(0).permutation(count)
    with kept_memory():  # as in a training of images
        next(ours(path, batch, asked, order))
        started = monotonic()
        for _ in ours(path, batch, asked, order):
            pass
        return started, monotonic()


def spread(pool: ProcessPoolExecutor, run: Callable[..., tuple[float, float]], *asked: Any) -> float:
    """Images a second of two workers: each does `count`, the last of `asked`."""
    futures = [pool.submit(run, *asked) for _ in range(2)]
    started, ended = zip(*(future.result() for future in futures), strict=True)
    return float(2 * asked[-1] / (max(ended) - min(started)))


def rate(run: Callable[..., tuple[float, float]], *asked: Any, threads: int = 1) -> float:
    """Images a second in this process."""
    torch.set_num_threads(threads)
    started, ended = run(*asked)
    return float(asked[2] / (ended - started))


def compared(path: Path, batch: int, count: int, rounds: int) -> list[list[str]]:
    """Lines of the table: cores, Keras, paribus, ratio."""
    few = max(batch, count // 8 // batch * batch)  # Keras takes long
    found: dict[str, list[tuple[float, float]]] = {"1 thread": [], "2 workers": [], "2 threads": []}
    with ProcessPoolExecutor(2, get_context("spawn"), torch.set_num_threads, (1,)) as pool:
        for run in (run_keras, run_ours):
            spread(pool, run, path, batch, batch)
        for _ in range(rounds):
            alone = rate(run_keras, path, batch, few)
            found["1 thread"].append((alone, rate(run_ours, path, batch, count)))
            both = spread(pool, run_keras, path, batch, few)
            found["2 workers"].append((both, spread(pool, run_ours, path, batch, count)))
            found["2 threads"].append((both, rate(run_ours, path, batch, count, threads=2)))
    return [
        [name, *(f"{median(each):,.0f}" for each in zip(*pairs, strict=True)), ratio(pairs)]
        for name, pairs in found.items()
    ]


def ratio(pairs: list[tuple[float, float]]) -> str:
    """The median of paribus / Keras, and its range."""
    each = sorted(ours / theirs for theirs, ours in pairs)
    return f"{median(each):.1f} ({each[0]:.1f} to {each[-1]:.1f})"


def steps(path: Path, batch: int, count: int) -> list[list[str]]:
    """Microseconds an image of each step of the usual augmentation, one thread: the least of 20 batches.

    The movement reads 4 neighbours of 3 channels for each pixel, 12 numbers from places in no order.
    """
    torch.set_num_threads(1)
    cached, draws = np.load(path, mmap_mode="r"), Draws(0, 0, 1, count).take(slice(0, batch))
    order, taken = np.random.default_rng(0).permutation(count), []
    with kept_memory():
        for turn in range(20):
            times = [monotonic()]
            pixels = torch.from_numpy(cached[np.roll(order, turn * batch)[:batch]]).movedim(-1, 1)
            times.append(monotonic())
            intensities = pixels.float().div_(255.0)
            times.append(monotonic())
            moved(intensities, USUAL, draws)
            times.append(monotonic())
            augment(pixels, USUAL, draws)
            times.append(monotonic())
            taken.append([after - before for before, after in pairwise(times)])
    least = np.min(taken, axis=0) / batch * 1e6
    names = (
        "gather from the mapped file",
        "to intensities",
        "movement",
        "augment: these two, cut off",
    )
    return [[name, f"{each:.1f}"] for name, each in zip(names, least, strict=True)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name, default in (("images", 2048), ("size", 96), ("rounds", 5), ("batch", 64)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="paribus-benchmark-") as folder:
        path = Path(folder, "images.npy")
        shape = (given.images, given.size, given.size, 3)
        np.save(path, np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))
        print(
            described(),
            f"\n{given.images} images {given.size} × {given.size} × 3, batches of {given.batch}\n",
        )
        lines = compared(path, given.batch, given.images, given.rounds)
        print(rows(("images a second", "Keras", "paribus", "ratio"), lines), "\n")
        alone = [
            [
                name,
                *(
                    f"{rate(run_ours, path, given.batch, given.images, asked, threads=t):,.0f}"
                    for t in (1, 2)
                ),
            ]
            for name, asked in OTHERS.items()
        ]
        print(rows(("images a second of paribus", "1 thread", "2 threads"), alone), "\n")
        print(rows(("one thread", "µs an image"), steps(path, given.batch, given.images)))


if __name__ == "__main__":
    main()
