"""A representation of texts, fitted on training rows: what is counted, and how much each count weighs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from paribus.data.parts import TrainingPart
from paribus.data.prepare.text.hashing import hashed
from paribus.data.prepare.text.order import WordsInOrder
from paribus.data.prepare.text.units import Pieces, Units, Words
from paribus.data.text.encoders import encoder_size
from paribus.data.text.model_tokens import ModelTokenizer, token_length
from paribus.data.text.texts import Texts
from paribus.data.text.tokens import Tokens
from paribus.data.text.vectors import mean_vectors, vector_size
from paribus.errors import DataError
from paribus.study.representation import DENSE, ENCODED, ORDERED, Representation, parse_representation

TOKENS_AT_ONCE = 2**22
"""Words of texts that are counted at a time: pieces of words are many more."""


class TextFeatures:
    """What a text's words become. Fitted on the training rows' texts; small, and picklable.

    `names`: the features, the commonest first: words, words in a row, pieces of words.
    """

    def __init__(self, asked: Representation, tokens: Tokens) -> None:
        """Raises DataError where the training rows' texts have nothing to count."""
        self.asked = asked
        self.units: Units | None = None
        self.idf: NDArray[np.float64] | None = None
        self.ordered: WordsInOrder | None = None
        self.tokenizer: ModelTokenizer | None = None
        if asked.weight == "hashing":
            self.names = tuple(f"hash_{number + 1}" for number in range(asked.size))
            return
        if asked.weight == "vectors":
            size = vector_size(asked.source)
            self.names = tuple(f"{Path(asked.source).stem}_{number + 1}" for number in range(size))
            return
        if asked.weight == "sentence":
            size = encoder_size(asked)
            self.names = tuple(f"{Path(asked.source).name}_{number + 1}" for number in range(size))
            return
        if asked.weight == "tokenizer":
            self.names = tuple(f"token_{number + 1}" for number in range(token_length(asked)))
            return
        if asked.weight == "tokens":
            self.ordered = WordsInOrder(asked, tokens)
            self.names = tuple(f"token_{number + 1}" for number in range(asked.length))
            return
        self.units = (Words if asked.unit == "word" else Pieces)(asked, tokens)
        self.names = self.units.names
        if not self.names:
            raise DataError(
                f"no text of the training part has {asked.low} {asked.unit}s in a row, so that nothing can be"
                " learned: use fewer in a row in prepare.represent"
            )
        if asked.weight == "tfidf":
            counts = self.units.counts(tokens)
            having = np.bincount(counts.indices, minlength=len(self.names))
            self.idf = np.log((1 + len(tokens)) / (1 + having)) + 1

    @classmethod
    def known(
        cls,
        asked: Representation,
        words: Sequence[str],
        idf: NDArray[np.float64] | None,
        tokenizer: ModelTokenizer | None = None,
    ) -> Self:
        """Features that were fitted before, as a delivered model holds them: of `words` (`names`, or the
        vocabulary of words in order) and their `idf`, (word,), or of a `tokenizer`. Not for vectors.
        """
        made = cls.__new__(cls)
        made.asked, made.idf, made.units, made.ordered = asked, idf, None, None
        made.names, made.tokenizer = tuple(words), tokenizer
        if asked.weight == "tokenizer":
            return made
        if asked.weight == "tokens":
            made.ordered = WordsInOrder.known(asked.length, made.names)
        elif asked.weight != "hashing":
            made.units = (Words if asked.unit == "word" else Pieces).known(made.names)
        return made

    def of(self, texts: Texts) -> csr_array | NDArray[Any]:
        """The features of texts as `rows` gives them; those of a pretrained model as they were encoded."""
        if self.asked.weight in ENCODED:
            return texts.encoded[self.asked.name].vectors()
        return self.rows(texts.tokens)

    def rows(self, tokens: Tokens) -> csr_array | NDArray[Any]:
        """The features of texts: float32, (text, feature), in canonical form; or places of words in order.

        Raises ValueError for a pretrained model's, which takes texts as they stand.
        """
        if self.asked.weight in ENCODED:
            raise ValueError("a pretrained model takes texts as they stand, not their words")
        if self.ordered is not None:
            return self.ordered.places(tokens)
        if self.asked.weight == "vectors":
            return mean_vectors(tokens, self.asked.source)
        found = [self._rows(tokens.take(np.arange(*ends))) for ends in _blocks(tokens)]
        made = found[0] if len(found) == 1 else csr_array(vstack(found, format="csr"))
        made.has_canonical_format = True
        return made

    def _rows(self, tokens: Tokens) -> csr_array:
        if self.units is None:
            return _unit_length(hashed(self.asked, tokens))
        found = self.units.counts(tokens)
        if self.asked.weight == "multi_hot":
            found.data = np.ones(len(found.data), dtype=np.float32)
            return found
        if self.idf is None:
            found.data = found.data.astype(np.float32)
            return found
        found.data = found.data * self.idf[found.indices]
        return _unit_length(found)


def most_text_features(asked: Representation, tokens: Tokens) -> int:
    """At most so many features come out of these training texts; exact for single words and hashing."""
    if asked.weight == "tokens":
        return asked.length
    if asked.weight == "tokenizer":
        return token_length(asked)
    if asked.weight == "vectors":
        return vector_size(asked.source)
    if asked.weight == "sentence":
        return encoder_size(asked)
    if asked.weight == "hashing" or (asked.unit, asked.high) != ("word", 1):
        return asked.size
    return min(asked.size, _n_words(tokens))


def usual_text_entries(asked: Representation, tokens: Tokens) -> int:
    """About so many of a text's features aren't 0, where they are sparse; else 0."""
    if asked.weight in ("none", *ORDERED, *DENSE):
        return 0
    pieces = 4 if asked.unit == "character" else 1
    return max(1, int(tokens.lengths.mean()) * pieces * (asked.high - asked.low + 1))


def vocabulary_notes(represented: Iterable[str], part: TrainingPart) -> tuple[str, ...]:
    """A sentence for each representation that asks for more than a training part's texts have."""
    told = []
    for text in dict.fromkeys(represented):
        asked = parse_representation(text)
        if not part.features.has_text or asked.weight in ("none", "hashing", "tokenizer", *DENSE):
            continue
        tokens = part.features.texts.tokens
        if asked.unit == "word" and asked.low == 1 and _n_words(tokens) >= asked.size:
            continue
        fitted = TextFeatures(asked, tokens)
        found = len(fitted.ordered.vocabulary if fitted.ordered else fitted.names)
        if found < asked.size:
            what = "words" if (asked.unit, asked.high) == ("word", 1) else f"{asked.unit}s in a row"
            told.append(
                f"prepare.represent = '{text}': the training texts have {found:,} such {what}, and all of"
                " them are used"
            )
    return tuple(told)


def _n_words(tokens: Tokens) -> int:
    return int(np.count_nonzero(np.bincount(tokens.codes)))


def _blocks(tokens: Tokens) -> Iterator[tuple[int, int]]:
    """Texts from first to before stop, so many tokens at a time; one block where there is no text."""
    first = 0
    while first < max(1, len(tokens)):
        stop = np.searchsorted(tokens.starts, tokens.starts[first] + TOKENS_AT_ONCE, side="right") - 1
        stop = min(len(tokens), max(first + 1, int(stop)))
        yield first, stop
        first = max(stop, 1)


def _unit_length(rows: csr_array) -> csr_array:
    """Each row divided by its length; a row of zeros stays."""
    values = rows.data.astype(np.float64)
    owners = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    lengths = np.sqrt(np.bincount(owners, weights=values**2, minlength=rows.shape[0]))
    rows.data = (values / lengths[owners]).astype(np.float32)
    return rows
