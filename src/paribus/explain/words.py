"""The words that speak most for each class, over many texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from paribus.data.prepare.preparation import Preparation
from paribus.explain.facts import ClassWords, WordEffect
from paribus.explain.model import WordModel

LOWER_HIGHER = ("lower", "higher")
"""What words speak for where a number is asked for."""


def top_words(
    model: WordModel,
    preparation: Preparation,
    rows: csr_array,
    names: Sequence[str] = LOWER_HIGHER,
    most: int = 20,
    least_texts: int = 10,
) -> tuple[ClassWords, ...]:
    """For each class the `most` words with the largest mean effect in the texts that have them.

    `rows`: prepared texts, (text, feature); `names`: the classes in the order of their codes, two for one
    output; of separate outputs the labels' or the targets'. Columns beside the text are left out. Words in
    fewer than `least_texts` texts are left out: their mean says little. Of a transformed target
    (prepare.target) effects are in the network's own units.
    """
    told, columns = [], set(preparation.encoded)
    for name, effects, texts in _means(model, rows, names):
        order = np.lexsort((np.arange(len(effects)), -effects))
        known = [
            place
            for place in order[effects[order] > 0]
            if texts[place] >= least_texts and preparation.features[place] not in columns
        ][:most]
        words = (
            WordEffect(preparation.features[place], float(effects[place]), int(texts[place]))
            for place in known
        )
        told.append(ClassWords(name, tuple(words)))
    return tuple(told)


def _means(
    model: WordModel, rows: csr_array, names: Sequence[str]
) -> Iterator[tuple[str, NDArray[np.float64], NDArray[np.int64]]]:
    """For each class its name, each word's mean effect for it, and the texts that have the word."""
    texts = np.bincount(rows.indices, minlength=rows.shape[1])
    totals = [model.total_effects(rows, output) for output in range(model.n_outputs)]
    if model.n_outputs == 1:  # what speaks for one of two classes speaks against the other
        totals = [-totals[0], totals[0]]
    for name, total in zip(names, totals, strict=True):
        yield name, total / np.maximum(texts, 1), texts
