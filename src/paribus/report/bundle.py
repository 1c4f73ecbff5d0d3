"""Vega, Vega-Lite and Vega-Embed as one script that needs no network, put together by vl-convert."""

from __future__ import annotations

import os
from functools import cache
from importlib.metadata import version

import vl_convert

from paribus.data.sources.cache import cache_folder
from paribus.errors import DataError
from paribus.report.figures.drawing import VEGA_LITE

_EXPORTED = "window.vegaEmbed = vegaEmbed; window.vega = vega; window.vegaLite = vegaLite;"


@cache
def bundle() -> str:
    """The script, safe inside of `<script>`; kept in the cache folder, for making it takes seconds."""
    try:
        path = cache_folder("scripts") / f"vega-{version('vl-convert-python')}-{VEGA_LITE}.js"
    except DataError:
        return _made()  # A report is written even where nothing can be kept.
    if not path.is_file():
        part = path.with_name(f".{path.name}.{os.getpid()}")
        part.write_text(_made(), encoding="utf-8")
        part.replace(path)
    return path.read_text(encoding="utf-8")


def _made() -> str:
    script = vl_convert.javascript_bundle(_EXPORTED, vl_version=VEGA_LITE)
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")
