"""Why a network says what it says: how much each word of a text moves its answer, and where of an image.

    model = WordModel(configuration, weights, preparation.n_features, n_outputs=1)
    explain_texts(model, preparation, ["A lovely film"], ("blame", "praise"))
    top_words(model, preparation, rows, ("blame", "praise"))

    explain_images(network, rows, ("normal", "tumour"))

Facts alone: pages draw them.
"""

from __future__ import annotations

from paribus.explain.facts import ClassWords, ImageExplanation, TextExplanation, WordEffect
from paribus.explain.images import explain_images, share_inside
from paribus.explain.model import WordModel
from paribus.explain.texts import explain_rows, explain_texts
from paribus.explain.words import top_words

__all__ = [
    "ClassWords",
    "ImageExplanation",
    "TextExplanation",
    "WordEffect",
    "WordModel",
    "explain_images",
    "explain_rows",
    "explain_texts",
    "share_inside",
    "top_words",
]
