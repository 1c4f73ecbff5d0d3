"""How values are written for a reader: one way for figures, tables and prose."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

import pandas as pd

NOTHING = "–"
ROUNDING = 1e-12
"""What lies nearer to 0 is the rounding of sums."""


def score(value: Any) -> str:
    """A score: three decimals, or three digits where it is smaller; from a thousand on, one decimal."""
    if _is_nothing(value):
        return NOTHING
    number = float(value)
    if not math.isfinite(number):
        return "∞" if number > 0 else "−∞"
    if abs(number) < ROUNDING:
        number = 0.0
    if 0 < abs(number) < 0.0005 or abs(number) >= 1e9:
        small = _short(f"{number:.2e}")
        return f"−{small[1:]}" if number < 0 else small
    text = f"{number:,.1f}" if abs(number) >= 1000 else f"{number:.3f}"
    return text.replace("-", "−")


def signed(value: Any, beside: Any = None) -> str:
    """A difference: a score with its sign, in the digits of the score that stands beside it."""
    text = spread(value, beside)
    return text if _is_nothing(value) or float(value) < ROUNDING else f"+{text}"


def spread(value: Any, beside: Any) -> str:
    """A standard deviation, or a difference, in the digits of the score beside it."""
    known = not _is_nothing(value) and not _is_nothing(beside) and math.isfinite(value)
    if not known or not 0.001 <= abs(float(beside)) < 1000:
        return score(value)
    number = 0.0 if abs(float(value)) < ROUNDING else float(value)
    return f"{number:.3f}".replace("-", "−")


def count(value: Any) -> str:
    """A number of things: 12,345."""
    return NOTHING if _is_nothing(value) else f"{int(value):,}"


def level(value: Any) -> str:
    """A level as the study file writes it: [16, 8], 0.001, 1e-7, true."""
    if isinstance(value, dict):
        return ", ".join(f"{key} = {level(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return f"[{', '.join(level(inner) for inner in value)}]"
    if value is None:
        return "none"
    if _is_nothing(value):
        return NOTHING
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return json.dumps(value)
    return _short(f"{value:.12g}") if isinstance(value, float) else str(value)


def duration(seconds: Any) -> str:
    """A time: 4.2 ms, 12.9 s, 3 min 04 s, 2 h 05 min."""
    if _is_nothing(seconds):
        return NOTHING
    if seconds < 1:
        return f"{1000 * seconds:.3g} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, left = divmod(minutes, 60)
    return f"{hours:,} h {left:02d} min" if hours else f"{minutes} min {rest:02d} s"


def energy(joules: Any) -> str:
    """Energy: 850 J, 12.3 kJ (3.42 Wh)."""
    if _is_nothing(joules):
        return NOTHING
    if joules < 1000:
        return f"{joules:.3g} J"
    return f"{joules / 1000:,.4g} kJ ({joules / 3600:,.3g} Wh)"


def moment(text: str | None) -> str:
    """A point in time, in UTC: 2026-11-21 09:52."""
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M") if text else NOTHING


def share(value: float) -> str:
    """A part of the whole: 15 %."""
    return f"{100 * value:.3g}\u00a0%"


def percent(value: Any) -> str:
    """A share that may be unknown: 93 %."""
    return NOTHING if _is_nothing(value) else f"{100 * float(value):.0f}\u00a0%".replace("-", "−")


def p_value(value: Any) -> str:
    """A p value: two digits, or that it is below 0.001."""
    if _is_nothing(value):
        return NOTHING
    return "< 0.001" if float(value) < 0.001 else f"{float(value):.2g}"


def cell(value: Any) -> str:
    """A value of a table by its type: whole numbers are counts, other numbers scores."""
    if isinstance(value, str):
        return value
    if hasattr(value, "item"):
        value = value.item()
    return count(value) if isinstance(value, int) else score(value)


def _is_nothing(value: Any) -> bool:
    return bool(pd.isna(value))


def _short(text: str) -> str:
    """1e-07 as 1e-7."""
    digits, e, power = text.partition("e")
    return f"{digits}e{int(power)}" if e else text
