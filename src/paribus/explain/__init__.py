"""Why a network says what it says of a text: how much each word moves its answer.

    model = WordModel(configuration, weights, preparation.n_features, n_outputs=1)
    explain_texts(model, preparation, ["A lovely film"], ("blame", "praise"))
    top_words(model, preparation, rows, ("blame", "praise"))

Facts alone: pages draw them.
"""

from __future__ import annotations

from paribus.explain.facts import ClassWords, TextExplanation, WordEffect
from paribus.explain.model import WordModel
from paribus.explain.texts import explain_texts
from paribus.explain.words import top_words

__all__ = ["ClassWords", "TextExplanation", "WordEffect", "WordModel", "explain_texts", "top_words"]
