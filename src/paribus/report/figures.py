from __future__ import annotations
from dataclasses import dataclass
from paribus.report.facts import Facts


@dataclass(frozen=True)
class Figure:
    name: str
    svg: str


def figures(facts: Facts) -> tuple[Figure, ...]:
    return ()
