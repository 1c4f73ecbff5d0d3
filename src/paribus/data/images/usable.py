"""Rows without those whose image can't be used: refused by name, or dropped and told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.data.images.cache import Progress
from paribus.data.images.images import Images
from paribus.data.images.read import FoundImages, read_images
from paribus.data.marks import read_marks
from paribus.data.share import share_of
from paribus.data.sources.file_names import with_pattern
from paribus.data.sources.rows import Rows
from paribus.data.target import read_target
from paribus.errors import DataError
from paribus.study.spec import Data

LISTED = 10
"""Files that a refusal names."""


@dataclass(frozen=True, eq=False)
class UsableRows:
    """The `rows` that are learned from, their places among those given, their images and what was found."""

    rows: Rows
    places: NDArray[np.int64]
    images: Images
    found: FoundImages
    notes: tuple[str, ...]


def usable_rows(
    rows: Rows, data: Data, seed: int, n_test: int = 0, progress: Progress | None = None
) -> UsableRows:
    """The share of `rows` that the study asks for, with their images decoded.

    The last `n_test` rows came from data.test. Raises DataError for rows without images, and for images that
    can't be used, unless the study drops them.
    """
    if rows.files is None:
        raise DataError(
            f"{rows.label} holds no images for data.image = '{data.image}': a folder, a .zip, .npz or .h5,"
            " or a Parquet file with a column of bytes does"
        )
    labelled = np.flatnonzero(~_unlabelled(rows, data))
    if not len(labelled):
        raise DataError(f"{rows.label}: no image has a label in column '{data.targets[0]}' (data.target)")
    broken = _named(rows, np.setdiff1d(np.arange(len(rows)), labelled), "has no label")
    known = with_pattern(rows.take(labelled), data.group)
    read_target(known, data)  # what is wrong in the study is told before minutes of decoding
    read_marks(known, data)
    shared = share_of(known, data, seed, int((labelled >= len(rows) - n_test).sum()))
    some, used = known.take(shared), labelled[shared]
    assert some.files is not None
    read = read_images(some.files, data, progress)
    usable = np.array([not reason for reason in read.reasons])
    broken += [(name, reason) for name, reason in zip(read.images.names, read.reasons, strict=True) if reason]
    if broken and data.broken != "drop":
        raise DataError(_refusal(rows, data, broken, len(some) + len(rows) - len(labelled)))
    kept = np.flatnonzero(usable)
    found = FoundImages(read.modes, read.sizes, tuple(broken))
    return UsableRows(
        *(some.take(kept), used[kept], read.images.take(kept), found),
        (*rows.notes, *read.notes, *_dropped(broken)),
    )


def _unlabelled(rows: Rows, data: Data) -> NDArray[np.bool_]:
    """Whether a row lacks one of its targets: (row,)."""
    found = np.zeros(len(rows), dtype=bool)
    for name in data.targets:
        if name in rows.names:
            found |= rows.column(name).isna().to_numpy(dtype=bool)
    return found


def _named(rows: Rows, places: NDArray[Any], reason: str) -> list[tuple[str, str]]:
    assert rows.files is not None
    names = rows.files.names
    return [(names[place], reason) for place in places.tolist()]


def _refusal(rows: Rows, data: Data, broken: Sequence[tuple[str, str]], of: int) -> str:
    many = "1 image can't be used" if len(broken) == 1 else f"{len(broken):,} of {of:,} images can't be used"
    odd = any(" pixels, others are " in reason for _, reason in broken)
    sized = " Or bring all to one size with data.size." * (odd and data.size is None)
    return (
        f"{rows.label}: {many}: {_listed(broken)}. Mend or remove them, or leave them out with"
        f' broken = "drop" in [data].{sized}'
    )


def _dropped(broken: Sequence[tuple[str, str]]) -> list[str]:
    if not broken:
        return []
    many = "1 image is" if len(broken) == 1 else f"{len(broken):,} images are"
    return [f"{many} dropped (data.broken): {_listed(broken)}"]


def _listed(broken: Sequence[tuple[str, str]]) -> str:
    told = "; ".join(f"{name!r} {reason}" for name, reason in broken[:LISTED])
    return told if len(broken) <= LISTED else f"{told}; and {len(broken) - LISTED:,} more"
