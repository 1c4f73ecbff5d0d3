"""Mixup: images and targets in pairs."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from paribus.networks.augment import Draws, mix
from paribus.study.sections.augment import Augment
from tests.networks.augment import slow


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 5), st.integers(0, 9), st.integers(0, 9), st.integers(0, 99))
def test_mixup(alpha: float, start: int, rows: int, seed: int) -> None:
    """Targets would not be mixed as their images are, or with another's share."""
    draws = Draws(seed, 0, 1, 20).take(slice(start, start + rows))
    images, y = slow.pictures(rows, 2, 3, 4, seed), slow.pictures(rows, 2, 1, 1, seed + 1)[:, :, 0, 0]
    mixed, targets = mix(images, y, Augment(mixup=alpha), draws)
    np.testing.assert_allclose(mixed, slow.mixed(images.numpy(), alpha, draws), atol=1e-9)
    np.testing.assert_allclose(targets, slow.mixed(y.numpy(), alpha, draws), atol=1e-9)


@pytest.mark.parametrize("batch", [2, 6, 64])
def test_pairs_are_the_same_for_every_even_batch_size(batch: int) -> None:
    """Two levels of the batch size would be trained on different images."""
    images, y, draws = slow.pictures(64, 1, 2, 2), slow.pictures(64, 1, 1, 1)[:, 0, 0], Draws(0, 0, 1, 64)
    asked = Augment(mixup=0.4)
    whole = mix(images, y, asked, draws)
    parts = [slice(start, start + batch) for start in range(0, 64, batch)]
    pieces = [mix(images[part], y[part], asked, draws.take(part)) for part in parts]
    assert torch.equal(torch.cat([piece[0] for piece in pieces]), whole[0])
    assert torch.equal(torch.cat([piece[1] for piece in pieces]), whole[1])


def test_a_row_without_its_partner_stays() -> None:
    """The last of an odd number of rows would be mixed with itself by rounding, or with another's partner."""
    images, y = slow.pictures(3, 1, 2, 2), slow.pictures(3, 1, 1, 1)[:, 0, 0]
    mixed, targets = mix(images, y, Augment(mixup=1.0), Draws(0, 0, 1, 3))
    assert torch.equal(mixed[2], images[2])
    assert torch.equal(targets[2], y[2])
    assert not torch.equal(mixed[:2], images[:2])


def test_no_mixup_gives_back_what_it_was_given() -> None:
    """Hard targets would become soft ones that nobody asked for."""
    images, y = slow.pictures(2, 1, 2, 2), slow.pictures(2, 1, 1, 1)[:, 0, 0]
    mixed, targets = mix(images, y, Augment(flip="both"), Draws(0, 0, 1, 2))
    assert mixed is images
    assert targets is y
