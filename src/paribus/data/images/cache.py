"""Images decoded once: a file of pixels in the cache folder, named by what is in it, and checked when
opened.
"""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing, contextmanager
from dataclasses import dataclass
from errno import EACCES, EDQUOT, EFBIG, ENOSPC, EROFS
from hashlib import blake2b
from math import prod
from pathlib import Path
from warnings import catch_warnings, filterwarnings
from zipfile import BadZipFile

import numpy as np
import PIL
from filelock import FileLock
from loky import ProcessPoolExecutor, cpu_count
from loky.process_executor import TerminatedWorkerError
from numpy.typing import NDArray

from paribus.data.processes import ONE_THREAD, OWN_CODE
from paribus.data.sources.cache import cache_folder
from paribus.decoding.block import Found, decode_block, joined, load_found
from paribus.decoding.decode import Asked
from paribus.decoding.files import Files
from paribus.errors import DataError, InterruptedStudyError

Progress = Callable[[int, int], None]
"""Told how many images of how many are decoded."""

_FORMAT = 3
_BLOCK_BYTES, _BLOCK_IMAGES = 2**24, 2048
"""Pixels and images that are decoded, kept and resumed together: the more of the two that is reached
first.
"""
_ALONE = 2**22
"""Bytes of files below which other processes would take longer to start than they save."""
_DAMAGED = (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error)


@dataclass(frozen=True, eq=False)
class Cached:
    """Decoded images: the `path` of their pixels, a .npy file (image, height, width, channel), what was
    `found` of each, and whether they were `damaged` and made anew.
    """

    path: Path
    found: Found
    damaged: bool = False


def cached(
    files: Files,
    asked: Asked,
    progress: Progress | None = None,
    stop: Callable[[Found], bool] = lambda _: False,
) -> Cached | None:
    """All of `files` decoded as `asked`: from the cache, or into it, going on where it was interrupted.

    None if `stop` says so of what was found in a block. Raises DataError where they can't be kept, and
    InterruptedStudyError where there is no room for them, or a process is killed: the same call goes on.
    """
    folder = cache_folder("images")
    place = _Place(folder / _digest(files, asked), asked.shape, len(files.names))
    with FileLock(f"{place.folder}.lock"), _writing(folder, place.n_bytes):
        damaged = False
        if place.whole.exists():
            if (found := place.opened()) is not None:
                return Cached(place.pixels, found)
            damaged = True
            shutil.rmtree(place.folder)
        found = _made(files, asked, place, progress or (lambda *_: None), stop)
        return None if found is None else Cached(place.pixels, found, damaged)


@dataclass(frozen=True)
class _Place:
    """Where a set of images is kept: `pixels.npy`, what was `found` of each block until all are there, and of
    all together from then on.
    """

    folder: Path
    shape: tuple[int, int, int]
    n_images: int

    @property
    def pixels(self) -> Path:
        """All pixels."""
        return self.folder / "pixels.npy"

    @property
    def whole(self) -> Path:
        """What was found: there if all blocks are."""
        return self.folder / "found.npz"

    @property
    def n_bytes(self) -> int:
        """Of all pixels."""
        return self.n_images * prod(self.shape)

    @property
    def block(self) -> int:
        """Images of a block."""
        return max(1, min(_BLOCK_IMAGES, _BLOCK_BYTES // prod(self.shape)))

    def part(self, number: int) -> Path:
        """What was found of one block."""
        return self.folder / f"block-{number:06}.npz"

    def begun(self) -> int:
        """Make the file of pixels, of its full length, if it isn't there: how many bytes stand before
        them.
        """
        self.folder.mkdir(exist_ok=True)
        if not self.pixels.exists():
            part = self.folder / f".pixels.{os.getpid()}"
            shape = (self.n_images, *self.shape)
            np.lib.format.open_memmap(part, mode="w+", dtype=np.uint8, shape=shape).flush()
            part.replace(self.pixels)
        return self.pixels.stat().st_size - self.n_bytes

    def opened(self) -> Found | None:
        """What was found, if that and all pixels are as they were left; else None."""
        try:
            found, before = load_found(self.whole), self.pixels.stat().st_size - self.n_bytes
            if len(found.keys) != self.n_images or before <= 0:
                return None
            starts = range(0, self.n_images, self.block)
            with ThreadPoolExecutor(cpu_count()) as pool:
                sound = pool.map(lambda start: self._is_sound(found.checksums, start, before), starts)
                return found if all(sound) else None
        except _DAMAGED:
            return None

    def kept(self, number: int, before: int) -> Found | None:
        """What was found of a block that was finished, if its pixels are as they were left; else None."""
        try:
            found, start = load_found(self.part(number)), number * self.block
            checksums = np.zeros(self.n_images, dtype=np.uint32)
            checksums[start : start + self.block] = found.checksums
            return found if self._is_sound(checksums, start, before) else None
        except _DAMAGED:
            return None

    def _is_sound(self, checksums: NDArray[np.uint32], start: int, before: int) -> bool:
        """Whether the block from image `start` on has these checksums, (image,); pixels begin `before` bytes
        into the file.
        """
        size, stop = prod(self.shape), min(start + self.block, self.n_images)
        with self.pixels.open("rb") as file:
            file.seek(before + start * size)
            held = memoryview(file.read((stop - start) * size))
        found = [zlib.crc32(held[place * size : (place + 1) * size]) for place in range(stop - start)]
        return len(held) == (stop - start) * size and found == checksums[start:stop].tolist()


def _digest(files: Files, asked: Asked) -> str:
    """A name for these files decoded so: another file, size or library, another name."""
    found = blake2b(f"{_FORMAT} {PIL.__version__} {asked}".encode(), digest_size=16)
    for stamp in files.stamps():
        found.update(f"{stamp}\n".encode(errors="surrogateescape"))
    return found.hexdigest()


def _made(
    files: Files, asked: Asked, place: _Place, progress: Progress, stop: Callable[[Found], bool]
) -> Found | None:
    before, n_images = place.begun(), place.n_images
    starts = range(0, n_images, place.block)
    blocks = {number: place.kept(number, before) for number in range(len(starts))}
    calls = [
        (
            files.take(np.arange(start, min(start + place.block, n_images))),
            *(asked, place.pixels, before + start * prod(place.shape), place.part(number)),
        )
        for number, start in enumerate(starts)
        if blocks[number] is None
    ]
    missing = [number for number, found in blocks.items() if found is None]
    done = sum(len(found.keys) for found in blocks.values() if found is not None)
    progress(done, n_images)
    if any(stop(found) for found in blocks.values() if found is not None):
        return None
    with closing(_run(calls, alone=files.n_bytes < _ALONE)) as results, catch_warnings():
        # A worker that has grown is started anew, and nothing is lost: no word of it.
        filterwarnings("ignore", "A worker .* while some jobs were given", UserWarning)
        for position, found in results:
            blocks[missing[position]] = found
            done += len(found.keys)
            progress(done, n_images)
            if stop(found):
                return None
    whole = joined([found for found in blocks.values() if found is not None])
    whole.save(place.whole)
    for number in blocks if place.whole.exists() else ():
        place.part(number).unlink(missing_ok=True)
    return whole


_Call = tuple[Files, Asked, Path, int, Path]


def _run(calls: list[_Call], *, alone: bool) -> Generator[tuple[int, Found]]:
    """`decode_block` of each call, with its position, as each ends: in this process, or one for each core."""
    if alone or len(calls) < 2 or cpu_count() < 2:
        for position, call in enumerate(calls):
            yield position, decode_block(*call)
        return
    pool = ProcessPoolExecutor(min(cpu_count(), len(calls)), env=ONE_THREAD | OWN_CODE)
    try:
        futures = {pool.submit(decode_block, *call): position for position, call in enumerate(calls)}
        for future in as_completed(futures):
            yield futures[future], future.result()
    except TerminatedWorkerError:
        raise InterruptedStudyError(
            "a process that decodes images was killed, perhaps for want of memory. What was decoded is kept:"
            " run the same command again"
        ) from None
    finally:
        pool.shutdown(wait=True, kill_workers=True)


@contextmanager
def _writing(folder: Path, n_bytes: int) -> Iterator[None]:
    """What goes wrong in writing is told with how much room is needed, and how to give it. A full disk only
    interrupts: what was decoded is kept.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in (ENOSPC, EDQUOT, EFBIG, EROFS, EACCES):
            raise
        free = shutil.disk_usage(folder).free
        kind = DataError if error.errno in (EROFS, EACCES) else InterruptedStudyError
        raise kind(
            f"decoded images can't be kept in {folder} ({error.strerror or error}): they take"
            f" {n_bytes / 2**20:,.0f} MB, and {free / 2**20:,.0f} MB are free there. Set PARIBUS_CACHE to a"
            " folder with more room"
        ) from error
