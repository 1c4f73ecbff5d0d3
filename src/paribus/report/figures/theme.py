"""One look for every figure: font, palette, thin grid."""

from __future__ import annotations

from typing import Any

BLUE, VERMILLION, GREEN, PURPLE, OCHRE, SKY, GREY, BLACK = (
    *("#0072B2", "#D55E00", "#00805D", "#A6467F"),
    *("#B07800", "#2F8FC4", "#6B6B6B", "#1A1A1A"),
)
PALETTE = (BLUE, VERMILLION, GREEN, PURPLE, OCHRE, SKY, GREY, BLACK)
"""Okabe & Ito's colours, told apart without seeing red and green; the light ones darkened for white paper."""

PANEL = 700
"""Width of a figure's panels together, in pixels."""
EXTENT = 36
"""Width of a panel's own axis, in pixels, where every panel has one."""

_INK, _QUIET, _GRID = "#24292F", "#57606A", "#E3E6EA"
_FONT = "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif"
_TEXT = {"labelFont": _FONT, "titleFont": _FONT, "labelColor": _QUIET, "titleColor": _INK}

CONFIG: dict[str, Any] = {
    "background": "white",
    "font": _FONT,
    "padding": 8,
    "view": {"stroke": None},
    "mark": {"aria": False},
    "axis": {
        **_TEXT,
        **{"labelFontSize": 11, "titleFontSize": 12, "titleFontWeight": "normal", "titlePadding": 8},
        **{
            "grid": True,
            "gridColor": _GRID,
            "gridWidth": 1,
            "domain": False,
            "ticks": False,
            "labelPadding": 5,
        },
        **{"labelLimit": 190, "labelOverlap": "greedy", "labelSeparation": 6},
    },
    "header": {
        **_TEXT,
        "labelFontSize": 12,
        "labelColor": _INK,
        "labelFontWeight": "bold",
        "titleFontSize": 12,
    },
    "legend": {
        **_TEXT,
        **{"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelColor": _INK},
        **{"orient": "top", "direction": "horizontal", "symbolStrokeWidth": 2, "labelLimit": 260},
    },
    "range": {"category": list(PALETTE)},
}
