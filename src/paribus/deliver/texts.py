"""Texts as inputs of a delivered model: paribus takes them apart as in training, the file does the rest.

An ONNX file has no operator that could part texts into words just as training did. So the words that count
stand in the file's metadata, and again in `vocabulary.json` for readers of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field, model_validator
from scipy.sparse import csr_array

from paribus.data.prepare.text.order import ENDED
from paribus.data.prepare.text.represent import TextFeatures
from paribus.data.text.model_tokens import ModelTokenizer, tokenizer_of
from paribus.data.text.tokens import Tokens, tokenise
from paribus.deliver.schema import Finite, Schema, TextInput, Value, read_value
from paribus.errors import DataError, StudyError
from paribus.study.representation import MOST_FEATURES, ORDERED, Representation, parse_representation

KEY = "paribus.vocabulary"
"""Under which name the vocabulary stands in an ONNX file's metadata."""
DELIVERED = ("multi_hot", "counts", "tfidf", "hashing", "tokens", "tokenizer")
"""Representations whose fitted part is a list of words, a tokenizer, or nothing."""
MOST_OF_A_TOKENIZER = 2**26
"""Characters of a tokenizer's file."""
ENTRIES_AT_ONCE = 2**16
"""Entries of texts that are computed together: each becomes as many numbers as the first layer has units."""
_WORDS = (
    "NFC, small letters. A word stands between spaces, control characters, Unicode's punctuation and ASCII's"
    " signs; an apostrophe (also as one of the signs ‘ ’ ʼ ＇) parts no word, and is cut off at its ends."
    " <br> is a space."
)
"""How words are parted, for readers of their own: `data.text.tokens` does it."""


class Known(Value):
    """One representation as it was fitted.

    `words`: units by their place, the first has place 1; of words in order place 2, 1 being any other word.
    Words in a row are joined by a space; of pieces of words a space is a word's end. `idf`: of each.
    `tokenizer`: of a pretrained network, what stands in its tokenizer.json, and how many of its `tokens` are
    read; a token's place is its number + 1.
    """

    represent: Annotated[str, Field(max_length=200)]
    words: Annotated[tuple[str, ...], Field(max_length=MOST_FEATURES)]
    idf: tuple[Finite, ...] = ()
    tokenizer: Annotated[str, Field(max_length=MOST_OF_A_TOKENIZER)] = ""
    tokens: Annotated[int, Field(ge=0, le=MOST_FEATURES)] = 0

    @model_validator(mode="after")
    def _fits(self) -> Known:
        asked = self.asked
        if not is_delivered(asked):
            raise ValueError(f"'{self.represent}' isn't delivered")
        if len(self.idf) != (len(self.words) if asked.weight == "tfidf" else 0):
            raise ValueError("as many idf as words are needed for tfidf, and none else")
        if len(self.words) > asked.size or (asked.weight == "hashing" and self.words):
            raise ValueError("more words than the representation has")
        if (asked.weight == "tokenizer") != bool(self.tokenizer and self.tokens):
            raise ValueError("a tokenizer and its number of tokens belong to 'tokenizer', and nothing else")
        return self

    @property
    def asked(self) -> Representation:
        """What was asked for. Raises ValueError for none of ours."""
        return parse_representation(self.represent)


def is_delivered(asked: Representation) -> bool:
    """Whether a model can carry what was fitted."""
    return asked.weight in DELIVERED


class Vocabulary(Value):
    """What texts become, one representation for each of the description's `texts`."""

    format: Literal[1] = 1
    tokens: str = _WORDS
    texts: tuple[Known, ...]

    def features(self) -> tuple[TextFeatures, ...]:
        """Each representation, ready to use."""
        return tuple(
            TextFeatures.known(
                each.asked,
                each.words,
                np.array(each.idf) if each.idf else None,
                ModelTokenizer(each.tokenizer, each.tokens, "its tokenizer") if each.tokenizer else None,
            )
            for each in self.texts
        )


def vocabulary(represent: str, fitted: Sequence[TextFeatures]) -> Vocabulary:
    """What these fitted features are made of."""
    return Vocabulary(texts=tuple(_known(represent, each) for each in fitted))


def _known(represent: str, fitted: TextFeatures) -> Known:
    words = fitted.ordered.vocabulary if fitted.ordered else fitted.units.names if fitted.units else ()
    idf = () if fitted.idf is None else tuple(fitted.idf.tolist())
    if fitted.asked.weight == "tokenizer":
        own = tokenizer_of(fitted.asked)
        return Known(represent=represent, words=(), tokenizer=own.told, tokens=own.length)
    return Known(represent=represent, words=words, idf=idf)


def read_vocabulary(text: str, schema: Schema, where: str) -> tuple[TextFeatures, ...]:
    """The representations in a file's metadata. Raises StudyError for what doesn't fit its description."""
    if not schema.texts:
        return ()
    found = read_value(Vocabulary, KEY, text or "{}", where)
    for told, known in zip(schema.texts, found.texts, strict=False):
        if bool(told.values) == (known.asked.weight in ORDERED):
            raise StudyError(f"{where}: its words in order and its inputs don't fit: export the model again")
    if len(found.texts) != len(schema.texts):
        raise StudyError(
            f"{where}: has words for {len(found.texts)} inputs, and needs them for {len(schema.texts)}:"
            " export the model again"
        )
    try:
        return found.features()
    except DataError as error:
        raise StudyError(f"{where}: {error}; export the model again") from None


class Texts:
    """The texts of some rows, taken apart; `some` of them become the inputs of a call."""

    def __init__(
        self, told: Sequence[TextInput], features: Sequence[TextFeatures], cells: NDArray[np.object_]
    ) -> None:
        """`cells`: (row,) strings; `features`: one for each of `told`."""
        self.told = told
        self.rows = list(_rows(features, cells))
        self.whole = any(each.tokenizer for each in features)
        """Whether rows are as long as they come, since the network has this length."""
        counts = [_lengths(rows) for rows in self.rows]
        self.lengths: NDArray[np.int64] = np.maximum.reduce(counts)
        """The entries that each row has at most: (row,)."""

    def calls(self) -> Iterator[NDArray[np.int64]]:
        """Rows that are computed together, long ones with long ones: memory is bounded."""
        order = np.argsort(self.lengths, kind="stable")
        first = 0
        while first < len(order):
            widest = np.maximum(self.lengths[order[first:]], 1)
            fits = widest * np.arange(1, len(widest) + 1) <= ENTRIES_AT_ONCE
            stop = first + max(1, int(fits.argmin()) if not fits.all() else len(fits))
            yield order[first:stop]
            first = stop

    def feeds(self, some: NDArray[np.int64]) -> dict[str, NDArray[np.generic]]:
        """The inputs of these rows by name."""
        found: dict[str, NDArray[np.generic]] = {}
        for told, rows in zip(self.told, self.rows, strict=True):
            if isinstance(rows, csr_array):
                found[told.places], found[told.values] = _padded(csr_array(rows[some]))
            else:
                ends = rows.shape[1] if self.whole else max(1, int(_lengths(rows[some]).max(initial=1)))
                found[told.places] = rows[some, :ends].astype(np.int64)
        return found


def _rows(
    features: Sequence[TextFeatures], cells: NDArray[np.object_]
) -> Iterator[csr_array | NDArray[np.generic]]:
    if any(each.tokenizer is None for each in features):
        tokens = tokenise(pa.array(cells, type=pa.large_string()))
    for each in features:
        yield each.rows(tokens) if each.tokenizer is None else each.tokenizer.places(cells.tolist())


def _lengths(rows: csr_array | NDArray[np.generic]) -> NDArray[np.int64]:
    """Entries of each row: (row,)."""
    if isinstance(rows, csr_array):
        lengths: NDArray[np.int64] = np.diff(rows.indptr).astype(np.int64)
        return lengths
    words: NDArray[np.int64] = np.count_nonzero(rows != ENDED, axis=1).astype(np.int64)
    return words


def _padded(rows: csr_array) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Features' places from 1 and their values, (row, entry); 0 where a row has no more."""
    lengths = np.diff(rows.indptr)
    owners = np.repeat(np.arange(len(lengths)), lengths)
    at = np.arange(len(owners)) - np.repeat(rows.indptr[:-1], lengths)
    width = max(1, int(lengths.max(initial=1)))
    places = np.zeros((len(lengths), width), dtype=np.int64)
    values = np.zeros((len(lengths), width), dtype=np.float32)
    places[owners, at] = rows.indices.astype(np.int64) + 1
    values[owners, at] = rows.data
    return places, values


def as_texts(tokens: Tokens) -> NDArray[np.object_]:
    """Texts that are taken apart into just these words: (text,)."""
    words = np.array(tokens.words, dtype=object)
    ends = zip(tokens.starts[:-1], tokens.starts[1:], strict=True)
    texts = [" ".join(words[tokens.codes[start:stop]]) for start, stop in ends]
    return np.array(texts, dtype=object)
