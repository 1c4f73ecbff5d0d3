"""Every figure of a study, in one look: Vega-Altair specifications drawn by Vega or by vl-convert."""

from __future__ import annotations

from collections.abc import Iterator

from altair.utils.schemapi import debug_mode

from paribus.report.facts import Facts
from paribus.report.figures.boundary import boundary_figure
from paribus.report.figures.classes import class_figures
from paribus.report.figures.cost import cost_figure
from paribus.report.figures.crossed import (
    combinations_figure,
    combinations_name,
    interactions_figure,
    interactions_name,
)
from paribus.report.figures.curves import curve_figures
from paribus.report.figures.data import data_figures
from paribus.report.figures.dead import dead_figure, dead_name
from paribus.report.figures.drawing import Figure
from paribus.report.figures.factors import factor_figure, factor_name
from paribus.report.figures.importance import importance_figure, importance_name
from paribus.report.figures.leaders import leaders_figure, parallel_figure
from paribus.report.figures.parameters import parameters_figure
from paribus.report.figures.pictures import picture_figures
from paribus.report.figures.questions import question_figure, question_name
from paribus.report.figures.reliability import reliability_figure
from paribus.report.figures.residuals import residual_figures
from paribus.report.figures.sureness import (
    optimism_figure,
    ranks_figure,
    ranks_name,
    robustness_figure,
)
from paribus.report.figures.words import words_figure


def figures(facts: Facts) -> tuple[Figure, ...]:
    """The figures that the record can fill, in the page's order."""
    return tuple(each_figure(facts))


def each_figure(facts: Facts) -> Iterator[Figure]:
    """The same one after another, so that one can be drawn while the next is put together."""
    with debug_mode(False):  # Altair checks every part of a chart against a schema, which takes seconds
        yield from (figure for figure in _figures(facts) if figure is not None)


def _figures(facts: Facts) -> Iterator[Figure | None]:
    yield optimism_figure(facts)
    yield robustness_figure(facts)
    yield from data_figures(facts)
    yield leaders_figure(facts)
    yield parallel_figure(facts)
    for place, answer in enumerate(facts.answers, start=1):
        yield question_figure(place, answer)
        yield ranks_figure(place, answer)
    yield cost_figure(facts)
    yield from _of_stages(facts)
    for part in ("val", "train"):
        yield parameters_figure(facts, part)
    yield from curve_figures(facts)
    yield reliability_figure(facts)
    yield from class_figures(facts)
    yield boundary_figure(facts)
    yield from residual_figures(facts)
    yield from picture_figures(facts)
    yield words_figure(facts)


def _of_stages(facts: Facts) -> Iterator[Figure | None]:
    for place, stage in enumerate(facts.stages, start=1):
        yield importance_figure(place, stage)
        yield dead_figure(place, stage)
        for factor in stage.effects:
            yield factor_figure(place, stage, factor, facts.study.protocol.metrics)
        yield interactions_figure(place, stage, facts.study.protocol.metrics[0])
        for number, found in enumerate(stage.combinations, start=1):
            yield combinations_figure(place, number, stage, found)


__all__ = [
    "Figure",
    "combinations_name",
    "dead_name",
    "each_figure",
    "factor_name",
    "figures",
    "importance_name",
    "interactions_name",
    "question_name",
    "ranks_name",
]
