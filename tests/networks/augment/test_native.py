"""The native code's movements against PyTorch's."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from paribus.networks.augment import Draws, augment, native
from paribus.networks.augment.native import FILLS, Fill
from paribus.study.sections.augment import Augment

pytestmark = pytest.mark.skipif(
    not native.available(), reason="installed without a C compiler: there is no native code"
)
ROWS = 3
some_movement = st.fixed_dictionaries(
    {
        "flip": st.sampled_from(("none", "horizontal", "vertical", "both")),
        "turn": st.booleans(),
        "rotate": st.sampled_from((0, 20, 180)),
        "shift": st.sampled_from((0, 0.2, 0.99)),
        "zoom": st.sampled_from((0, 0.1, 0.9)),
        "shear": st.sampled_from((0, 5, 80)),
        "stain": st.sampled_from((0, 0.05)),
        "noise": st.sampled_from((0, 0.05)),
        "fill": st.sampled_from(FILLS),
    }
)


def pixels(rows: int, channels: int, height: int, width: int, seed: int = 0) -> Tensor:
    """Bytes (row, channel, height, width) as the file of pixels gives them, some of them at their ends."""
    drawn = np.random.default_rng(seed).integers(-40, 296, (rows, height, width, channels)).clip(0, 255)
    return torch.from_numpy(drawn.astype(np.uint8)).movedim(-1, 1)


def by_torch(images: Tensor, asked: Augment, draws: Draws) -> Tensor:
    """The same by PyTorch's calls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "available", lambda: False)
        return augment(images, asked, draws)


@settings(max_examples=80, deadline=None)
@given(some_movement, st.sampled_from((1, 3)), st.integers(1, 9), st.integers(1, 150), st.integers(0, 99))
def test_images_have_the_bits_that_pytorch_gives(
    changes: dict[str, object], channels: int, height: int, width: int, seed: int
) -> None:
    """A machine with a compiler would train on other images than one without."""
    images, asked = pixels(ROWS, channels, height, width, seed), Augment.model_validate(changes)
    draws = Draws(seed, 0, 1, ROWS)
    assert native.moves(images, torch.float32)
    found, theirs = augment(images, asked, draws), by_torch(images, asked, draws)
    assert found.shape == theirs.shape
    if native.exact():
        assert torch.equal(found, theirs)
    else:
        torch.testing.assert_close(found, theirs, rtol=0, atol=1e-4)


@pytest.mark.parametrize("flip", ["horizontal", "both"])
@pytest.mark.parametrize("turn", [True, False])
def test_flips_and_turns_alone_move_whole_pixels(flip: str, turn: bool) -> None:
    """Fine texture would be blurred by a mere flip."""
    images = pixels(12, 3, 7, 7)
    found = augment(images, Augment.model_validate({"flip": flip, "turn": turn}), Draws(3, 1, 2, 12))
    for moved, image in zip(found, images, strict=True):
        turned = [image.rot90(quarters, (1, 2)) for quarters in range(4)]
        assert any(
            torch.equal(moved, each.flip(axes) / 255) for each in turned for axes in ((), (2,), (1, 2))
        )


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("far", [np.nan, np.inf, -np.inf, 1e38, -1e38, 1e9, 3.0, -3.0, 1.0])
def test_no_place_lies_outside_of_an_image(fill: Fill, channels: int, far: float) -> None:
    """A number gone wrong would read another study's memory, or end the run without a word."""
    images = pixels(2, channels, 5, 70)
    for across, down in ((far, 0.0), (0.0, far), (far, -far)):
        found = native.moved(
            images, torch.full((2, 2, 70), across), torch.full((2, 2, 5), down), fill, whole=False, cut=True
        )
        assert found.min() >= 0
        assert found.max() <= 1


def test_a_row_has_the_same_bits_alone_and_in_any_batch() -> None:
    """A trial's outcome would depend on its batch size."""
    images, asked, draws = pixels(9, 3, 11, 13), Augment(rotate=20, shift=0.2), Draws(7, 2, 3, 9)
    whole = augment(images, asked, draws)
    each = [augment(images[row : row + 1], asked, draws.take(slice(row, row + 1))) for row in range(9)]
    assert torch.equal(torch.cat(each), whole)
    assert not augment(images[:0], asked, draws.take(slice(0, 0))).numel()


def test_what_it_does_not_know_is_left_to_pytorch() -> None:
    """Floats would be read as bytes, and images laid out otherwise would be scrambled."""
    images = pixels(2, 3, 4, 5)
    assert native.moves(images, torch.float32)
    assert not native.moves(images.contiguous(), torch.float32)
    assert not native.moves(images.float(), torch.float32)
    assert not native.moves(images, torch.float64)
    assert not native.moves(pixels(2, 2, 4, 5), torch.float32)
    assert not native.moves(images.to("meta"), torch.float32)
