"""One text as it is read: what each of its words has of the effects of all that is counted in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from paribus.study.representation import Representation


def shares_of_words(
    words: Sequence[str], effects: Mapping[str, float], asked: Representation
) -> NDArray[np.float64]:
    """Each word's part of the effects, (word,): a feature's effect is parted equally among its places, and
    there among the words in a row. The parts of a text add up to its features' effects.

    `words`: of the whole text; `effects`: by a feature's name, words in a row or pieces of words.
    """
    found: dict[str, list[range]] = defaultdict(list)
    for name, place in _in_a_row(words, asked) if asked.unit == "word" else _pieces(words, asked):
        if name in effects:
            found[name].append(place)
    shares = np.zeros(len(words))
    for name, places in found.items():
        at = np.fromiter(chain.from_iterable(places), dtype=np.int64)
        np.add.at(shares, at, effects[name] / len(at))
    return shares


def _in_a_row(words: Sequence[str], asked: Representation) -> Iterator[tuple[str, range]]:
    """What words in a row are called, and where they stand."""
    for n in range(asked.low, asked.high + 1):
        for first in range(len(words) - n + 1):
            yield " ".join(words[first : first + n]), range(first, first + n)


def _pieces(words: Sequence[str], asked: Representation) -> Iterator[tuple[str, range]]:
    """The pieces of words, a space for a word's end, and the word that each stands in."""
    for place, word in enumerate(words):
        ended = f" {word} "
        for n in range(asked.low, asked.high + 1):
            for first in range(len(ended) - n + 1):
                yield ended[first : first + n], range(place, place + 1)
