"""The hashing trick: words as features without a vocabulary.

Weinberger et al., ICML 2009.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from paribus.data.prepare.text.matrix import empty, summed
from paribus.data.text.tokens import Tokens
from paribus.study.representation import Representation

_MIX = np.uint64(0x9E3779B97F4A7C15)


def hashed(asked: Representation, tokens: Tokens) -> csr_array:
    """Signed counts: every word, or words in a row, adds 1 or -1 to one of `size` features.

    float32, (text, feature), in canonical form; the same in every process and on every machine.
    """
    of_word = np.fromiter((_hash(word) for word in tokens.words), dtype=np.uint64, count=len(tokens.words))
    of_token = of_word[tokens.codes]
    owners = np.repeat(np.arange(len(tokens), dtype=np.int32), tokens.lengths)
    ends = tokens.starts[1:][owners]
    at, found = np.arange(len(owners)), np.zeros(len(owners), dtype=np.uint64)
    made = empty(len(tokens), asked.size, np.float32)
    for n in range(1, asked.high + 1):
        inside = at + n <= ends[at]
        at, found = at[inside], found[inside]
        found = (found * _MIX + of_token[at + n - 1]) * _MIX
        found ^= found >> np.uint64(32)
        if n >= asked.low:
            starts = np.append(0, np.cumsum(np.bincount(owners[at], minlength=len(tokens))))
            made = csr_array(made + _signed(found, starts, asked.size))
    made.eliminate_zeros()
    return made


def _signed(hashes: NDArray[np.uint64], starts: NDArray[np.int64], size: int) -> csr_array:
    signs = np.where(hashes >> np.uint64(63), np.float32(-1), np.float32(1))
    return summed(signs, hashes % np.uint64(size), starts, size)


def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")
