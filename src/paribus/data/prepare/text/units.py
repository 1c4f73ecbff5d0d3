"""What a representation counts: words, words in a row, or pieces of words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import chain, repeat
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from paribus.data.prepare.text.matrix import matrix
from paribus.data.prepare.text.ngrams import Grams, Sequences, commonest, occurrences
from paribus.data.text.tokens import Tokens
from paribus.study.representation import Representation

_CHARACTERS = 0x110000
"""Unicode's."""


class Units(Protocol):
    """What of the training texts is counted in every text; `names`: as it is written, the commonest first."""

    names: tuple[str, ...]

    def counts(self, tokens: Tokens) -> csr_array:
        """How often each text has each of them: int32, (text, unit), in canonical form."""
        ...


class Words(Units):
    """The commonest words, or words in a row, of training texts."""

    @classmethod
    def known(cls, names: tuple[str, ...]) -> Self:
        """Those that were fitted before."""
        made = cls.__new__(cls)
        made.names = names
        return made

    def __init__(self, asked: Representation, tokens: Tokens) -> None:
        every = np.ones(len(tokens), dtype=np.int64)
        found = commonest(_in_texts(tokens), asked.size, asked.low, asked.high, every)
        words = np.array(tokens.words, dtype=object)
        self.names = _in_order(found, [map(" ".join, words[each.symbols]) for each in found])

    def counts(self, tokens: Tokens) -> csr_array:
        """See `Units.counts`."""
        codes, grams = self._spelled
        known = map(codes.get, tokens.words, repeat(len(codes)))
        code = np.fromiter(known, dtype=np.int32, count=len(tokens.words))
        sequences = Sequences(code[tokens.codes], tokens.starts, len(codes) + 1)
        return _counted(grams, sequences, len(self.names))

    @cached_property
    def _spelled(self) -> tuple[dict[str, int], tuple[Grams, ...]]:
        """The words of all units with a code each, and the units in these codes: made once, as a service
        counts a text at a time.
        """
        spelled = [name.split(" ") for name in self.names]
        codes = {word: code for code, word in enumerate(dict.fromkeys(chain.from_iterable(spelled)))}
        return codes, _grams(spelled, lambda words: np.array([codes[word] for word in words], np.int32))

    def __getstate__(self) -> dict[str, Any]:
        return {"names": self.names}


class Pieces(Units):
    """The commonest characters in a row within words; a space stands for a word's end.

    A piece's place in a text is that of a word, so words are taken apart once, however often they stand.
    """

    @classmethod
    def known(cls, names: tuple[str, ...]) -> Self:
        """Those that were fitted before."""
        made = cls.__new__(cls)
        made.names = names
        return made

    def __init__(self, asked: Representation, tokens: Tokens) -> None:
        times = np.bincount(tokens.codes, minlength=len(tokens.words))
        standing = np.flatnonzero(times)
        words = _in_words([tokens.words[code] for code in standing])
        found = commonest(words, asked.size, asked.low, asked.high, times[standing])
        self.names = _in_order(found, [map(_text, each.symbols) for each in found])

    def counts(self, tokens: Tokens) -> csr_array:
        """See `Units.counts`."""
        standing = np.unique(tokens.codes)
        place = np.zeros(len(tokens.words), dtype=np.int32)
        place[standing] = np.arange(len(standing))
        in_texts = matrix([(_in_texts(tokens).owners, place[tokens.codes])], len(tokens), len(standing))
        in_words = _counted(
            self._spelled, _in_words([tokens.words[code] for code in standing]), len(self.names)
        )
        found = csr_array(in_texts @ in_words)
        found.sort_indices()
        return found

    @cached_property
    def _spelled(self) -> tuple[Grams, ...]:
        return _grams([list(map(ord, name)) for name in self.names], _as_numbers)

    def __getstate__(self) -> dict[str, Any]:
        return {"names": self.names}


def _in_texts(tokens: Tokens) -> Sequences:
    return Sequences(tokens.codes, tokens.starts, len(tokens.words))


def _in_words(words: Sequence[str]) -> Sequences:
    """The characters of each word, a space before and after it."""
    lengths = np.fromiter((len(word) + 2 for word in words), dtype=np.int64, count=len(words))
    joined = "".join(chain.from_iterable((" ", word, " ") for word in words))
    symbols = np.frombuffer(joined.encode("utf-32-le"), dtype="<i4").astype(np.int32)
    return Sequences(symbols, np.append(0, np.cumsum(lengths)), _CHARACTERS)


def _as_numbers(characters: list[int]) -> NDArray[np.int32]:
    return np.array(characters, dtype=np.int32)


def _text(characters: NDArray[np.int32]) -> str:
    return characters.astype("<i4").tobytes().decode("utf-32-le")


def _in_order(grams: Sequence[Grams], names: Sequence[Iterable[str]]) -> tuple[str, ...]:
    """The names by their places."""
    placed = {
        int(place): name
        for each, written in zip(grams, names, strict=True)
        for place, name in zip(each.places, written, strict=True)
    }
    return tuple(placed[place] for place in range(len(placed)))


def _grams(
    spelled: Sequence[list[Any]], code_of: Callable[[list[Any]], NDArray[np.int32]]
) -> tuple[Grams, ...]:
    """n-grams as symbols of a table, without those that it can't have."""
    lengths = np.array([len(each) for each in spelled], dtype=np.int64)
    made = []
    for n in np.unique(lengths):
        places = np.flatnonzero(lengths == n)
        symbols = code_of(list(chain.from_iterable(spelled[int(place)] for place in places))).reshape(-1, n)
        known = (symbols >= 0).all(axis=1)
        made.append(Grams(symbols[known], places[known]))
    return tuple(made)


def _counted(grams: Sequence[Grams], sequences: Sequences, n_units: int) -> csr_array:
    """How often each sequence has each n-gram."""
    return matrix(occurrences(grams, sequences), len(sequences.starts) - 1, n_units)
