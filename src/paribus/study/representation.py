"""A representation of texts by its name: `multi_hot:10000`, `tfidf:20000:1-2`, `hashing:2^18`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from paribus.errors import nearest
from paribus.study.options.text import REPRESENTATIONS

DENSE = ("vectors", "sentence")
"""Representations whose features are dense."""
ORDERED = ("tokens", "tokenizer")
"""Representations that keep a text's order."""
ENCODED = ("sentence", "tokenizer")
"""Representations that a pretrained model makes of whole texts, once, when the data are read."""
MOST_FEATURES = 2**24
"""Of one representation."""
_LONGEST = {"word": 5, "character": 8}
_USUAL = {"word": (1, 1), "character": (3, 5)}
_USUAL_VOCABULARY = 10_000
_SIZE = re.compile(r"([1-9]\d{0,8})|2\^([1-9]\d?)")
_SPAN = re.compile(r"([1-9])(?:-([1-9]))?")
_SENTENCE = re.compile(r"sentence:(?P<source>.+?)(?::(?P<tokens>\d+))?(?::(?P<precision>bfloat16))?")
_TOKENIZER = re.compile(r"tokenizer:(?P<source>.+?)(?::(?P<tokens>\d+))?")
_EXAMPLES = {"tokens": 256, "hashing": "2^18"}
_LEFT_OUT = ("ngrams", "vocabulary", "tokens", "precision")
"""Arguments that may be left out."""
_NAMES = tuple(option.name for option in REPRESENTATIONS)


@dataclass(frozen=True)
class Representation:
    """What a text becomes. `size`: the most features; `low` to `high`: units in a row that make one;
    `length`: the words that are read of a text, where their order is kept, 0 for a model's own number;
    `source`: of words' vectors, of the tokenizer, or of the model that encodes texts, in numbers of
    `precision`.
    """

    weight: Literal[
        "none", "multi_hot", "counts", "tfidf", "hashing", "tokens", "vectors", "sentence", "tokenizer"
    ]
    unit: Literal["word", "character"] = "word"
    size: int = 0
    low: int = 1
    high: int = 1
    length: int = 0
    source: str = ""
    precision: Literal["float32", "bfloat16"] = "float32"

    @property
    def name(self) -> str:
        """Of a sentence encoder or a tokenizer, as a study writes it."""
        length = f":{self.length}" if self.length else ""
        return f"{self.weight}:{self.source}{length}{':bfloat16' * (self.precision == 'bfloat16')}"


@cache
def parse_representation(text: str) -> Representation:
    """Read `text`. Raises ValueError with the rule, the value and what is allowed."""
    name, *numbers = text.split(":")
    if name not in _NAMES:
        raise ValueError(f"'{text}' is no representation{nearest(name, _NAMES)} (allowed: {_allowed()})")
    if name == "none":
        if numbers:
            raise ValueError(f"'none' takes no number, but '{text}' gives one (allowed: {_allowed()})")
        return Representation("none")
    if name == "vectors":
        if not (source := text.partition(":")[2]):
            raise ValueError(f"'{text}' needs a source, as in 'vectors:glove' (allowed: {_allowed()})")
        return Representation("vectors", source=source)
    if name == "sentence":
        return _sentence(text)
    if name == "tokenizer":
        return _tokenizer(text)
    if not 1 <= len(numbers) <= 2:
        raise ValueError(
            f"'{text}' needs a number, as in '{name}:{_EXAMPLES.get(name, 10000)}' (allowed: {_allowed()})"
        )
    if name == "tokens":
        size = _size(text, numbers[1]) if len(numbers) == 2 else _USUAL_VOCABULARY
        return Representation("tokens", size=size, length=_size(text, numbers[0]))
    unit: Literal["word", "character"] = "character" if name.startswith("char_") else "word"
    low, high = _span(text, numbers[1], unit) if len(numbers) == 2 else _USUAL[unit]
    weight = name.removeprefix("char_")
    return Representation(weight, unit, _size(text, numbers[0]), low, high)  # type: ignore[arg-type]


def _sentence(text: str) -> Representation:
    found = _SENTENCE.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' needs a source, as in 'sentence:minilm' (allowed: {_allowed()})")
    length = _size(text, found["tokens"]) if found["tokens"] else 0
    precision: Literal["float32", "bfloat16"] = "bfloat16" if found["precision"] else "float32"
    return Representation("sentence", length=length, source=found["source"], precision=precision)


def _tokenizer(text: str) -> Representation:
    found = _TOKENIZER.fullmatch(text)
    if not found:
        raise ValueError(f"'{text}' needs a source, as in 'tokenizer:minilm:128' (allowed: {_allowed()})")
    length = _size(text, found["tokens"]) if found["tokens"] else 0
    return Representation("tokenizer", length=length, source=found["source"])


def check_representation(text: str) -> str:
    """`text` if it names a representation. Raises ValueError."""
    parse_representation(text)
    return text


def _size(text: str, number: str) -> int:
    found = _SIZE.fullmatch(number)
    size = (int(found[1]) if found[1] else 2 ** int(found[2])) if found else 0
    if not 1 <= size <= MOST_FEATURES:
        raise ValueError(
            f"'{text}': the number of features must be a whole number of 1 to {MOST_FEATURES:,}, or a power"
            f" of two such as 2^18, received '{number}'"
        )
    return size


def _span(text: str, span: str, unit: str) -> tuple[int, int]:
    found = _SPAN.fullmatch(span)
    low, high = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 1 <= low <= high <= _LONGEST[unit]:
        raise ValueError(
            f"'{text}': {unit}s in a row must be a number or the least and the most of 1 to {_LONGEST[unit]},"
            f" as in '1-2', received '{span}'"
        )
    return low, high


def _allowed() -> str:
    return ", ".join(
        option.name + "".join(f"[:{key}]" if key in _LEFT_OUT else f":{key}" for key, _ in option.arguments)
        for option in REPRESENTATIONS
    )
