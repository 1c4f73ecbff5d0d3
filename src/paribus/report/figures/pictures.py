"""Images on a page: samples of each label, and the most confident mistakes beside what spoke for them."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

import altair as alt
import pandas as pd
from PIL import Image

from paribus.report.facts import Facts
from paribus.report.figures.drawing import ROWS, Figure, draw, told
from paribus.report.figures.theme import PANEL
from paribus.report.formats import percent
from paribus.store.mistakes import Mistake

CELL, GAP = 96, 6
"""Pixels of a picture's longer side, and between pictures."""
TEXT = 34
"""Pixels below a mistake's pictures, for two lines of words."""
ABREAST = 3
LABELS = 12
"""Labels that are shown, at most."""


def picture_figures(facts: Facts) -> Iterator[Figure]:
    """Those that a study of images has."""
    if any(facts.samples.values()):
        yield _samples(facts)
    if facts.mistakes:
        yield _mistakes(facts.mistakes)


def _samples(facts: Facts) -> Figure:
    """A row of pictures for each label."""
    names = [name for name, pictures in facts.samples.items() if pictures][:LABELS]
    rows: list[dict[str, Any]] = [
        {"label": name, "place": place, **_sized(picture)}
        for name in names
        for place, picture in enumerate(facts.samples[name])
    ]
    most = max(len(facts.samples[name]) for name in names)
    y = alt.Y("label:N", sort=names, title=None, axis=alt.Axis(grid=False, labelLimit=160))
    chart = (
        _pictures(rows)
        .encode(x=alt.X("place:O", axis=None), y=y, tooltip=told("label"))
        .properties(width=most * (CELL + GAP), height=len(names) * (CELL + GAP))
    )
    counted = ", ".join(f"{len(facts.samples[name])} {name}".strip() for name in names)
    said = f"Images drawn by chance from the training and validation rows: {counted}."
    counts = facts.data["class_counts"] or {}
    table = pd.DataFrame(
        {"label": names, "images shown": [len(facts.samples[name]) for name in names]}
        | ({"images": [counts.get(name) for name in names]} if counts else {})
    )
    title = "Some images of each label" if counts else "Some images"
    return draw("data-samples", title, said, chart, rows, table)


def _mistakes(found: tuple[Mistake, ...]) -> Figure:
    """Each image, what spoke for the wrong class, and in words what it is and what it is called."""
    wide, high = 2 * (CELL + GAP) + 4 * GAP, CELL + TEXT + 2 * GAP
    rows: list[dict[str, Any]] = []
    for number, each in enumerate(found):
        left, top = number % ABREAST * wide, number // ABREAST * high
        words = {
            **{"image": PurePosixPath(each.image).name, "truth": each.truth, "called": each.called},
            **{"probability": each.probability},
        }
        rows += [
            {"x": left + CELL / 2, "y": top + CELL / 2, **words, **_sized(each.picture)},
            {"x": left + 1.5 * CELL + GAP, "y": top + CELL / 2, **words, **_sized(each.heat)},
            {
                **{"left": left, "line": top + CELL + 14, "lower": top + CELL + 29, **words},
                **{"first": each.truth, "second": f"called {each.called}: {percent(each.probability)}"},
            },
        ]
    across, down = min(len(found), ABREAST) * wide, -(-len(found) // ABREAST) * high
    horizontal, vertical = alt.Scale(domain=[0, across], nice=False), alt.Scale(domain=[down, 0], nice=False)
    tips = told("image", "truth", "called", probability=".3f")
    pictures = _pictures(rows).encode(
        x=alt.X("x:Q", axis=None, scale=horizontal), y=alt.Y("y:Q", axis=None, scale=vertical), tooltip=tips
    )
    lines = [
        alt.Chart()
        .transform_filter("isValid(datum.line)")
        .mark_text(align="left", baseline="bottom", fontSize=12, limit=wide - 2 * GAP)
        .encode(
            x=alt.X("left:Q", axis=None, scale=horizontal),
            y=alt.Y(f"{line}:Q", axis=None, scale=vertical),
            text=f"{text}:N",
        )
        for line, text in (("line", "first"), ("lower", "second"))
    ]
    chart = alt.layer(pictures, *lines, data=ROWS).properties(width=across, height=down)
    method = found[0].method
    title = f"The most confident mistakes on validation, and where {method} sees the wrong class"
    listed = "; ".join(f"{each.truth} called {each.called}, {percent(each.probability)}" for each in found)
    said = f"{title}: {listed}. Beside each image it stands in grey, coloured where it speaks for that class."
    table = pd.DataFrame([vars(each) for each in found]).drop(columns=["picture", "heat"])
    return draw("mistakes", title, said, chart, rows, table, least=min(PANEL, across))


def _pictures(rows: list[dict[str, Any]]) -> alt.Chart:
    """A mark for each row's picture, in its own size."""
    small = max(max(row.get("wide", 0), row.get("high", 0)) for row in rows) < CELL / 2
    marked: alt.Chart = (
        alt.Chart(ROWS)
        .transform_filter("isValid(datum.url)")
        .mark_image(smooth=not small, aspect=True, width=CELL, height=CELL)
        .encode(url="url:N")
    )
    return marked


def _sized(picture: str) -> dict[str, Any]:
    """A picture as the page reads it."""
    width, height = Image.open(BytesIO(b64decode(picture))).size
    return {"url": f"data:image/png;base64,{picture}", "wide": width, "high": height}
