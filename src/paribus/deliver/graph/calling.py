"""From a network's logits to what is delivered: probabilities, recalibrated or not, and values."""

from __future__ import annotations

import numpy as np

from paribus.deliver.graph.builder import Builder, Value
from paribus.deliver.graph.interpolation import interpolate
from paribus.stats.recalibration import Isotonic, Map, Platt, Temperature

_LEAST = float(np.finfo(np.float32).eps)
"""How far `stats.recalibration` keeps probabilities from 0 and 1."""


def probabilities(b: Builder, task: str, logits: Value) -> Value:
    """Of one network, (row, output) float32."""
    return b.add("Softmax", logits, axis=1) if task == "multiclass" else b.add("Sigmoid", logits)


def recalibrated(b: Builder, mended: Map, task: str, value: Value) -> Value:
    """Probabilities, (row, output) double, mended by a map of `stats.recalibration`."""
    match mended:
        case Temperature(temperature) if task == "multiclass":
            kept = b.within(value, _LEAST, 1.0)
            return b.add("Softmax", b.chain(b.add("Log", kept), ("Div", temperature)), axis=1)
        case Temperature(temperature):
            return _sigmoid(b, b.chain(_logit(b, value), ("Div", temperature)))
        case Platt(slope, shift):
            return _sigmoid(b, b.chain(_logit(b, value), ("Mul", slope), ("Add", shift)))
        case Isotonic(knots, heights):
            return interpolate(b, value, np.array(knots)[:, None], np.array(heights)[:, None])
    return value


def _logit(b: Builder, value: Value) -> Value:
    kept = b.within(value, _LEAST, 1 - _LEAST)
    against = b.add("Sub", b.constant(1.0), kept)
    return b.add("Log", b.add("Div", kept, against))


def _sigmoid(b: Builder, value: Value) -> Value:
    bounded = b.within(value, -700.0, 700.0)
    below = b.chain(b.add("Exp", b.add("Neg", bounded)), ("Add", 1.0))
    return b.add("Div", b.constant(1.0), below)
