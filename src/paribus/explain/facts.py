"""What an explanation says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WordEffect:
    """How much a word moves the logit: in one text, or on average in the `texts` that have it."""

    word: str
    effect: float
    texts: int = 1


@dataclass(frozen=True)
class ClassWords:
    """The words that speak most for a class; of a number, for a higher or a lower one."""

    name: str
    words: tuple[WordEffect, ...]


@dataclass(frozen=True)
class TextExplanation:
    """One text's prediction, word by word.

    `name` is the class that is called. `logit` and `probability` are its own, of two classes those of the
    second, of more the logit less the mean of all. The logit is `empty`, that of a text without words, plus
    the effects of `words`, the largest first, and of the `others` together; what the sum lacks is the
    method's own error.
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
