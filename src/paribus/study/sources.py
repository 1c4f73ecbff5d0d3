"""Names of data that are no files: `builtin:circles?rows=2500&noise=0.1`, `openml:31`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from paribus.errors import nearest
from paribus.study.options.builtins import BUILTINS

_KNOWN = {option.name: dict(option.arguments) for option in BUILTINS}
_WHOLE = {  # key: (least, most)
    "rows": (2, 100_000_000),
    "classes": (2, 100),
    "features": (1, 1_000_000),
    "informative": (1, 1_000_000),
    "cells": (2, 1_000),
    "slides": (1, 100_000),
    "size": (24, 1_024),
    "seed": (0, 2**63 - 1),
    "version": (1, 1_000_000),
}
_DECIMAL = {"noise": 0.0, "imbalance": 1.0, "difficulty": 0.0}
"""The least that each may be."""


@dataclass(frozen=True)
class Named:
    """A data set by its name, and the parameters given to it."""

    kind: str
    name: str
    parameters: Mapping[str, int | float]

    def number(self, key: str, usual: float) -> float:
        """A parameter, or what is usual."""
        return float(self.parameters.get(key, usual))

    def count(self, key: str, usual: int) -> int:
        """A whole parameter, or what is usual."""
        return int(self.parameters.get(key, usual))


def parse_source(text: str) -> Named | None:
    """The data set that `text` names; None for a file. Raises ValueError with what is allowed."""
    kind, colon, rest = text.partition(":")
    if not colon or kind not in ("builtin", "openml"):
        return None
    name, mark, query = rest.partition("?")
    if kind == "builtin" and name not in _KNOWN:
        raise ValueError(
            f"'{name}' is no builtin data set{nearest(name, _KNOWN)} (allowed: {', '.join(_KNOWN)})"
        )
    if not name:
        raise ValueError(f"'{text}' names no data set: write its number or name, as in 'openml:31'")
    allowed = tuple(_KNOWN[name]) if kind == "builtin" else ("version",)
    pairs = [pair.partition("=") for pair in query.split("&")] if mark else []
    parameters: dict[str, int | float] = {}
    for key, equals, value in pairs:
        if key not in allowed:
            listed = f"allowed: {', '.join(allowed)}" if allowed else "it takes none"
            raise ValueError(f"'{key}' is no parameter of '{kind}:{name}'{nearest(key, allowed)} ({listed})")
        if not equals or key in parameters:
            raise ValueError(f"'{text}': write each parameter once with its value, as in '{key}=3'")
        parameters[key] = _value(text, key, value)
    named = Named(kind, name, parameters)
    _check_together(named)
    return named


def _value(text: str, key: str, value: str) -> int | float:
    whole = key in _WHOLE
    try:
        number: int | float = int(value) if whole else float(value)
    except ValueError:
        raise ValueError(
            f"'{text}': {key} must be {'a whole number' if whole else 'a number'}, received '{value}'"
        ) from None
    least, most = _WHOLE[key] if whole else (_DECIMAL[key], float("inf"))
    if not isfinite(number) or not least <= number <= most:
        bounds = f"{least:,} to {most:,}" if whole else f"{least:g} or more"
        raise ValueError(f"'{text}': {key} must be {bounds}, received {value}")
    return number


def _check_together(named: Named) -> None:
    """What only several parameters together can rule out. Raises ValueError."""
    if named.name == "friedman1" and named.count("features", 10) < 5:
        raise ValueError("'friedman1' needs 5 features or more")
    if named.number("difficulty", 0.0) > 1:
        raise ValueError(f"difficulty must be 0 to 1, received {named.number('difficulty', 0.0):g}")
    if named.name == "tissue" and named.count("slides", 20) > named.count("rows", 2000):
        raise ValueError(
            f"{named.count('slides', 20)} slides need as many patches or more, and rows ="
            f" {named.count('rows', 2000)}: give more rows, or fewer slides"
        )
    if named.name == "classification":
        features, classes = named.count("features", 20), named.count("classes", 2)
        informative = named.count("informative", min(features, 5))
        if informative > features:
            raise ValueError(f"informative = {informative} is more than the {features} features")
        if classes > 2**informative:
            raise ValueError(
                f"{classes} classes need more corners than {informative} informative features have"
                f" ({2**informative}): raise informative"
            )
        if named.number("noise", 0.01) > 1:
            raise ValueError("noise is a share of rows here: 0 to 1")
    if "rows" in named.parameters and "classes" in named.parameters:
        classes, rows = named.count("classes", 2), named.count("rows", 1000)
        if rows < 2 * classes * named.number("imbalance", 1.0):
            raise ValueError(f"{rows} rows are too few for {classes} classes: give more rows")


def check_source(text: str) -> str:
    """`text` if it can name data. Raises ValueError."""
    parse_source(text)
    return text
