from __future__ import annotations
from collections.abc import Sequence
from paribus.report.facts import Facts
from paribus.report.figures import Figure


def page(facts: Facts, figures: Sequence[Figure]) -> str:
    return "<html></html>"
