"""All of it together: a row's bits, its noise, what is left alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from paribus.networks import augment as module
from paribus.networks.augment import Draws, augment
from paribus.study.sections.augment import Augment
from tests.networks.augment import slow

ONE = {
    "flip": "both", "turn": True, "rotate": 20.0, "shift": 0.2, "zoom": 0.1, "shear": 5.0, "stain": 0.1,
    "saturation": 0.2, "hue": 20.0, "contrast": 0.2, "brightness": 0.1, "cutout": 0.4, "noise": 0.05,
}  # fmt: skip
EACH = [pytest.param(Augment.model_validate({key: value}), id=key) for key, value in ONE.items()]
FILLS = [
    pytest.param(Augment.model_validate({**ONE, "fill": fill}), id=f"all {fill}")
    for fill in ("reflect", "nearest", "constant")
]
ROWS = 23


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("asked", [*EACH, *FILLS])
def test_a_row_has_the_same_bits_alone_and_in_any_batch(asked: Augment, dtype: torch.dtype) -> None:
    """A trial's outcome would depend on its batch size, or on what stands beside it."""
    images, draws = slow.pictures(ROWS, 3, 5, 7).to(dtype), Draws(7, 2, 3, ROWS)
    whole = augment(images, asked, draws)
    assert whole.dtype == dtype
    for batch in (1, 4):
        parts = [slice(start, min(start + batch, ROWS)) for start in range(0, ROWS, batch)]
        pieces = [augment(images[part], asked, draws.take(part)) for part in parts]
        assert torch.equal(torch.cat(pieces), whole)


@pytest.mark.parametrize("asked", FILLS)
def test_two_threads_change_no_bit(asked: Augment, two_threads: None) -> None:
    """The same study would give other results on a machine with more cores."""
    images, draws = slow.pictures(ROWS, 3, 33, 33).float(), Draws(7, 2, 3, ROWS)
    whole = augment(images, asked, draws)
    torch.set_num_threads(1)
    assert torch.equal(augment(images, asked, draws), whole)
    assert torch.equal(augment(images[:1], asked, draws.part(slice(0, 1))), whole[:1])


@pytest.mark.parametrize("asked", [*EACH, *FILLS])
def test_neither_memory_nor_the_number_at_once_changes_a_bit(
    asked: Augment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Images read from another place, or a larger batch, would train another network."""
    images, draws = slow.pictures(ROWS, 3, 12, 12).float(), Draws(7, 2, 3, ROWS)
    whole = augment(images, asked, draws)
    other = images.contiguous(memory_format=torch.channels_last)
    monkeypatch.setattr(module, "NUMBERS_AT_ONCE", 3 * 12 * 12 * 5)
    assert torch.equal(augment(other, asked, draws), whole)


@pytest.mark.parametrize("asked", [Augment(), *FILLS])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_pixels_are_taken_as_intensities(asked: Augment, dtype: torch.dtype) -> None:
    """Images straight from the cache would be 255 times too bright, or changed in another way."""
    pixels, draws = (slow.pictures(ROWS, 3, 6, 6) * 255).to(torch.uint8), Draws(7, 2, 3, ROWS)
    found = augment(pixels, asked, draws, dtype)
    assert found.dtype == dtype
    assert torch.equal(found, augment(pixels.to(dtype) / 255, asked, draws))


@pytest.mark.parametrize("asked", [*FILLS, Augment(mixup=0.2), Augment(flip="both")])
@pytest.mark.parametrize("channels", [1, 3])
def test_images_stay_intensities(asked: Augment, channels: int) -> None:
    """Numbers beyond 0 and 1 are no image: a network would see what no file can hold."""
    images = slow.pictures(ROWS, channels, 9, 6).round()
    before = images.clone()
    found = augment(images, asked, Draws(1, 0, 1, ROWS))
    assert found.shape == images.shape
    assert float(found.min()) >= 0
    assert float(found.max()) <= 1
    assert torch.equal(images, before), "a cached image was written to"


@pytest.mark.parametrize("asked", [Augment(), Augment(fill="constant")])
def test_nothing_asked_changes_nothing(asked: Augment) -> None:
    """A study without augmentation would be trained on rounded images."""
    images = slow.pictures(4, 3, 5, 5)
    assert augment(images, asked, Draws(1, 0, 1, 4)) is images


@pytest.mark.parametrize("other", sorted(set(ONE) - {"brightness"}))
def test_what_else_is_on_leaves_a_rows_noise(other: str) -> None:
    """A question about one key would compare different draws of all the others."""
    bright = Augment(brightness=0.3)
    both = Augment.model_validate({"brightness": 0.3, other: ONE[other]})
    alone, beside = Draws(4, 1, 2, 30), Draws(4, 1, 2, 30)
    flat = torch.full((30, 3, 4, 4), 0.5, dtype=torch.float64)
    augment(flat, bright, alone)
    augment(flat, both, beside)
    np.testing.assert_array_equal(alone.around("brightness", 1), beside.around("brightness", 1))
    assert not np.array_equal(alone.uniform("brightness")[:, 0], beside.uniform(other, 1)[:, 0])


@pytest.mark.parametrize("changed", [(8, 2, 3), (7, 3, 3), (7, 2, 4)])
def test_seeds_folds_and_epochs_have_their_own_noise(changed: tuple[int, int, int]) -> None:
    """An image would be changed in the same way in every epoch: one more image instead of many."""
    images, asked = slow.pictures(4, 3, 8, 8), Augment(rotate=30, noise=0.05)
    assert torch.equal(augment(images, asked, Draws(7, 2, 3, 4)), augment(images, asked, Draws(7, 2, 3, 4)))
    assert not torch.equal(
        augment(images, asked, Draws(7, 2, 3, 4)), augment(images, asked, Draws(*changed, 4))
    )


def test_a_part_is_counted_from_what_is_meant() -> None:
    """A batch cut in two would take the noise of other rows."""
    draws = Draws(0, 0, 1, 100).take(slice(40, 80))
    assert list(draws.part(slice(10, 99)).positions) == list(range(50, 80))
    np.testing.assert_array_equal(draws.part(slice(10, 20)).uniform("a"), draws.uniform("a")[10:20])
    assert len(augment(torch.zeros(0, 3, 4, 4), Augment(noise=0.1), draws.part(slice(0, 0)))) == 0


def test_rows_share_a_bounded_table_of_normal_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Noise for 100,000 images would not fit into memory."""
    monkeypatch.setattr(module.draws, "SHARED_NORMALS", 1000)
    like = torch.zeros(1)
    found = Draws(0, 0, 1, 50).normal("noise", 300, like)
    assert found.shape == (50, 300)
    assert len(np.unique(found)) <= 1299
    assert len({tuple(row[:3].tolist()) for row in found}) > 40
