"""The noise of one epoch's training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paribus.engines.numpy.matrix import Matrix
from paribus.networks.noise import input_noise, noise
from paribus.study.spec import Network


@dataclass(frozen=True)
class Noise:
    """Rows in the epoch's order: what is added to the features, (row, feature), or None; uniform noise
    (row, unit) of each hidden layer that dropout follows, None of the others.
    """

    features: Matrix | None
    units: tuple[NDArray[np.float32] | None, ...]

    def batch(self, rows: slice) -> Noise:
        """Of some of the rows."""
        features = None if self.features is None else self.features[rows]
        return Noise(features, tuple(None if drawn is None else drawn[rows] for drawn in self.units))


def draw(network: Network, seed: int, fold: int, epoch: int, rows: int, features: int) -> Noise:
    """The noise of one epoch (from 1)."""
    widths, units = network.hidden, []
    for layer, (width, rate) in enumerate(zip(widths, network.dropouts, strict=True)):
        place = widths[:layer].count(width)
        units.append(noise(seed, fold, epoch, rows, width, place) if rate else None)
    if not network.input_noise:
        return Noise(None, tuple(units))
    normal = input_noise(seed, fold, epoch, rows, features).astype(np.float64)
    return Noise(network.input_noise * normal, tuple(units))
