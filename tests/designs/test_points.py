"""Points of the unit cube and fractions of factorials."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from paribus.designs.fractions import fraction
from paribus.designs.points import POINTS


@pytest.mark.parametrize("name", list(POINTS))
def test_points_repeat_themselves_and_stay_inside(name: str) -> None:
    """A study that is resumed would train other configurations."""
    points = POINTS[name](37, 5, 3)
    assert points == POINTS[name](37, 5, 3)
    assert points != POINTS[name](37, 5, 4)
    assert np.shape(points) == (37, 5)
    assert all(0 <= value < 1 for point in points for value in point)


def test_a_latin_hypercube_has_every_slice_once() -> None:
    """A part of a range would be left out by chance."""
    points = np.array(POINTS["latin"](50, 4, 0))
    for column in points.T:
        assert sorted((column * 50).astype(int)) == list(range(50))


def test_sobol_is_even_at_powers_of_two_and_can_be_continued() -> None:
    """More points would be other points: what was trained would be lost."""
    points = np.array(POINTS["sobol"](64, 3, 0))
    for a, b in combinations(points.T, 2):
        cells = np.bincount((a * 8).astype(int) * 8 + (b * 8).astype(int), minlength=64)
        assert cells.max() <= 4
    for column in points.T:
        assert sorted((column * 64).astype(int)) == list(range(64))
    assert POINTS["sobol"](20, 3, 0) == POINTS["sobol"](64, 3, 0)[:20]
    assert len(POINTS["sobol"](1, 3, 0)) == 1


@pytest.mark.parametrize("resolution", [3, 4, 5, 6])
@pytest.mark.parametrize("n_factors", range(2, 11))
def test_a_fraction_keeps_effects_apart_as_far_as_it_says(n_factors: int, resolution: int) -> None:
    """Two effects would look alike, and one be reported for the other."""
    signs = np.array(fraction(n_factors, resolution)) * 2 - 1
    assert len(np.unique(signs, axis=0)) == len(signs)
    for size in range(1, min(resolution, n_factors + 1)):
        for columns in combinations(range(n_factors), size):
            assert abs(signs[:, columns].prod(axis=1).sum()) < len(signs)


def test_fractions_are_as_small_as_the_textbooks() -> None:
    """Twice the trainings that are needed. Box, Hunter & Hunter: 2^(7-4) III, 2^(8-4) IV, 2^(5-1) V."""
    assert [len(fraction(*asked)) for asked in ((7, 3), (8, 4), (5, 5), (3, 5))] == [8, 16, 16, 8]


def test_one_factor_is_no_fraction() -> None:
    """A stage of one factor would stop."""
    assert fraction(1, 3) == ((False,), (True,))
    assert fraction(0, 3) == ((),)
