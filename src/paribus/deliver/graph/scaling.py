"""The scalers, and a target's way back, in 64 bits: scikit-learn's formulas."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from paribus.deliver.graph.builder import Builder, Value
from paribus.deliver.graph.interpolation import interpolate
from paribus.deliver.recipe import Scaling

Floats = NDArray[np.float64]
_NEARLY = 1e-8
"""An exponent this near to where a power becomes a logarithm is taken for it: no digit is lost."""
_LARGEST_LOG = 88.0


def scale(builder: Builder, scaling: Scaling | None, value: Value) -> Value:
    """Scaled features, (row, feature) double."""
    if scaling is None:
        return value
    numbers = scaling.numbers
    match scaling.name:
        case "minmax":
            return builder.chain(value, ("Mul", numbers["factor"]), ("Add", numbers["shift"]))
        case "power":
            value = yeo_johnson(builder, value, numbers["lambda"])
        case "quantile":
            return _ranks(builder, value, numbers["quantiles"], numbers["references"])
    return builder.chain(value, ("Sub", numbers["centre"]), ("Div", numbers["divisor"]))


def yeo_johnson(b: Builder, value: Value, exponent: Floats) -> Value:
    """Yeo and Johnson's transform with an exponent a feature."""
    return _by_sides(b, value, exponent, _power)


def _by_sides(
    b: Builder, value: Value, exponent: Floats, side: Callable[[Builder, Value, Floats], Value]
) -> Value:
    """`side` from 0 up; below 0 its mirror image with 2 less the exponent."""
    positive = b.add("GreaterOrEqual", value, b.constant(0.0))
    up = side(b, b.add("Max", value, b.constant(0.0)), exponent)
    down = b.add("Neg", side(b, b.add("Neg", b.add("Min", value, b.constant(0.0))), 2 - exponent))
    return b.where(positive, up, down)


def _power(b: Builder, value: Value, exponent: Floats) -> Value:
    """((1 + value)^exponent − 1) / exponent, the logarithm where the exponent is 0; value at least 0."""
    logarithm = b.add("Log", b.chain(value, ("Add", 1.0)))
    is_zero = np.abs(exponent) < _NEARLY
    safe = np.where(is_zero, 1.0, exponent)
    raised = b.add("Exp", b.chain(logarithm, ("Mul", safe)))
    found = b.chain(raised, ("Sub", 1.0), ("Div", safe))
    return b.where(b.constant(is_zero, np.bool_), logarithm, found) if is_zero.any() else found


def _ranks(b: Builder, value: Value, quantiles: Floats, references: Floats) -> Value:
    """The mean of both ways to draw a line through equal quantiles, and 0 and 1 at the ends."""
    heights = np.repeat(references[:, None], quantiles.shape[1], axis=1)
    right = interpolate(b, value, quantiles, heights, "right")
    left = interpolate(b, value, quantiles, heights, "left")
    found = b.chain(b.add("Add", right, left), ("Mul", 0.5))
    found = b.where(b.add("Equal", value, b.constant(quantiles[-1])), b.constant(1.0), found)
    return b.where(b.add("Equal", value, b.constant(quantiles[0])), b.constant(0.0), found)


def restore(b: Builder, scaling: Scaling | None, value: Value) -> Value:
    """Predictions, (row, target) double, in the target's own units: `TargetTransform.restore`."""
    if scaling is None:
        return value
    numbers = scaling.numbers
    if scaling.name in ("power", "quantile"):
        value = b.within(value, numbers["low"], numbers["high"])
    if scaling.name == "quantile":
        return _from_normal(b, value, numbers["quantiles"], numbers["references"])
    value = b.chain(value, ("Mul", numbers["divisor"]), ("Add", numbers["centre"]))
    if scaling.name == "log":
        return b.chain(b.add("Exp", b.add("Min", value, b.constant(_LARGEST_LOG))), ("Sub", 1.0))
    return _by_sides(b, value, numbers["lambda"], _root) if scaling.name == "power" else value


def _root(b: Builder, value: Value, exponent: Floats) -> Value:
    """(value · exponent + 1)^(1 / exponent) − 1, or the exponential where the exponent is 0."""
    is_zero = np.abs(exponent) < _NEARLY
    safe = np.where(is_zero, 1.0, exponent)
    raised = b.chain(value, ("Mul", safe), ("Add", 1.0), ("Pow", 1 / safe))
    if is_zero.any():
        raised = b.where(b.constant(is_zero, np.bool_), b.add("Exp", value), raised)
    return b.chain(raised, ("Sub", 1.0))


def _from_normal(b: Builder, value: Value, quantiles: Floats, references: Floats) -> Value:
    scaled = b.cast(b.chain(value, ("Div", np.sqrt(2.0))), np.float32)
    share = b.chain(b.cast(b.add("Erf", scaled), np.float64), ("Add", 1.0), ("Mul", 0.5))
    knots = np.repeat(references[:, None], quantiles.shape[1], axis=1)
    found = interpolate(b, share, knots, quantiles)
    # scikit-learn puts what comes this near to an end onto it
    found = b.where(b.add("Greater", share, b.constant(1 - 1e-7)), b.constant(quantiles[-1]), found)
    return b.where(b.add("Less", share, b.constant(1e-7)), b.constant(quantiles[0]), found)
