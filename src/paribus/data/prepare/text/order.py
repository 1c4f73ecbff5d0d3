"""Texts as words in their order, for networks that read one word after another."""

from __future__ import annotations

from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from paribus.data.prepare.text.units import Words
from paribus.data.text.tokens import Tokens
from paribus.study.representation import Representation

ENDED, OTHER, FIRST = 0, 1, 2
"""The places of no word, of a word that training texts lack or have too rarely, and of the commonest."""


class WordsInOrder:
    """The first `length` words of a text, each by its place. Fitted on training texts; picklable.

    `vocabulary`: the known words, the commonest first; that at 0 has the place 2.
    """

    def __init__(self, asked: Representation, tokens: Tokens) -> None:
        self.length = asked.length
        self.vocabulary = Words(asked, tokens).names

    @classmethod
    def known(cls, length: int, vocabulary: tuple[str, ...]) -> Self:
        """With a vocabulary that was fitted before."""
        made = cls.__new__(cls)
        made.length, made.vocabulary = length, vocabulary
        return made

    def places(self, tokens: Tokens) -> NDArray[np.int32]:
        """(text, length): places of words, and 0 after the last."""
        known = pc.index_in(
            pa.array(tokens.words, type=pa.string()), value_set=pa.array(self.vocabulary, type=pa.string())
        )
        place = (pc.fill_null(known, OTHER - FIRST).to_numpy() + FIRST).astype(np.int32)
        owners = np.repeat(np.arange(len(tokens)), tokens.lengths)
        at = np.arange(len(owners)) - tokens.starts[:-1][owners]
        read = at < self.length
        found = np.full((len(tokens), self.length), ENDED, dtype=np.int32)
        found[owners[read], at[read]] = place[tokens.codes[read]]
        return found
