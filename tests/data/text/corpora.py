"""Small texts for the tests of this room."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from paribus.data.parts import TrainingPart
from paribus.data.split import split
from paribus.data.text.tokens import Tokens, tokenise
from paribus.study.spec import Protocol
from tests.data.helpers import table

PRAISE = ["good", "great", "fine", "lovely", "moving"]
BLAME = ["bad", "poor", "dull", "weak", "boring"]
PLAIN = ["the", "film", "a", "was", "story", "and", "of", "it", "actors", "scene", "end", "old"]


def reviews(rows: int = 80, seed: int = 0, length: int = 12) -> list[str]:
    """Texts whose words lean to praise in even rows, and to blame in odd ones."""
    generator = np.random.default_rng(seed)
    made = []
    for row in range(rows):
        leaning = PRAISE if row % 2 == 0 else BLAME
        words = [*generator.choice(PLAIN, length), *generator.choice(leaning, 2)]
        made.append(" ".join(generator.permutation(words)) + f" {row}.")
    return made


def frame(rows: int = 80, seed: int = 0) -> pd.DataFrame:
    """The reviews with their class."""
    return pd.DataFrame(
        {"text": reviews(rows, seed), "y": ["p" if row % 2 == 0 else "n" for row in range(rows)]}
    )


def training(rows: int = 80, seed: int = 0) -> TrainingPart:
    """The training part of the reviews."""
    found = table(frame(rows, seed), text="text")
    return split(found, Protocol(test=0, validation="holdout:0.25"), 7).folds[0].training


def tokens(texts: list[str]) -> Tokens:
    """Texts taken apart."""
    return tokenise(pa.array(texts, type=pa.large_string()))


def words(texts: list[str]) -> list[list[str]]:
    """The words of each text, as they come."""
    found = tokens(texts)
    return [
        [found.words[code] for code in found.codes[start:stop]]
        for start, stop in zip(found.starts[:-1], found.starts[1:], strict=True)
    ]
