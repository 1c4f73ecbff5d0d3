"""Movements of images, held to NumPy's flips and turns and to SciPy's affine transform."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from paribus.networks.augment import Draws, augment
from paribus.networks.augment.geometry import moved
from paribus.study.sections.augment import Augment
from tests.networks.augment import slow

FLIPS = ("none", "horizontal", "vertical", "both")
movements = st.fixed_dictionaries(
    {
        "flip": st.sampled_from(FLIPS),
        "turn": st.booleans(),
        "rotate": st.floats(0, 180),
        "shift": st.floats(0, 0.99),
        "zoom": st.floats(0, 0.9),
        "shear": st.floats(0, 80),
        "fill": st.sampled_from(("reflect", "nearest", "constant")),
    }
)


@settings(max_examples=60, deadline=None)
@given(movements, st.integers(1, 9), st.integers(1, 9), st.integers(0, 99))
def test_movements_are_those_of_scipy(asked: dict[str, object], height: int, width: int, seed: int) -> None:
    """Who asks for 20 degrees would get something else: other angles, wrong edges, half a pixel off."""
    images, draws = slow.pictures(4, 2, height, width, seed), Draws(seed, 0, 1, 4)
    changes = Augment.model_validate(asked)
    found = moved(images, changes, draws).numpy()
    for row, image in enumerate(images.numpy()):
        np.testing.assert_allclose(found[row], slow.moved(image, changes, draws, row), atol=1e-9)


@pytest.mark.parametrize("turn", [False, True])
@pytest.mark.parametrize("flip", FLIPS)
@pytest.mark.parametrize("size", [1, 2, 7, 96])
def test_flips_and_turns_alone_move_whole_pixels(flip: str, turn: bool, size: int) -> None:
    """Fine texture would be blurred by a mere flip."""
    images, draws = slow.pictures(12, 3, size, size).float(), Draws(3, 1, 2, 12)
    asked = Augment.model_validate({"flip": flip, "turn": turn})
    found = augment(images, asked, draws).numpy()
    for row, image in enumerate(images.numpy()):
        np.testing.assert_array_equal(found[row], slow.rearranged(image, asked, draws, row))


def test_a_flip_of_an_oblong_image_moves_whole_pixels() -> None:
    """Microscope fields that aren't square would be blurred or bent."""
    images, draws, asked = slow.pictures(8, 1, 5, 11), Draws(0, 0, 1, 8), Augment(flip="both")
    found = augment(images, asked, draws).numpy()
    for row, image in enumerate(images.numpy()):
        np.testing.assert_array_equal(found[row], slow.rearranged(image, asked, draws, row))


def test_every_flip_and_turn_comes_up_alike() -> None:
    """A network would see some directions less often, and 'any direction' would be untrue."""
    mark = torch.zeros(8000, 1, 2, 3)[:, :, :, :2].clone()
    mark[:, 0, 0, 0], mark[:, 0, 0, 1] = 0.5, 1.0
    found = augment(mark, Augment(flip="both", turn=True), Draws(0, 0, 1, 8000))
    _, counts = np.unique(found.flatten(1).numpy(), axis=0, return_counts=True)
    assert len(counts) == 8
    assert counts.min() > 850


def test_a_wide_level_moves_the_same_row_further() -> None:
    """Two levels of rotation would differ in their noise too: not in the factor alone."""
    draws = Draws(5, 0, 1, 50)
    few, many = (draws.around("rotate", degrees) for degrees in (10.0, 20.0))
    np.testing.assert_array_equal(2 * few, many)
    assert few.max() > 8
    assert few.min() < -8
