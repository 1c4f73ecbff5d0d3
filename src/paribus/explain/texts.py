"""Single texts explained word by word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import expit, softmax

from paribus.data import Preparation
from paribus.errors import StudyError
from paribus.explain.facts import TextExplanation, WordEffect
from paribus.explain.model import WordModel
from paribus.explain.shapley import shapley_effects
from paribus.explain.words import LOWER_HIGHER

Method = Literal["gradients", "shap"]


def explain_texts(
    model: WordModel,
    preparation: Preparation,
    texts: Sequence[str],
    names: Sequence[str] = LOWER_HIGHER,
    *,
    most: int = 10,
    method: Method = "gradients",
    numbers: bool = False,
) -> tuple[TextExplanation, ...]:
    """Each text's prediction and the `most` words that move it most.

    `names`: the classes in the order of their codes, two for one output; `numbers`: whether the output is a
    number and no probability. `method`: gradients (exact for linear networks, integrated otherwise) or shap
    (Shapley values by the package shap; the extra `explain`). Raises StudyError for features that are no
    words' own, such as those of prepare.select = pca.
    """
    rows = preparation.apply_to_texts(texts)
    if not isinstance(rows, csr_array):
        raise StudyError(
            "words in their order have no effect of their own: explain a multi_hot or tfidf study"
        )
    logits = model.logits(rows)
    empty = model.logits(csr_array(np.zeros((1, rows.shape[1]), dtype=np.float32)))
    probabilities = None if numbers else _probabilities(logits)
    how = "exact" if model.is_linear else "integrated gradients"
    found = []
    for place, text in enumerate(texts):
        code = _code(logits[place] - empty[0] if numbers else logits[place])
        output = 0 if model.n_outputs == 1 else code
        row = csr_array(rows[[place]])
        effects = model.effects(row, output) if method == "gradients" else shapley_effects(model, row, output)
        words, others = _largest(effects, preparation.features, most)
        found.append(
            TextExplanation(
                text,
                name=names[code],
                probability=None if probabilities is None else float(probabilities[place, output]),
                logit=float(model.contrast(logits[[place]], output)[0]),
                empty=float(model.contrast(empty, output)[0]),
                words=words,
                others=others,
                method="shap" if method == "shap" else how,
            )
        )
    return tuple(found)


def _code(logits: NDArray[np.float64]) -> int:
    """The class that is called: (output,)."""
    return int(logits[0] > 0) if len(logits) == 1 else int(logits.argmax())


def _probabilities(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each output's class: (row, output); of one output, the positive class."""
    found: NDArray[np.float64] = expit(logits) if logits.shape[1] == 1 else softmax(logits, axis=1)
    return found


def _largest(effects: csr_array, names: Sequence[str], most: int) -> tuple[tuple[WordEffect, ...], float]:
    """The words with the largest effects, and the sum of the others'."""
    order = np.argsort(-np.abs(effects.data), kind="stable")
    words = tuple(
        WordEffect(names[int(effects.indices[place])], float(effects.data[place])) for place in order[:most]
    )
    return words, float(effects.data[order[most:]].sum())
