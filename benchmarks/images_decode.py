"""Decoding into the cache beside Pillow alone on all cores, and the second run, which decodes nothing.

    python benchmarks/images_decode.py [images] [--malaria cell_images.zip]

Files of 96×96 pixels, RGB, as TIFF, JPEG and PNG, written here; and the malaria cells in their .zip. Pillow
alone opens each file, brings it to RGB and makes an array of it, in a pool of processes like ours, and keeps
nothing. Both start their own processes, as a run does. Each is taken three times, in turn; the best counts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from concurrent.futures import as_completed
from pathlib import Path
from time import perf_counter
from zipfile import ZipFile

import numpy as np
from loky import ProcessPoolExecutor, cpu_count
from PIL import Image

from paribus.data.images.cache import cached
from paribus.data.sources.image_listing import list_folder, list_zip
from paribus.decoding.decode import Asked
from paribus.decoding.files import Files

TIMES, CHUNK, SIDE = 3, 256, 96


def write_files(folder: Path, kind: str, suffix: str, count: int) -> None:
    """Smooth pictures with some noise: they pack about as well as patches of tissue."""
    random = np.random.default_rng(0)
    for number in range(count):
        rough = random.integers(60, 220, (12, 12, 3), dtype=np.uint8)
        smooth = np.asarray(
            Image.fromarray(rough).resize((SIDE, SIDE), Image.Resampling.BICUBIC), dtype=np.int16
        )
        noisy = smooth + random.integers(-8, 9, smooth.shape, dtype=np.int16)
        Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(folder / f"{number:06}.{suffix}", kind)


def of_paths(paths: list[str]) -> int:
    """Pillow alone on a few files."""
    return sum(np.asarray(Image.open(path).convert("RGB")).shape[0] for path in paths)


def of_members(archive: str, names: list[str]) -> int:
    """Pillow alone on a few files of an archive."""
    with ZipFile(archive) as held:
        return sum(np.asarray(Image.open(held.open(name)).convert("L")).shape[0] for name in names)


def pillow(files: Files, archive: Path | None, folder: Path) -> float:
    """Seconds that Pillow takes for all of them on all cores."""
    names = list(files.names)
    chunks = [names[start : start + CHUNK] for start in range(0, len(names), CHUNK)]
    started = perf_counter()
    with ProcessPoolExecutor(cpu_count()) as pool:
        if archive:
            futures = [pool.submit(of_members, str(archive), chunk) for chunk in chunks]
        else:
            futures = [pool.submit(of_paths, [str(folder / name) for name in chunk]) for chunk in chunks]
        for future in as_completed(futures):
            future.result()
    return perf_counter() - started


def ours(files: Files, channels: int, side: int) -> tuple[float, float]:
    """Seconds of the first run and of the second, with every pixel read."""
    with tempfile.TemporaryDirectory() as cache:
        os.environ["PARIBUS_CACHE"] = cache
        asked = Asked(side, side, channels, resized=False)
        started = perf_counter()
        cached(files, asked)
        first = perf_counter() - started
        started = perf_counter()
        found = cached(files, asked)
        assert found is not None
        np.load(found.path, mmap_mode="r").sum()
        return first, perf_counter() - started


def compare(name: str, files: Files, archive: Path | None, folder: Path, channels: int, side: int) -> None:
    """A line of the table."""
    count = len(files.names)
    taken = [(pillow(files, archive, folder), *ours(files, channels, side)) for _ in range(TIMES)]
    alone, first, second = (min(column) for column in zip(*taken, strict=True))
    print(
        f"| {name} | {count:,} | {count / alone:,.0f} | {count / first:,.0f} | {alone / first:.2f} |"
        f" {count / second:,.0f} |",
        flush=True,
    )


def main() -> None:
    """All kinds of files."""
    parser = argparse.ArgumentParser()
    parser.add_argument("images", nargs="?", type=int, default=8000)
    parser.add_argument("--malaria", type=Path)
    asked = parser.parse_args()
    print(f"{cpu_count()} cores\n")
    print("| files | images | Pillow alone, images/s | first run | ratio | second run |")
    print("|---|---|---|---|---|---|")
    for kind, suffix in (("TIFF", "tif"), ("JPEG", "jpg"), ("PNG", "png")):
        folder = Path(tempfile.mkdtemp())
        try:
            write_files(folder, kind, suffix, asked.images)
            compare(f"{kind} {SIDE}×{SIDE} RGB", list_folder(folder).files, None, folder, 3, SIDE)
        finally:
            shutil.rmtree(folder)
    if asked.malaria:
        compare("PNG 50×50 grey in a .zip", list_zip(asked.malaria).files, asked.malaria, Path(), 1, 50)


if __name__ == "__main__":
    main()
