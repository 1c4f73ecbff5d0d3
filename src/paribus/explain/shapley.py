"""Words' Shapley values, by the package shap: another way to the same question, to hold the first one to.

Lundberg & Lee, NIPS 2017.
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from paribus.errors import StudyError
from paribus.explain.model import WordModel

ROUNDS = 10
"""Orders in which words are added and taken away again, each from both ends."""


def shapley_effects(model: WordModel, row: csr_array, output: int, rounds: int = ROUNDS) -> csr_array:
    """How much each word of one text, (1, feature), moves the logit, a missing word being one not there.

    The mean over orders in which words are added; the same text gives the same. Raises StudyError without
    the package.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what shap's own imports warn of is nothing of the user's
            from shap import PermutationExplainer  # noqa: PLC0415  (an extra)
    except ImportError:
        raise StudyError(
            "method = 'shap' needs the package shap: install it with pip install -c constraints.txt"
            " 'paribus[explain]', or use method = 'gradients'"
        ) from None
    n_words = len(row.indices)
    found = csr_array(row.astype(np.float64))
    if not n_words:
        return found

    def logit(there: NDArray[np.float64]) -> NDArray[np.float64]:
        """The logit of texts with some of the words: (text, word) 0 or 1."""
        texts = csr_array(there * row.data)
        spread = csr_array(
            (texts.data, row.indices[texts.indices], texts.indptr), shape=(len(there), row.shape[1])
        )
        return model.contrast(model.logits(spread), output)

    explainer = PermutationExplainer(logit, np.zeros((1, n_words)), seed=0)
    told = explainer(np.ones((1, n_words)), max_evals=rounds * (2 * n_words + 1), silent=True)
    found.data = np.asarray(told.values[0], dtype=np.float64)
    return found
