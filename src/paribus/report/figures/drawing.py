"""From an Altair chart to a figure: one specification, drawn by Vega in the page, by vl-convert in files."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import altair as alt
import pandas as pd

from paribus.report import rendering
from paribus.report.figures.theme import CONFIG

VEGA_LITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
"""The version of Vega-Lite that draws the specifications."""

ROWS = alt.NamedData("rows")
"""The figure's rows, for its charts to name: they stay out of Altair, which copies whatever it is given."""
CONFIGURATIONS = alt.NamedData("configurations")
"""The page's configurations, of which a layer draws the highlighted one; in a file there is none."""
HIGHLIGHTED = "datum.config_id === configuration"
"""Whether a row belongs to the configuration that the reader has highlighted."""

HIGHLIGHT = alt.when(HIGHLIGHTED).then(alt.value(1.0)).otherwise(alt.value(0.0))
"""The opacity of what is only drawn of the highlighted configuration."""


@dataclass(frozen=True, eq=False)
class Figure:
    """One figure: its file name, its title, what it shows in words, and the numbers that were drawn.

    `specification` is Vega-Lite, whose data are `rows`; its parameter `configuration` names the
    configuration to highlight. `drawing` is its SVG where it was drawn before.
    """

    name: str
    title: str
    description: str
    specification: dict[str, Any]
    rows: list[dict[str, Any]]
    table: pd.DataFrame
    drawing: str = ""

    @cached_property
    def text(self) -> str:
        """The specification with its rows and its look, as JSON."""
        datasets = {"rows": self.rows, "configurations": []}
        return json.dumps({**self.specification, "config": CONFIG, "datasets": datasets})

    @cached_property
    def svg(self) -> str:
        """The drawing without its interactions."""
        return self.drawing or rendering.svg(self.text, self.name, self.description, VEGA_LITE)

    def png(self) -> bytes:
        """The same drawing in pixels."""
        return rendering.png(self.svg)

    def pdf(self) -> bytes:
        """The same drawing as a page of its own size."""
        return rendering.pdf(self.svg)


def draw(
    name: str,
    title: str,
    description: str,
    chart: alt.TopLevelMixin,
    rows: Iterable[Mapping[str, Any]],
    table: pd.DataFrame,
    least: int = 0,
) -> Figure:
    """The figure of a chart over `rows`, in the one look. A number that isn't finite is drawn nowhere.

    `least`: pixels that a panel needs to be read; on a narrower screen it is scrolled sideways.
    """
    drawn = [{key: _finite(value) for key, value in row.items()} for row in rows]
    specification = chart.to_dict(validate=False)
    specification.pop("config", None)
    own = [{"name": "configuration", "value": ""}]
    specification["params"] = own + specification.get("params", [])
    if least:
        specification["usermeta"] = {"least": least}
    specification["description"] = rendering.UNWRITABLE.sub(" ", description)
    return Figure(name, title, description, specification, drawn, table)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A row each, by column."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def legend(field: str) -> tuple[alt.Parameter, Any]:
    """What a click on a legend's entry picks out, and the opacity of what it leaves."""
    picked = alt.selection_point(fields=[field], bind="legend", name="picked")
    return picked, alt.when(picked).then(alt.value(1.0)).otherwise(alt.value(0.12))


def zoom(name: str) -> alt.Parameter:
    """Zooming by the wheel and moving by dragging, with the shift key down: without it the page scrolls."""
    return alt.selection_interval(
        name=name,
        bind="scales",
        zoom="wheel![event.shiftKey]",
        translate="[pointerdown[event.shiftKey], window:pointerup] > window:pointermove!",
        on="[pointerdown[event.shiftKey], window:pointerup] > window:pointermove!",
    )


def told(*fields: str, **formats: str) -> list[alt.Tooltip]:
    """A tooltip's lines: fields as they are, and numbers by a format of d3."""
    lines = [alt.Tooltip(f"{field}:N", title=_title(field)) for field in fields]
    return lines + [
        alt.Tooltip(f"{field}:Q", title=_title(field), format=form) for field, form in formats.items()
    ]


def _title(field: str) -> str:
    return "configuration" if field == "config_id" else field.replace("_", " ")


def _finite(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
