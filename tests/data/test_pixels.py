"""Pixels would become other numbers than a study says, or be learned from rows that judge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from paribus.data.images.images import Images
from paribus.data.prepare.images import image_rows
from paribus.data.prepare.pixels import fit_pixels


def images(folder: Path, n_rows: int = 12) -> Images:
    """Random ones of 5 × 4 × 3 in a file."""
    pixels = np.random.default_rng(1).integers(0, 200, (n_rows, 5, 4, 3), dtype=np.uint8)
    np.save(folder / "pixels.npy", pixels)
    wide = pixels.astype(np.float64)
    return Images(
        folder / "pixels.npy",
        (5, 4, 3),
        np.arange(n_rows),
        tuple(f"{row}.png" for row in range(n_rows)),
        np.arange(n_rows, dtype=np.uint64),
        wide.sum(axis=(1, 2)),
        (wide**2).sum(axis=(1, 2)),
        np.zeros(n_rows, dtype=np.uint64),
    )


def numbers(some: Images, name: str) -> NDArray[np.float64]:
    """What they are worth: (row, channel, height, width)."""
    return np.asarray(image_rows(some, fit_pixels(name, some)), dtype=np.float64)


def test_unit_and_symmetric_are_what_they_say(tmp_path: Path) -> None:
    """A network trained elsewhere would meet other numbers."""
    some = images(tmp_path)
    plain = np.moveaxis(some.pixels(), -1, 1).astype(np.float64)
    np.testing.assert_allclose(numbers(some, "unit"), plain / 255, atol=1e-6)
    np.testing.assert_allclose(numbers(some, "symmetric"), plain / 127.5 - 1, atol=1e-6)
    np.testing.assert_allclose(numbers(some, "auto"), plain / 255, atol=1e-6)


def test_standard_is_by_the_training_rows_channels(tmp_path: Path) -> None:
    """Means of other rows would leak, or a channel would keep its own size."""
    some = images(tmp_path).take(np.arange(7))
    found = numbers(some, "standard")
    np.testing.assert_allclose(found.mean(axis=(0, 2, 3)), 0, atol=1e-6)
    np.testing.assert_allclose(found.std(axis=(0, 2, 3)), 1, atol=1e-6)


def test_one_colour_is_no_division_by_zero(tmp_path: Path) -> None:
    """Images of one colour would become infinite, and every network diverge."""
    some = images(tmp_path)
    flat = Images(
        *(some.path, some.shape, some.places, some.names, some.keys),
        *(np.full((12, 3), 20.0 * 7), np.full((12, 3), 20.0 * 49), some.prints),
    )
    assert np.isfinite(fit_pixels("standard", flat)[0]).all()


@pytest.mark.parametrize("rows", [slice(3, 7), np.array([5, 1, 1])])
def test_rows_are_taken_without_being_read(tmp_path: Path, rows: slice | NDArray[np.int64]) -> None:
    """Another image would stand in the place of the one asked for."""
    some = images(tmp_path)
    taken = image_rows(some, fit_pixels("unit", some))[rows]
    np.testing.assert_array_equal(np.asarray(taken), numbers(some, "unit")[rows].astype(np.float32))
