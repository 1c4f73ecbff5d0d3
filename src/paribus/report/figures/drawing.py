"""From an Altair chart to a figure: an SVG that can stand in a page beside others, a PNG, a table."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import altair as alt
import pandas as pd
import vl_convert

from paribus.report.figures.theme import CONFIG

PIXELS = 2.0
"""Pixels of the PNG for each of the figure's own."""
_VERSION = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
_DROPPED = ("class", "role", "pointer-events", "aria-hidden", "aria-label", "aria-roledescription")
_DECIMALS = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Figure:
    """One figure: its file name, what it shows in words, the drawing, and the numbers that were drawn."""

    name: str
    description: str
    svg: str
    table: pd.DataFrame

    def png(self) -> bytes:
        """The same drawing in pixels."""
        return bytes(vl_convert.svg_to_png(self.svg, scale=PIXELS))


ROWS = alt.NamedData("rows")
"""The figure's rows, for its charts to name: they stay out of Altair, which copies whatever it is given."""


def draw(
    name: str,
    description: str,
    chart: alt.TopLevelMixin,
    rows: Iterable[Mapping[str, Any]],
    table: pd.DataFrame,
) -> Figure:
    """The figure of a chart over `rows`, in the one look. A number that isn't finite is drawn nowhere."""
    drawn = [{key: _finite(value) for key, value in row.items()} for row in rows]
    specification = {**chart.to_dict(validate=False), "config": CONFIG, "datasets": {"rows": drawn}}
    svg = vl_convert.vegalite_to_svg(specification, vl_version=_VERSION)
    return Figure(name, description, _tidy(svg, name, description), table)


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
