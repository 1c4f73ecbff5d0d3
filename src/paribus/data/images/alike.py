"""Images whose file names begin alike: perhaps those of one patient, one slide or one device."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

_PIECES = re.compile(r"[^_. -]+")
_LEAST = 2
"""Groups, and names of a group, from which on names tell of groups at all: at least half of them stand in
such a group."""


@dataclass(frozen=True, eq=False)
class Alike:
    """`groups`: of each name, (row,); `beginnings`: how the names of each group begin; `pattern`: the regular
    expression that finds them in the file names.
    """

    groups: NDArray[np.int64]
    beginnings: tuple[str, ...]
    pattern: str


def alike(names: Sequence[str], labels: NDArray[np.generic]) -> Alike | None:
    """The groups that file names tell of, by how they begin; None where they tell of none.

    A name falls into pieces at underscores, hyphens, points and spaces, as `C100P61ThinF_IMG_2015_cell_7`.
    Groups are told apart by as few first pieces as differ at all; pieces that only repeat the `labels` don't
    count.
    """
    pieces = [_PIECES.findall(PurePosixPath(name).stem) for name in names]
    for count in range(1, min(map(len, pieces), default=0)):
        told, groups = np.unique(["_".join(each[:count]) for each in pieces], return_inverse=True)
        if len(told) < _LEAST or _repeats(groups, labels):
            continue
        if 2 * (np.bincount(groups)[groups] >= _LEAST).sum() < len(names):
            return None
        pattern = "^" + "[_. -]+".join(["[^_. -]+"] * count)
        return Alike(groups.astype(np.int64), tuple(map(str, told)), pattern)
    return None


def _repeats(groups: NDArray[np.int64], labels: NDArray[np.generic]) -> bool:
    """Whether groups are the labels under another name."""
    codes = np.unique(labels, return_inverse=True)[1]
    pairs = len(np.unique(np.stack([groups, codes]), axis=1).T)
    return pairs == len(np.unique(groups)) == len(np.unique(codes))
