"""Single texts explained word by word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import expit, softmax

from paribus.data.prepare.preparation import Preparation
from paribus.errors import StudyError
from paribus.explain.facts import TextExplanation, WordEffect
from paribus.explain.model import WordModel
from paribus.explain.shapley import shapley_effects
from paribus.explain.words import LOWER_HIGHER
from paribus.study.representation import ENCODED

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

    `names`: the classes in the order of their codes, two for one output; of separate outputs the labels' or
    the targets'. `numbers`: whether an output is a number and no probability. A text has one explanation, but
    of separate outputs one for each number, or each label that is called: the likeliest where none is.
    `method`: gradients (exact for linear networks, integrated otherwise) or shap (Shapley values by the
    package shap; the extra `explain`). Raises StudyError where the features aren't words' own, or not alone.
    """
    if method not in ("gradients", "shap"):
        raise StudyError(f"method = {method!r}: must be 'gradients' or 'shap'")
    if preparation.text is None or preparation.encoded:
        raise StudyError(
            "texts alone can't be explained where a row has other features too, or no text: explain prepared"
            " rows, with explain_rows"
        )
    if preparation.text.asked.weight in ENCODED:
        raise StudyError("a pretrained model's numbers are no words' own: explain a multi_hot or tfidf study")
    rows = preparation.apply_to_texts(texts)
    if not isinstance(rows, csr_array):
        raise StudyError(
            "words in their order have no effect of their own: explain a multi_hot or tfidf study"
        )
    return explain_rows(
        model, preparation.features, rows, texts, names, most=most, method=method, numbers=numbers
    )


def explain_rows(
    model: WordModel,
    features: Sequence[str],
    rows: csr_array,
    texts: Sequence[str],
    names: Sequence[str] = LOWER_HIGHER,
    *,
    most: int = 10,
    method: Method = "gradients",
    numbers: bool = False,
) -> tuple[TextExplanation, ...]:
    """The same of prepared rows, (text, feature), whose features have these names; `texts`: what stands for
    each in its explanation.
    """
    logits = model.logits(rows)
    empty = model.logits(csr_array(np.zeros((1, rows.shape[1]), dtype=np.float32)))
    probabilities = None if numbers else _probabilities(model, logits)
    how = "exact" if model.is_linear else "integrated gradients"
    found = []
    for place, text in enumerate(texts):
        row = csr_array(rows[[place]])
        for output, name in _called(model, logits[place] - (empty[0] if numbers else 0), names, numbers):
            effects = (
                model.effects(row, output) if method == "gradients" else shapley_effects(model, row, output)
            )
            words, others = _largest(effects, features, most)
            found.append(
                TextExplanation(
                    text,
                    name=name,
                    probability=None if probabilities is None else float(probabilities[place, output]),
                    logit=float(model.contrast(logits[[place]], output)[0]),
                    empty=float(model.contrast(empty, output)[0]),
                    words=words,
                    others=others,
                    method="shap" if method == "shap" else how,
                )
            )
    return tuple(found)


def _called(
    model: WordModel, logits: NDArray[np.float64], names: Sequence[str], numbers: bool
) -> list[tuple[int, str]]:
    """The outputs to be explained, and the name of what each says: logits (output,)."""
    if model.n_outputs == 1:
        return [(0, names[int(logits[0] > 0)])]
    if not model.separate:
        return [(code := int(logits.argmax()), names[code])]
    outputs = [output for output, logit in enumerate(logits) if numbers or logit > 0]
    return [(output, names[output]) for output in outputs or [int(logits.argmax())]]


def _probabilities(model: WordModel, logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each output's class: (row, output); of one output, the positive class."""
    alone = model.separate or model.n_outputs == 1
    found: NDArray[np.float64] = expit(logits) if alone else softmax(logits, axis=1)
    return found


def _largest(effects: csr_array, names: Sequence[str], most: int) -> tuple[tuple[WordEffect, ...], float]:
    """The words with the largest effects, and the sum of the others'."""
    order = np.argsort(-np.abs(effects.data), kind="stable")
    words = tuple(
        WordEffect(names[int(effects.indices[place])], float(effects.data[place])) for place in order[:most]
    )
    return words, float(effects.data[order[most:]].sum())
