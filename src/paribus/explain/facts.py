"""What an explanation says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

END = "␣"
"""The end of a word, in a piece of one."""


@dataclass(frozen=True)
class WordEffect:
    """How much a word moves the logit: in one text, or on average in the `texts` that have it."""

    word: str
    effect: float
    texts: int = 1

    @property
    def shown(self) -> str:
        """As it stands in a table or a drawing: the end of a word, a space in a piece of one, is seen."""
        bare = self.word.strip(" ")
        before = self.word.find(bare) if bare else len(self.word)
        return END * before + bare + END * (len(self.word) - before - len(bare))


@dataclass(frozen=True)
class ClassWords:
    """The words that speak most for a class; of a number, for a higher or a lower one."""

    name: str
    words: tuple[WordEffect, ...]


@dataclass(frozen=True)
class TextExplanation:
    """One text's prediction, word by word.

    `name` is the class or the label that is called, or a number's. `logit` and `probability` are its own, of
    two classes those of the second, of more the logit less the mean of all. The logit is `empty`, that of a
    text without words, plus the effects of `words`, the largest first, and of the `others` together; what the
    sum lacks is the method's own error.
    """

    text: str
    name: str
    probability: float | None
    logit: float
    empty: float
    words: tuple[WordEffect, ...]
    others: float
    method: str

    @property
    def error(self) -> float:
        """What the effects lack to the whole difference: 0 for exact ones."""
        return self.logit - self.empty - sum(word.effect for word in self.words) - self.others


@dataclass(frozen=True)
class ReadText:
    """One text of a study's rows, explained. `row`: its place in the data; `why` it was picked; `truth`: what
    it is, and `called`: what it is called.

    `reading`: its first words as they stand, each with its part of the effects of all features that it
    stands in; `length`: its words.
    """

    row: int
    why: str
    truth: str
    called: str
    told: TextExplanation
    reading: tuple[WordEffect, ...]
    length: int


@dataclass(frozen=True)
class StudyWords:
    """What moves the chosen network of a study, by one of its trials, on `texts` of its validation rows."""

    config_id: str
    fold: int
    seed: int
    texts: int
    method: str
    classes: tuple[ClassWords, ...]
    read: tuple[ReadText, ...]


@dataclass(frozen=True, eq=False)
class ImageExplanation:
    """Where one image speaks for a class.

    `heat`, (height, width) float32 of the image's own size: by Grad-CAM 0 or more, by occlusion how much the
    class' logit falls when the place is covered, below 0 where it rises. `name` is the class, `probability`
    its own; a number has none, and `heat` says what raises it.
    """

    heat: NDArray[np.float32]
    name: str
    probability: float | None
    method: str
