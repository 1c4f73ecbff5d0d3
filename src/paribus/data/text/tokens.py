"""Texts taken apart into words once, as codes of the distinct words: by arrays, with no loop over words.

A word is what stands between spaces and punctuation, in small letters, as in the IMDB set of Keras.
Apostrophes within a word stay (don't); a line break of HTML (<br />) is a space.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

BYTES_AT_ONCE = 2**22
"""Of text that a core takes apart at a time."""

_BREAK = r"<br\s*/?>"
_APOSTROPHES = "[‘’ʼ＇]"
_BETWEEN_WORDS = r"[^\P{P}']|[\p{Z}\p{Cc}\x{200B}\x{FEFF}]"
"""Any script's punctuation but the apostrophe, spaces, controls, spaces without width."""
_IS_WORD = np.ones(256, dtype=bool)
_IS_WORD[[*range(33), 127, *rb'!"#$%&()*+,-./:;<=>?@[\]^_`{|}~']] = False
_SMALL = np.arange(256, dtype=np.uint8)
_SMALL[ord("A") : ord("Z") + 1] += ord("a") - ord("A")


@dataclass(frozen=True, eq=False)
class Tokens:
    """Texts as words. `words`: the distinct ones, sorted; `codes`: (token,) int32, places among them;
    `starts`: (text + 1,) int64, where each text's tokens begin.
    """

    words: tuple[str, ...]
    codes: NDArray[np.int32]
    starts: NDArray[np.int64]

    def __post_init__(self) -> None:
        for array in (self.codes, self.starts):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The number of tokens of each text, (text,)."""
        return np.diff(self.starts)

    def take(self, rows: NDArray[np.int64]) -> Tokens:
        """The same words, and the tokens of these texts: positions, (text,)."""
        lengths = self.lengths[rows]
        starts = np.append(0, np.cumsum(lengths))
        places = np.arange(starts[-1]) + np.repeat(self.starts[rows] - starts[:-1], lengths)
        return Tokens(self.words, self.codes[places], starts)


def tokenise(texts: Any) -> Tokens:
    """The words of each text of an Arrow array of strings; a missing text has none.

    The same texts give the same to the bit, on however many cores.
    """
    if not len(texts):
        return Tokens((), np.empty(0, dtype=np.int32), np.zeros(1, dtype=np.int64))
    texts = pc.fill_null(texts.cast(pa.large_string()), "")
    blocks = [_Block(texts.slice(first, stop - first)) for first, stop in _blocks(texts)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(_Block.taken_apart, blocks))
    every = pa.concat_arrays([words for words, _, _ in found]).dictionary_encode()
    words, place = _sorted(every.dictionary)
    place = place[every.indices.to_numpy()]
    codes, counts = [], []
    first = 0
    for distinct, inside, in_row in found:
        codes.append(place[first : first + len(distinct)][inside])
        counts.append(in_row)
        first += len(distinct)
    return _without_blanks(words, np.concatenate(codes), np.concatenate(counts))


def _blocks(texts: Any) -> Iterator[tuple[int, int]]:
    """Texts from first to before stop, so many bytes at a time."""
    ends = _offsets(texts)[1:]
    first = 0
    while first < len(texts):
        begun = ends[first - 1] if first else 0
        stop = max(first + 1, int(np.searchsorted(ends, begun + BYTES_AT_ONCE, side="right")))
        yield first, stop
        first = stop


def _offsets(texts: Any) -> NDArray[np.int64]:
    """Where each text begins in their bytes, and where the last ends: (text + 1,)."""
    return np.frombuffer(texts.buffers()[1], dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]


@dataclass(frozen=True, eq=False)
class _Block:
    """Some texts, taken apart by one core."""

    texts: Any

    def taken_apart(self) -> tuple[Any, NDArray[np.int32], NDArray[np.int64]]:
        """The distinct words as they come, each token's place among them, and the tokens of each text."""
        texts = _plain(self.texts)
        offsets = _offsets(texts)
        letters = np.frombuffer(texts.buffers()[2] or b"", dtype=np.uint8)[offsets[0] : offsets[-1]]
        begins = offsets - offsets[0]
        in_word = _IS_WORD[letters]
        first, last = in_word.copy(), in_word.copy()
        first[1:] &= ~in_word[:-1]
        last[:-1] &= ~in_word[1:]
        heads = begins[:-1][np.diff(begins) > 0]
        first[heads] = in_word[heads]
        last[heads - 1] = in_word[heads - 1]
        places = np.flatnonzero(first)
        starts = np.append(0, np.cumsum(np.flatnonzero(last) + 1 - places))
        kept = _SMALL[letters[in_word]]
        tokens = pa.Array.from_buffers(
            pa.large_string(), len(places), [None, pa.py_buffer(starts), pa.py_buffer(kept)]
        )
        encoded = tokens.dictionary_encode()
        in_text = np.diff(np.searchsorted(places, begins)).astype(np.int64)
        return encoded.dictionary, encoded.indices.to_numpy(), in_text


def _plain(texts: Any) -> Any:
    """The same with breaks as spaces and, where a text has more than ASCII, small and without punctuation."""
    texts = pc.replace_substring_regex(texts, _BREAK, " ")
    beyond = pc.invert(pc.string_is_ascii(texts))
    if not pc.any(beyond).as_py():
        return texts
    wide = pc.utf8_lower(pc.utf8_normalize(texts.filter(beyond), "NFC"))
    wide = pc.replace_substring_regex(wide, _APOSTROPHES, "'")
    wide = pc.replace_substring_regex(wide, _BETWEEN_WORDS, " ")
    return pc.replace_with_mask(texts, beyond, wide)


def _sorted(words: Any) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """The distinct words without apostrophes at their ends, sorted, and where each word stands there."""
    bare = pc.utf8_trim(words, "'").dictionary_encode()
    order = pc.sort_indices(bare.dictionary).to_numpy()
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return tuple(bare.dictionary.take(pa.array(order)).to_pylist()), rank[bare.indices.to_numpy()]


def _without_blanks(words: tuple[str, ...], codes: NDArray[np.int32], in_text: NDArray[np.int64]) -> Tokens:
    """The same without what was apostrophes alone: the empty word, which is sorted first."""
    starts = np.append(0, np.cumsum(in_text))
    if not words or words[0]:
        return Tokens(words, codes, starts)
    blank = codes == 0
    before = np.searchsorted(np.flatnonzero(blank), starts)
    return Tokens(words[1:], codes[~blank] - np.int32(1), starts - before)
