"""What an augmented image from the cache costs, beside Keras' ImageDataGenerator.

    python -m benchmarks.augment [--images 512] [--size 96] [--rounds 5] [--batch 64]

Both give batches of float32 intensities, flipped along both axes, rotated by up to 20 degrees and shifted
by up to 0.2, bilinear, reflected at the edges. Keras reads a uint8 array in memory, paribus the cache's file,
mapped into memory. One thread each, as studies train; they take turns, and a ratio is the median over the
rounds. All is processor time, which other work on the machine changes little. `PyTorch` is paribus without
its native code. Then what other augmentations cost, and where the time goes.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from benchmarks.common import described, rows
from numpy.typing import NDArray

from paribus.engines.torch.memory import kept_memory
from paribus.networks.augment import Draws, augment, native
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


def run_keras(path: Path, batch: int, count: int) -> float:
    """Microseconds of processor time an image."""
    stream = of_keras(path, batch)
    next(stream)
    started = process_time()
    for _ in range(count // batch):
        next(stream)
    return (process_time() - started) / count * 1e6


def run_ours(path: Path, batch: int, count: int, asked: Augment = USUAL) -> float:
    """The same of paribus."""
    order = np.random.default_rng(0).permutation(count)
    with kept_memory():  # as in a training of images
        next(ours(path, batch, asked, order))
        started = process_time()
        for _ in ours(path, batch, asked, order):
            pass
        return (process_time() - started) / count * 1e6


def without_native() -> AbstractContextManager[Any]:
    """As where the package was installed without a compiler."""
    return patch.object(native, "available", lambda: False)


def compared(path: Path, batch: int, count: int, rounds: int) -> list[list[str]]:
    """Lines of the table: what, Keras, paribus, ratio."""
    few = max(batch, count // 8 // batch * batch)  # Keras takes long
    found: dict[str, list[tuple[float, float]]] = {"paribus": [], "PyTorch": []}
    for _ in range(rounds):
        theirs = run_keras(path, batch, few)
        found["paribus"].append((theirs, run_ours(path, batch, count)))
        with without_native():
            found["PyTorch"].append((theirs, run_ours(path, batch, count)))
    return [
        [name, *(f"{median(each):,.0f}" for each in zip(*pairs, strict=True)), ratio(pairs)]
        for name, pairs in found.items()
    ]


def ratio(pairs: list[tuple[float, float]]) -> str:
    """The median of Keras / paribus, and its range."""
    each = sorted(theirs / ours for theirs, ours in pairs)
    return f"{median(each):.1f} ({each[0]:.1f} to {each[-1]:.1f})"


def others(path: Path, batch: int, count: int, rounds: int) -> list[list[str]]:
    """What each kind of augmentation costs, with the native code and without: the least of the rounds."""
    found = []
    for name, asked in OTHERS.items():
        here = min(run_ours(path, batch, count, asked) for _ in range(rounds))
        with without_native():
            plain = min(run_ours(path, batch, count, asked) for _ in range(rounds))
        found.append([name, f"{here:.0f}", f"{plain:.0f}"])
    return found


def steps(path: Path, batch: int, count: int) -> list[list[str]]:
    """Microseconds an image of each step of the usual augmentation: the least of 20 batches."""
    cached, draws = np.load(path, mmap_mode="r"), Draws(0, 0, 1, count).take(slice(0, batch))
    order, taken = np.random.default_rng(0).permutation(count), []
    with kept_memory():
        for turn in range(20):
            times = [process_time()]
            pixels = torch.from_numpy(cached[np.roll(order, turn * batch)[:batch]]).movedim(-1, 1)
            times.append(process_time())
            moved(pixels, USUAL, draws, cut=True)
            times.append(process_time())
            taken.append([after - before for before, after in pairwise(times)])
    least = np.min(taken, axis=0) / batch * 1e6
    names = ("gather from the mapped file", "move, to intensities")
    return [[name, f"{each:.1f}"] for name, each in zip(names, least, strict=True)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name, default in (("images", 512), ("size", 96), ("rounds", 5), ("batch", 64)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    torch.set_num_threads(1)
    with TemporaryDirectory(prefix="paribus-benchmark-") as folder:
        path = Path(folder, "images.npy")
        shape = (given.images, given.size, given.size, 3)
        np.save(path, np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))
        print(
            described(),
            f"\n{given.images} images {given.size} × {given.size} × 3, batches of {given.batch}\n",
        )
        asked = (path, given.batch, given.images, given.rounds)
        print(rows(("µs an image", "Keras", "paribus", "ratio"), compared(*asked)), "\n")
        print(rows(("µs an image of paribus", "native", "PyTorch"), others(*asked)), "\n")
        print(rows(("step", "µs an image"), steps(*asked[:3])))


if __name__ == "__main__":
    main()
