"""A record's facts, computed once. Pages, tables and the terminal draw them and compute nothing."""

from __future__ import annotations

from paribus.report.facts.combinations import Combinations
from paribus.report.facts.gather import SHOWN, gather
from paribus.report.facts.predictions import Classified, Estimated, Predicted
from paribus.report.facts.records import Curve, Facts, Score, StageFacts, Standing
from paribus.report.facts.scatter import Scatter
from paribus.report.facts.spreads import Interaction

__all__ = [
    "SHOWN",
    "Classified",
    "Combinations",
    "Curve",
    "Estimated",
    "Facts",
    "Interaction",
    "Predicted",
    "Scatter",
    "Score",
    "StageFacts",
    "Standing",
    "gather",
]
