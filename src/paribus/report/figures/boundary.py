"""The decision boundary of two features, and how it moved: a panel an epoch."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from PIL import Image

from paribus.data.spacing import spaced
from paribus.report.facts import Facts
from paribus.report.figures.drawing import ROWS, Figure, draw, records, told
from paribus.report.figures.theme import PALETTE, PANEL, PAPER
from paribus.store.boundary import Boundary

COLUMNS = 4
SIDE = PANEL / COLUMNS - 36
POINTS = 250
"""Rows of the data that stand in the last panel, at most."""
FAINT, STRONG = 40, 190
"""How opaque a place is: where two classes are as likely, and where one is certain; of 255."""


def boundary_figure(facts: Facts) -> Figure | None:
    """What the chosen network says of every place; None where the record has no two features of it."""
    found, classes = facts.boundary, [str(name) for name in facts.data["classes"]]
    if found is None:
        return None
    middle = [(low + high) / 2 for low, high in zip(found.low, found.high, strict=True)]
    titles = [_title(epoch) for epoch in found.epochs]
    rows: list[dict[str, Any]] = [
        {"epoch": title, "url": _picture(found, place), "across": middle[0], "up": middle[1]}
        for place, title in enumerate(titles)
    ]
    points = _points(facts, titles[-1])
    shares = [np.bincount(called.ravel(), minlength=len(classes)) / called.size for called in found.called]
    table = pd.DataFrame(shares, columns=[f"{name}, share of places" for name in classes])
    table.insert(0, "epoch", found.epochs)
    colours = dict(zip(classes, _colours(len(classes)), strict=True))
    title = f"What the chosen network ({found.config_id}) says of {found.features[0]} and {found.features[1]}"
    title += ", epoch by epoch" if len(titles) > 1 else ""
    sealed = ", sealed ones among them" if facts.study.protocol.test else ""
    dots = f" Dots in the last panel are rows of the data{sealed}."
    said = (
        f"{title}: each place in the colour of the class that the network of fold {found.fold} and seed"
        f" {found.seed} calls it, the stronger the surer. Classes: {', '.join(classes)}."
        f"{dots if points else ''}"
    )
    chart = _panels(found, titles, colours)
    return draw("calls-boundary", title, said, chart, [*rows, *points], table, round(SIDE))


def _title(epoch: int) -> str:
    return "1 epoch" if epoch == 1 else f"{epoch:,} epochs"


def _colours(n_classes: int) -> list[str]:
    return [PALETTE[place % len(PALETTE)] for place in range(n_classes)]


def _picture(found: Boundary, place: int) -> str:
    """A place a pixel, the second feature upwards, as a PNG for the page."""
    called, n_classes = found.called[place], int(found.called.max()) + 1
    colours = np.array([[int(name[n : n + 2], 16) for n in (1, 3, 5)] for name in _colours(n_classes)])
    least = 1 / max(n_classes, 2)
    sure = np.clip((found.sureness[place] - least) / (1 - least), 0, 1)
    alpha = (FAINT + (STRONG - FAINT) * sure)[..., None]
    pixels = np.concatenate([colours[called], alpha], axis=-1).astype(np.uint8)[::-1]
    file = BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, "PNG")
    return f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"


def _points(facts: Facts, title: str) -> list[dict[str, Any]]:
    """Some rows of a data set that comes with the package: of others the record holds none."""
    if facts.scatter is None or facts.boundary is None or facts.scatter.axes != facts.boundary.features:
        return []
    shown = facts.scatter.table.iloc[spaced(len(facts.scatter.table), POINTS)]
    return records(shown.assign(epoch=title))


def _panels(found: Boundary, titles: list[str], colours: dict[str, str]) -> alt.FacetChart:
    scales = [
        alt.Scale(domain=[low, high], nice=False, zero=False)
        for low, high in zip(found.low, found.high, strict=True)
    ]
    axis = alt.Axis(tickCount=3, grid=False)
    x = alt.X("across:Q", title=found.features[0], scale=scales[0], axis=axis)
    y = alt.Y("up:Q", title=found.features[1], scale=scales[1], axis=axis)
    picture = (
        alt.Chart()
        .transform_filter("isValid(datum.url)")
        .mark_image(width=SIDE, height=SIDE, aspect=False)
        .encode(x=x, y=y, url="url:N", tooltip=told("epoch"))
    )
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    points = (
        alt.Chart()
        .transform_filter("isValid(datum.target)")
        .mark_point(filled=True, size=16, opacity=1, stroke=PAPER, strokeWidth=0.5)
        .encode(
            x=alt.X("x:Q", title=found.features[0]),
            y=alt.Y("y:Q", title=found.features[1]),
            color=alt.Color("target:N", title=None, scale=scale),
            tooltip=told("target", x=".3f", y=".3f"),
        )
    )
    made: alt.FacetChart = (
        alt.layer(picture, points)  # the points, where there are any, bring the legend
        .properties(width=SIDE, height=SIDE)
        .facet(facet=alt.Facet("epoch:N", sort=titles, title=None), columns=COLUMNS, data=ROWS, spacing=16)
    )
    return made
