"""A specification as SVG, PNG and PDF, by vl-convert alone: a process that only draws starts at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

import vl_convert

from paribus.execute.following import follow

PIXELS = 2.0
"""Pixels of the PNG for each of the figure's own."""
UNWRITABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What no XML may hold."""
_DROPPED = ("class", "role", "pointer-events", "aria-hidden", "aria-label", "aria-roledescription")
_DECIMALS = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
_POINTED = re.compile(r"url\(#([^)]+)\)")
_NOTHING = '{"mark": "point"}'


def set_up(parent: int, vega_lite: str) -> None:
    """Make a process ready to draw: the first drawing takes a while."""
    follow(parent)
    vl_convert.vegalite_to_svg(_NOTHING, vl_version=vega_lite)


def render(text: str, name: str, description: str, vega_lite: str, pixels: bool) -> tuple[str, bytes | None]:
    """The SVG of a specification, JSON with its data, and its PNG if `pixels`.

    `vega_lite` is its version; `name` goes before the SVG's ids.
    """
    drawn = svg(text, name, description, vega_lite)
    return drawn, png(drawn) if pixels else None


def svg(text: str, name: str, description: str, vega_lite: str) -> str:
    """The drawing without its interactions."""
    return _tidy(vl_convert.vegalite_to_svg(text, vl_version=vega_lite), name, description)


def png(drawn: str) -> bytes:
    """An SVG in pixels."""
    return bytes(vl_convert.svg_to_png(drawn, scale=PIXELS))


def pdf(drawn: str) -> bytes:
    """An SVG as a page of its own size."""
    return bytes(vl_convert.svg_to_pdf(drawn))


def digest(content: str | bytes) -> str:
    """What tells one content from another."""
    return blake2b(content.encode() if isinstance(content, str) else content, digest_size=16).hexdigest()


@cache
def way() -> str:
    """A digest of how specifications are drawn: of this file and of vl-convert's version."""
    return digest(Path(__file__).read_bytes() + version("vl-convert-python").encode())


def _tidy(drawn: str, name: str, description: str) -> str:
    """The SVG with its own ids, an alternative text, two decimals, and nothing that draws nothing."""
    root = ElementTree.fromstring(drawn)
    for parent in root.iter():
        for child in list(parent):
            if child.get("display") == "none" or child.get("d") == "M0,0h0v0h0Z":
                parent.remove(child)
    ids = _own_ids(root, name)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {
            key.rpartition("}")[2]: ids[value] if key == "id" else _own(value, ids)
            for key, value in element.attrib.items()
            if key not in _DROPPED
        }
    said = UNWRITABLE.sub(" ", description)
    root.attrib |= {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "aria-label": said}
    title = ElementTree.Element("title")
    title.text = said
    root.insert(0, title)
    return ElementTree.tostring(root, encoding="unicode")


def _own_ids(root: ElementTree.Element, name: str) -> dict[str, str]:
    """This figure's word for each id: Vega counts on from one drawing of a process to the next."""
    found = [element.get("id", "") for element in root.iter() if "id" in element.attrib]
    return {each: f"{name}-{place}" for place, each in enumerate(found)}


def _own(value: str, ids: Mapping[str, str]) -> str:
    """An attribute's value that points at this figure's ids alone, its numbers in two decimals."""
    pointed = _POINTED.sub(lambda found: f"url(#{ids.get(found[1], found[1])})", value)
    return _DECIMALS.sub(lambda found: f"{float(found[0]):.2f}", pointed)
