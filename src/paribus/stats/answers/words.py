"""Levels, scores and differences in words."""

from __future__ import annotations

import math
from typing import Any

from paribus.study.options import METRICS

_NOUNS = {"network.units": "unit", "network.layers": "layer", "train.epochs": "epoch"}
_RAW = ("log_loss", "mcc", "mse", "rmse", "mae", "r2", "brier")
SHARES = tuple(metric for metric in METRICS if metric not in _RAW)
"""Metrics from 0 to 1, whose differences are told in points: hundredths."""


def counted(number: int, noun: str) -> str:
    """`1 seed`, `10 seeds`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def level(vary: str, value: Any) -> str:
    """A level as a sentence has it: 16 units, 2 layers, dropout 0.2, [16, 8], relu."""
    if vary in _NOUNS and isinstance(value, int):
        return counted(value, _NOUNS[vary])
    return f"{_key(vary)} {plain(value)}" if isinstance(value, bool | int | float) else plain(value)


def levels(vary: str, values: list[Any]) -> str:
    """Several levels: 16 and 32 units; dropout 0.2, 0.3 and 0.4; relu and tanh."""
    if len(values) == 1:
        return level(vary, values[0])
    told = listed([plain(value) for value in values])
    if vary in _NOUNS and all(isinstance(value, int) for value in values):
        return f"{told} {_NOUNS[vary]}s"
    numbers = all(isinstance(value, bool | int | float) for value in values)
    return f"{_key(vary)} {told}" if numbers else told


def _key(vary: str) -> str:
    return vary.rpartition(".")[2].replace("_", " ")


def plain(value: Any) -> str:
    """A value as the study file writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(plain, value))}]"
    if isinstance(value, dict):
        return ", ".join(f"{key} = {plain(inner)}" for key, inner in value.items())
    if isinstance(value, float):
        return short(f"{value:.12g}")
    return "none" if value is None else str(value)


def short(text: str) -> str:
    """1e-07 as 1e-7."""
    digits, e, power = text.partition("e")
    return f"{digits}e{int(power)}" if e else text


def score(value: float) -> str:
    """A score: three decimals."""
    return f"{value:.3f}" if math.isfinite(value) else "unknown"


def number(metric: str, difference: float) -> str:
    """A difference without its unit: hundredths of a share, else three digits."""
    if not math.isfinite(difference):
        return "unknown" if math.isnan(difference) else "−∞" if difference < 0 else "∞"
    value = 100 * difference if metric in SHARES else difference
    if metric in SHARES:
        text = f"{value:.1f}" if abs(value) >= 0.05 or value == 0 else f"{value:.1g}"
    else:
        text = f"{value:.3g}"
    text = short(text)
    return "0" if float(text) == 0 else text.replace("-", "−")


def size(metric: str, difference: float) -> str:
    """A difference without its sign: 0.4 points of accuracy; 0.012 of log_loss."""
    told = number(metric, abs(difference))
    return f"{told} points of {metric}" if metric in SHARES else f"{told} of {metric}"


def between(metric: str, low: float, high: float) -> str:
    """An interval of differences: −0.1 to 0.3."""
    return f"{number(metric, low)} to {number(metric, high)}"


def listed(names: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def p_value(p: float) -> str:
    """0.03, <0.001."""
    return "unknown" if math.isnan(p) else "below 0.001" if p < 0.001 else f"{p:.2g}"
