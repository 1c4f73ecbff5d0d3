"""One look for every figure: font, palette, thin grid, and the same on dark paper."""

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

PAPER, LINE, SHADE = "#FFFFFF", "#B6BDC6", "#E9EEF3"
"""Behind a figure; a line that only leads the eye; a cell without a number."""
LOW, MIDDLE, HIGH = "#F1F5F8", "#6FA8CE", "#023858"
"""A heat map's colours, from the least to the largest."""
_INK, _QUIET, _GRID = "#24292F", "#57606A", "#E3E6EA"
_FONT = "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif"
_TEXT = {"labelFont": _FONT, "titleFont": _FONT, "labelColor": _QUIET, "titleColor": _INK}

DARK = {
    **{BLUE: "#5AA9E6", VERMILLION: "#FF8A4C", GREEN: "#2EC4A0", PURPLE: "#E08BC0"},
    **{OCHRE: "#E5AC3B", SKY: "#A5E1F7", GREY: "#A3ABB5", BLACK: "#F2F4F6"},
    **{
        PAPER: "#14171B",
        LINE: "#58616C",
        SHADE: "#262C33",
        LOW: "#22303B",
        MIDDLE: "#4C8DB8",
        HIGH: "#C9E6F7",
    },
    **{_INK: "#E4E7EB", _QUIET: "#A3ABB5", _GRID: "#2D343C"},
}
"""What each colour becomes on dark paper."""

CONFIG: dict[str, Any] = {
    "background": PAPER,
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
    # A number is never so long: looking whether it is takes a tenth of a drawing's time.
    "axisQuantitative": {"labelLimit": 0},
    "title": {"font": _FONT, "fontSize": 12, "color": _INK, "fontWeight": "bold", "anchor": "start"},
    "text": {"font": _FONT, "color": _INK},
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
