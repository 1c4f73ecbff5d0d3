"""Colours, stains, cutout: held to formulas that go pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from paribus.networks.augment import Draws, augment
from paribus.networks.augment.by_row import means
from paribus.networks.augment.colour import tinted, toned
from paribus.networks.augment.cutout import cut_out
from paribus.networks.augment.stain import stained
from paribus.study.sections.augment import Augment
from tests.networks.augment import slow

part = st.floats(0, 0.99)
side = st.integers(1, 8)


@settings(max_examples=40, deadline=None)
@given(part, part, st.sampled_from((1, 3)), side, side, st.integers(0, 99))
def test_contrast_and_brightness(
    contrast: float, brightness: float, channels: int, height: int, width: int, seed: int
) -> None:
    """Contrast would shift the brightness too, or brightness would be another amount than asked."""
    images, draws = slow.pictures(3, channels, height, width, seed), Draws(seed, 0, 1, 3)
    asked = Augment(contrast=contrast, brightness=brightness)
    found = toned(images, asked, draws).numpy()
    for row, image in enumerate(images.numpy()):
        np.testing.assert_allclose(found[row], slow.toned(image, asked, draws, row), atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(part, st.floats(0, 180), side, side, st.integers(0, 99))
def test_saturation_and_hue(saturation: float, hue: float, height: int, width: int, seed: int) -> None:
    """Colours would go elsewhere than asked."""
    images, draws = slow.pictures(3, 3, height, width, seed), Draws(seed, 0, 1, 3)
    asked = Augment(saturation=saturation, hue=hue)
    found = tinted(images, asked, draws).numpy()
    for row, image in enumerate(images.numpy()):
        np.testing.assert_allclose(found[row], slow.tinted(image, asked, draws, row), atol=1e-12)


def test_saturation_and_hue_leave_greys_and_brightness() -> None:
    """White background would take on a tint, or a hue would make an image darker."""
    asked, draws = Augment(saturation=0.9, hue=180), Draws(0, 0, 1, 9)
    grey = slow.pictures(9, 1, 6, 6).expand(-1, 3, -1, -1)
    np.testing.assert_allclose(tinted(grey, asked, draws), grey, atol=1e-12)
    images = slow.pictures(9, 3, 6, 6)
    luma = np.tensordot(tinted(images, asked, draws), slow.LUMA, axes=(1, 0))
    np.testing.assert_allclose(luma, np.tensordot(images, slow.LUMA, axes=(1, 0)), atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(part, side, side, st.integers(0, 99))
def test_stains(most: float, height: int, width: int, seed: int) -> None:
    """The jitter would not be that of stains: a network would learn colours that no laboratory makes."""
    images, draws = slow.pictures(3, 3, height, width, seed), Draws(seed, 0, 1, 3)
    images[0, :, 0, 0] = torch.tensor([0.0, 1.0, 1e-9])
    found = stained(images, most, draws).numpy()
    for row, image in enumerate(images.numpy()):
        np.testing.assert_allclose(found[row], slow.stained(image, most, draws, row), rtol=1e-9)


def test_no_jitter_leaves_stains_as_they_are() -> None:
    """Going to stains and back would change every image."""
    images = slow.pictures(3, 3, 5, 5) * 0.9 + 0.1
    np.testing.assert_allclose(stained(images, 0.0, Draws(0, 0, 1, 3)), images, rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(part, st.sampled_from((1, 3)), side, side, st.integers(0, 99))
def test_cutout(share: float, channels: int, height: int, width: int, seed: int) -> None:
    """More or less would be hidden than asked, or at the wrong place."""
    images, draws = slow.pictures(3, channels, height, width, seed), Draws(seed, 0, 1, 3)
    found = cut_out(images, share, draws).numpy()
    for row, image in enumerate(images.numpy()):
        np.testing.assert_allclose(found[row], slow.cut_out(image, share, draws, row), atol=1e-12)


@given(side, side)
def test_means(height: int, width: int) -> None:
    """Contrast and cutout rest on a mean: of an odd number of pixels one would be forgotten."""
    images = slow.pictures(2, 3, height, width)
    np.testing.assert_allclose(means(images), images.mean((2, 3), keepdim=True), atol=1e-14)


@pytest.mark.parametrize("key", ["saturation", "hue", "stain"])
def test_a_grey_image_has_no_colour_to_change(key: str) -> None:
    """Grey images with a colour key would end in a traceback, or be changed in ways nobody defined."""
    images = slow.pictures(3, 1, 4, 4)
    asked = Augment.model_validate({key: 0.5})
    assert asked.colour_keys == (key,)
    assert torch.equal(augment(images, asked, Draws(0, 0, 1, 3)), images)


def test_noise_is_normal_and_of_the_size_asked() -> None:
    """Noise of another size or shape would be trained on."""
    images = torch.full((400, 3, 16, 16), 0.5, dtype=torch.float64)
    found = (augment(images, Augment(noise=0.05), Draws(0, 0, 1, 400)) - images).numpy() / 0.05
    rows = found.reshape(400, -1)
    assert abs(rows.mean()) < 0.01
    assert abs(rows.std() - 1) < 0.01
    assert abs((np.abs(rows) > 1.96).mean() - 0.05) < 0.002
    among_rows = np.corrcoef(rows) - np.eye(400)
    assert np.abs(among_rows).max() < 0.25
