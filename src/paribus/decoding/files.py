"""Where the contents of images come from: small to pickle, so that every process reads its own share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

MOST_BYTES = 2**30
"""Of one image's file. What says that it is larger is no image, but an archive that bursts."""
UNREAD = "can't be read"
"""How the reason of a fault begins that says nothing of the file: the next time it may be read."""
MISSING = -1
"""The size of a file that isn't there."""


@dataclass(frozen=True)
class Broken:
    """An image that can't be used, and why."""

    reason: str


Content = bytes | NDArray[Any] | Broken
"""An encoded image, its pixels (height, width) or (height, width, channel), or why there are none."""


class Files(Protocol):
    """One image a row."""

    @property
    def names(self) -> tuple[str, ...]:
        """What each is called, (row,)."""
        ...

    @property
    def uniform(self) -> bool:
        """Whether all are of one shape and kind, so that the first tells of the others."""
        ...

    @property
    def n_bytes(self) -> int:
        """About how much there is to read."""
        ...

    def take(self, rows: NDArray[np.int64]) -> Files:
        """Those of these rows: positions that rise, (row,)."""
        ...

    def stamps(self) -> Iterator[str]:
        """By row: what changes if the content does, found without reading it."""
        ...

    def contents(self) -> Iterator[Content]:
        """By row: what is there to decode."""
        ...


@dataclass(frozen=True, eq=False)
class FolderFiles:
    """Files below a folder, by their paths in it. `sizes`: in bytes, MISSING for what isn't there;
    `times`: when each was changed, in ns. (row,) each.
    """

    folder: Path
    names: tuple[str, ...]
    sizes: NDArray[np.int64]
    times: NDArray[np.int64]
    uniform: bool = False

    @property
    def n_bytes(self) -> int:
        """See `Files.n_bytes`."""
        return int(np.maximum(self.sizes, 0).sum())

    def take(self, rows: NDArray[np.int64]) -> Self:
        """See `Files.take`."""
        names = tuple(self.names[row] for row in rows)
        return type(self)(self.folder, names, self.sizes[rows], self.times[rows])

    def arranged(self, places: NDArray[np.int64], names: tuple[str, ...]) -> Self:
        """Those at these places, -1 for what isn't there, under these names: (row,) each."""
        sizes = np.where(places < 0, MISSING, self.sizes[places])
        return type(self)(self.folder, names, sizes, self.times[places])

    def stamps(self) -> Iterator[str]:
        """See `Files.stamps`."""
        for name, size, time in zip(self.names, self.sizes.tolist(), self.times.tolist(), strict=True):
            yield f"{self.folder}\0{name}\0{size}\0{time}"

    def contents(self) -> Iterator[Content]:
        """See `Files.contents`."""
        for name, size in zip(self.names, self.sizes.tolist(), strict=True):
            yield Broken("isn't there") if size == MISSING else self._read(name, size)

    def _read(self, name: str, size: int) -> Content:
        if size > MOST_BYTES:
            return Broken(f"has {size:,} bytes, too many for an image")
        try:
            return read_file(f"{self.folder}/{name}", size)
        except FileNotFoundError:
            return Broken(f"{UNREAD}: it isn't there any more")
        except OSError as error:
            return Broken(f"{UNREAD}: {error.strerror or error}")


def read_file(path: str, size: int) -> bytes:
    """What a file of about this size holds. Small files are read in a third of the time of
    `Path.read_bytes`.
    """
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        pieces = []
        while piece := os.read(file, size + 1):
            pieces.append(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
    finally:
        os.close(file)


@dataclass(frozen=True, eq=False)
class JoinedFiles:
    """Those of two sources, one after the other."""

    first: Files
    second: Files

    @property
    def names(self) -> tuple[str, ...]:
        """See `Files.names`."""
        return (*self.first.names, *self.second.names)

    @property
    def uniform(self) -> bool:
        """See `Files.uniform`."""
        return False

    @property
    def n_bytes(self) -> int:
        """See `Files.n_bytes`."""
        return self.first.n_bytes + self.second.n_bytes

    def take(self, rows: NDArray[np.int64]) -> Files:
        """See `Files.take`."""
        n_first = len(self.first.names)
        first, second = rows[rows < n_first], rows[rows >= n_first] - n_first
        if not len(second):
            return self.first.take(first)
        return (
            JoinedFiles(self.first.take(first), self.second.take(second))
            if len(first)
            else (self.second.take(second))
        )

    def stamps(self) -> Iterator[str]:
        """See `Files.stamps`."""
        yield from self.first.stamps()
        yield from self.second.stamps()

    def contents(self) -> Iterator[Content]:
        """See `Files.contents`."""
        yield from self.first.contents()
        yield from self.second.contents()
