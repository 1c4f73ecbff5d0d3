"""Every figure of a study, in one look: Vega-Altair specifications drawn by vl-convert."""

from __future__ import annotations

from collections.abc import Iterator

from paribus.report.facts import Facts
from paribus.report.figures.curves import curve_figures
from paribus.report.figures.drawing import Figure
from paribus.report.figures.factors import factor_figure, factor_name
from paribus.report.figures.importance import importance_figure, importance_name
from paribus.report.figures.parameters import parameters_figure
from paribus.report.figures.questions import question_figure, question_name
from paribus.report.figures.reliability import reliability_figure


def figures(facts: Facts) -> tuple[Figure, ...]:
    """The figures that the record can fill, in the page's order."""
    return tuple(figure for figure in _figures(facts) if figure is not None)


def _figures(facts: Facts) -> Iterator[Figure | None]:
    for place, answer in enumerate(facts.answers, start=1):
        yield question_figure(place, answer)
    for place, stage in enumerate(facts.stages, start=1):
        yield importance_figure(place, stage)
        for factor in stage.effects:
            yield factor_figure(place, stage, factor, facts.study.protocol.metrics)
    for part in ("val", "train"):
        yield parameters_figure(facts, part)
    yield from curve_figures(facts)
    yield reliability_figure(facts)


__all__ = ["Figure", "factor_name", "figures", "importance_name", "question_name"]
