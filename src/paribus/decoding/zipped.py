"""Images in a .zip, read where they stand: nothing is unpacked."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

import numpy as np
from numpy.typing import NDArray

from paribus.decoding.files import MISSING, MOST_BYTES, Broken, Content

_HEADER = struct.Struct("<4s22xHH")
"""Of a member: its mark, and how long its name and what follows it are (PKWARE's APPNOTE, 4.3.7)."""
_MARK = b"PK\x03\x04"
_ENCRYPTED = 0x1

AT, PACKED, SIZE, METHOD, FLAGS, CHECKSUM = range(6)
"""The columns of `ZipFiles.members`."""


@dataclass(frozen=True, eq=False)
class ZipFiles:
    """Members of an archive. `members`: (row, 6) int64: where each begins, its bytes packed and unpacked
    (MISSING for what isn't there), its method, flags and CRC-32, as the archive's directory says.

    A member is found by its place, so that no process but one reads the directory.
    """

    archive: Path
    names: tuple[str, ...]
    members: NDArray[np.int64]
    uniform: bool = False

    @property
    def n_bytes(self) -> int:
        """See `Files.n_bytes`."""
        return int(np.maximum(self.members[:, SIZE], 0).sum())

    def take(self, rows: NDArray[np.int64]) -> Self:
        """See `Files.take`."""
        return type(self)(self.archive, tuple(self.names[row] for row in rows), self.members[rows])

    def arranged(self, places: NDArray[np.int64], names: tuple[str, ...]) -> Self:
        """Those at these places, -1 for what isn't there, under these names: (row,) each."""
        members = self.members[places]
        members[places < 0, SIZE] = MISSING
        return type(self)(self.archive, names, members)

    def stamps(self) -> Iterator[str]:
        """See `Files.stamps`."""
        for name, member in zip(self.names, self.members.tolist(), strict=True):
            yield f"{name}\0{member[SIZE]}\0{member[CHECKSUM]}"

    def contents(self) -> Iterator[Content]:
        """See `Files.contents`."""
        with self.archive.open("rb") as file:
            for member in self.members.tolist():
                yield _read(file, member)


def member(info: ZipInfo) -> tuple[int, int, int, int, int, int]:
    """A row of `ZipFiles.members`."""
    sizes = info.compress_size, info.file_size
    return (info.header_offset, *sizes, info.compress_type, info.flag_bits, info.CRC)


def _read(file: BinaryIO, told: list[int]) -> Content:
    if told[SIZE] == MISSING:
        return Broken("isn't there")
    if told[FLAGS] & _ENCRYPTED:
        return Broken("is encrypted")
    if told[SIZE] > MOST_BYTES:
        return Broken(f"has {told[SIZE]:,} bytes, too many for an image")
    file.seek(told[AT])
    header = file.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return Broken("is cut off: the archive ends before it")
    mark, *lengths = _HEADER.unpack(header)
    if mark != _MARK:
        return Broken("isn't where the archive says that it is")
    file.seek(sum(lengths), 1)
    return _unpacked(file.read(told[PACKED]), told)


def _unpacked(packed: bytes, told: list[int]) -> Content:
    if told[METHOD] == ZIP_STORED:
        content = packed
    elif told[METHOD] == ZIP_DEFLATED:
        try:
            content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, told[SIZE] + 1)
        except zlib.error:
            return Broken("is damaged: it can't be unpacked")
    else:
        return Broken(f"is packed by method {told[METHOD]}: stored and deflated files can be read")
    if len(content) != told[SIZE] or zlib.crc32(content) != told[CHECKSUM]:
        return Broken("is damaged: its checksum isn't the archive's")
    return content
