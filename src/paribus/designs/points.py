"""Points of the unit cube, as sampled designs draw them: (point, dimension), each 0 to below 1."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy
from numpy.typing import NDArray

from paribus.seeds import stream

Points = tuple[tuple[float, ...], ...]


def random(n_points: int, n_dimensions: int, seed: int) -> Points:
    """Independent uniform points. Bergstra & Bengio 2012."""
    return _rows(stream(seed, "design", "random").random((n_points, n_dimensions)))


def latin(n_points: int, n_dimensions: int, seed: int) -> Points:
    """A Latin hypercube: of n equal slices of each dimension every one has one point. McKay et al. 1979."""
    cube = scipy.stats.qmc.LatinHypercube(n_dimensions, rng=_spawning(seed, "latin"))
    return _rows(cube.random(n_points))


def sobol(n_points: int, n_dimensions: int, seed: int) -> Points:
    """A scrambled Sobol' sequence, its first points. Sobol' 1967; Owen 1998.

    Balanced at powers of 2 alone; the first n of more points are those of n.
    """
    cube = scipy.stats.qmc.Sobol(n_dimensions, scramble=True, rng=_spawning(seed, "sobol"))
    return _rows(cube.random_base2((n_points - 1).bit_length())[:n_points])


POINTS: dict[str, Callable[[int, int, int], Points]] = {"random": random, "latin": latin, "sobol": sobol}


def _spawning(seed: int, name: str) -> np.random.Generator:
    """A stream that SciPy can take others from."""
    return np.random.default_rng(int(stream(seed, "design", name).integers(2**63)))


def _rows(points: NDArray[np.float64]) -> Points:
    return tuple(tuple(map(float, row)) for row in points)
