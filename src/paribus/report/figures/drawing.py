"""From an Altair chart to a figure: one specification, drawn by Vega in the page, by vl-convert in files."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from xml.etree import ElementTree

import altair as alt
import pandas as pd
import vl_convert

from paribus.report.figures.theme import CONFIG

PIXELS = 2.0
"""Pixels of the PNG for each of the figure's own."""
VEGA_LITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
"""The version of Vega-Lite that draws the specifications."""
_DROPPED = ("class", "role", "pointer-events", "aria-hidden", "aria-label", "aria-roledescription")
_DECIMALS = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

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
    configuration to highlight.
    """

    name: str
    title: str
    description: str
    specification: dict[str, Any]
    rows: list[dict[str, Any]]
    table: pd.DataFrame

    @cached_property
    def svg(self) -> str:
        """The drawing without its interactions."""
        datasets = {"rows": self.rows, "configurations": []}
        whole = {**self.specification, "config": CONFIG, "datasets": datasets}
        return _tidy(vl_convert.vegalite_to_svg(whole, vl_version=VEGA_LITE), self.name, self.description)

    def png(self) -> bytes:
        """The same drawing in pixels."""
        return bytes(vl_convert.svg_to_png(self.svg, scale=PIXELS))

    def pdf(self) -> bytes:
        """The same drawing as a page of its own size."""
        return bytes(vl_convert.svg_to_pdf(self.svg))


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
    specification["description"] = _UNWRITABLE.sub(" ", description)
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


def _tidy(svg: str, name: str, description: str) -> str:
    """The SVG with its own ids, an alternative text, two decimals, and nothing that draws nothing."""
    root = ElementTree.fromstring(svg)
    for parent in root.iter():
        for child in list(parent):
            if child.get("display") == "none" or child.get("d") == "M0,0h0v0h0Z":
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {
            key: _own(value, name) for key, value in element.attrib.items() if key not in _DROPPED
        }
        if "id" in element.attrib:
            element.set("id", f"{name}-{element.get('id')}")
    said = _UNWRITABLE.sub(" ", description)
    root.attrib |= {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "aria-label": said}
    title = ElementTree.Element("title")
    title.text = said
    root.insert(0, title)
    return ElementTree.tostring(root, encoding="unicode")


def _own(value: str, name: str) -> str:
    """An attribute's value that points at this figure's ids alone."""
    return _DECIMALS.sub(lambda found: f"{float(found[0]):.2f}", value.replace("url(#", f"url(#{name}-"))
