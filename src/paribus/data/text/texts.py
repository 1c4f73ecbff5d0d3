"""The texts of a table: their words, how long they are, and which are equal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from paribus.data.text.encoders import Encode, Encoding
from paribus.data.text.tokens import Tokens, tokenise


@dataclass(frozen=True, eq=False)
class Texts:
    """One text a row. `keys`: (row,) uint64, equal for equal texts; `characters`: (row,) how long each is;
    `encoded`: what pretrained models have made of them, by `prepare.represent`.
    """

    tokens: Tokens
    keys: NDArray[np.uint64]
    characters: NDArray[np.int32]
    encoded: Mapping[str, Encoding] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for array in (self.keys, self.characters):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, rows: NDArray[np.int64]) -> Texts:
        """The texts of these rows: positions, (row,)."""
        encoded = {name: each.take(rows) for name, each in self.encoded.items()}
        return Texts(self.tokens.take(rows), self.keys[rows], self.characters[rows], encoded)


def make_texts(cells: Any, encoders: Mapping[str, Encode] = MappingProxyType({})) -> Texts:
    """The texts of an Arrow array of strings; a missing one is empty. Equal texts are encoded once."""
    filled = pc.fill_null(cells, "")
    keys = np.fromiter(map(_key, filled), dtype=np.uint64, count=len(filled))
    encoded = {}
    if encoders:
        distinct, first, place = np.unique(keys, return_index=True, return_inverse=True)
        texts = filled.take(pa.array(first)).to_pylist()
        encoded = {name: encode(texts, distinct).take(place) for name, encode in encoders.items()}
    return Texts(tokenise(filled), keys, pc.utf8_length(filled).to_numpy().astype(np.int32), encoded)


def _key(text: Any) -> int:
    """Of a text as it stands: two of a million share one by chance in 1 of 30 million tables."""
    return int.from_bytes(blake2b(text.as_buffer(), digest_size=8).digest(), "little")
