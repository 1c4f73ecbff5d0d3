"""Explaining: what the chosen configuration sees in its rows, kept while they are at hand."""

from __future__ import annotations

from paribus.steps.boundary import draw_boundary
from paribus.steps.mistakes import keep_mistakes
from paribus.steps.words import explain_words
from paribus.steps.work import Work


def explain(work: Work) -> None:
    """Write down its surest mistakes on images, its boundary between two features, the words that move it:
    whichever the data have.
    """
    keep_mistakes(work)
    draw_boundary(work)
    explain_words(work)
