"""Normalisation of a hidden layer's sums. Ioffe & Szegedy, ICML 2015; Ba et al., arXiv 1607.06450."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from paribus.engines.numpy.matrix import Matrix

AXIS = {"batch": 0, "layer": 1}
"""Over what mean and variance are taken: the rows of the batch, or the units of a row."""


class Standard(NamedTuple):
    """Standardised sums (row, unit), with what they were divided by."""

    values: Matrix
    spread: Matrix


def standardise(sums: Matrix, mean: Matrix, variance: Matrix, epsilon: float) -> Standard:
    """(z − mean) / √(v + ε)."""
    spread = np.sqrt(variance + epsilon)
    return Standard((sums - mean) / spread, spread)


def standardise_by_own(sums: Matrix, axis: int, epsilon: float) -> Standard:
    """By the mean and variance of the sums themselves."""
    return standardise(sums, sums.mean(axis, keepdims=True), sums.var(axis, keepdims=True), epsilon)


def scaled(standard: Standard, norm: Matrix) -> Matrix:
    """scale · standardised + shift; `norm` is (2, unit), scales and shifts."""
    return norm[0] * standard.values + norm[1]


def by_norm(delta: Matrix, standard: Standard) -> Matrix:
    """The gradient by scales and shifts, (2, unit), from that by what `scaled` gave."""
    return np.stack([(delta * standard.values).sum(axis=0), delta.sum(axis=0)])


def by_sums(delta: Matrix, standard: Standard, norm: Matrix, axis: int) -> Matrix:
    """The gradient by the sums, from that by what `scaled` gave.

    Each sum moves its own standardised value, and through mean and variance all of those beside it.
    """
    own = delta * norm[0]
    through_mean = own.mean(axis, keepdims=True)
    through_variance = standard.values * (own * standard.values).mean(axis, keepdims=True)
    return (own - through_mean - through_variance) / standard.spread


def moved(moving: Matrix, sums: Matrix, keep: float, convention: str) -> Matrix:
    """The moving averages (2, unit) of means and variances after one more batch of sums."""
    rows = len(sums)
    variance = sums.var(axis=0)
    if convention == "torch" and rows > 1:
        variance = variance * rows / (rows - 1)
    return keep * moving + (1 - keep) * np.stack([sums.mean(axis=0), variance])
