"""The texts of a table: their words, how long they are, and which are equal."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from paribus.data.text.tokens import Tokens, tokenise


@dataclass(frozen=True, eq=False)
class Texts:
    """One text a row. `keys`: (row,) uint64, equal for equal texts; `characters`: (row,) how long each is."""

    tokens: Tokens
    keys: NDArray[np.uint64]
    characters: NDArray[np.int32]

    def __post_init__(self) -> None:
        for array in (self.keys, self.characters):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, rows: NDArray[np.int64]) -> Texts:
        """The texts of these rows: positions, (row,)."""
        return Texts(self.tokens.take(rows), self.keys[rows], self.characters[rows])


def make_texts(cells: Any) -> Texts:
    """The texts of an Arrow array of strings; a missing one is empty."""
    filled = pc.fill_null(cells, "")
    return Texts(
        tokenise(filled),
        np.fromiter(map(_key, filled), dtype=np.uint64, count=len(filled)),
        pc.utf8_length(filled).to_numpy().astype(np.int32),
    )


def _key(text: Any) -> int:
    """Of a text as it stands: two of a million share one by chance in 1 of 30 million tables."""
    return int.from_bytes(blake2b(text.as_buffer(), digest_size=8).digest(), "little")
