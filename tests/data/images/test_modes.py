"""Pixels of every kind become 8 bits of grey or RGB, and the user is told how."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from paribus.data.table import Table
from tests.data.images.making import encoded, pixels, read, write

GREY = pixels(1, channels=1)[..., 0]
DEEP = np.random.default_rng(0).integers(0, 65_536, (8, 8), dtype=np.uint16)


def one(folder: Path, content: bytes, suffix: str, **settings: Any) -> tuple[NDArray[np.uint8], Table]:
    """The pixels of one file among RGB ones."""
    for number in range(4):
        write(folder, f"{'ab'[number % 2]}/{number}.png", encoded(pixels(number)))
    write(folder, f"a/one.{suffix}", content)
    table = read(folder, **settings)
    images = table.features.images
    return images.pixels()[images.names.index(f"a/one.{suffix}")], table


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bits(tmp_path: Path, kind: str) -> None:
    """Values above 255 would wrap round or become white."""
    found, table = one(tmp_path, encoded(Image.fromarray(DEEP), kind), "png" if kind == "PNG" else "tif")
    assert (found == np.rint(DEEP / 257.0).astype(np.uint8)[..., None]).all()
    assert table.notes[0].startswith(
        "16 bits a channel are brought to 8 (65,535 becomes 255) in 1 of 5 images: 'a/one."
    )


def test_12_bits_in_16_are_said_to_be_dark(tmp_path: Path) -> None:
    """Microscopes write 12 bits into 16: all images would be black, and nobody would know why."""
    _, table = one(tmp_path, encoded(Image.fromarray(DEEP >> 4)), "png")
    largest = int((DEEP >> 4).max())
    assert (
        f"the largest value of 16-bit pixels is {largest:,} of 65,535: such images become dark" in table.notes
    )


def test_palette_cmyk_alpha_and_grey(tmp_path: Path) -> None:
    """Numbers of a palette would be learned as brightness, and transparency as a colour."""
    colours = Image.fromarray(pixels(5))
    palette = colours.quantize(16)
    found, table = one(tmp_path / "p", encoded(palette), "png")
    assert (found == np.asarray(palette.convert("RGB"))).all()
    assert "palettes are read as their colours in 1 of 5 images: 'a/one.png'" in table.notes
    cmyk = colours.convert("CMYK")
    found, table = one(tmp_path / "c", encoded(cmyk, "TIFF"), "tif")
    assert (found == np.asarray(cmyk.convert("RGB"))).all()
    assert "CMYK is read as RGB in 1 of 5 images: 'a/one.tif'" in table.notes
    found, table = one(tmp_path / "a", encoded(pixels(6, channels=4)), "png")
    assert (found == pixels(6, channels=4)[..., :3]).all()
    assert "transparency is left out in 1 of 5 images: 'a/one.png'" in table.notes
    found, table = one(tmp_path / "g", encoded(GREY), "png")
    assert (found == GREY[..., None]).all()
    assert found.shape == (8, 8, 3)
    assert "grey is read as RGB in 1 of 5 images: 'a/one.png'" in table.notes


def test_grey_where_every_image_is(tmp_path: Path) -> None:
    """Three equal channels would cost three times the room."""
    for number in range(4):
        write(tmp_path / "x", f"{'ab'[number % 2]}/{number}.png", encoded(pixels(number, channels=1)))
    assert read(tmp_path / "x").features.images.shape == (8, 8, 1)
    assert read(tmp_path / "x", channels="rgb").features.images.shape == (8, 8, 3)


def test_one_image_with_colour_among_grey_ones(tmp_path: Path) -> None:
    """Its colours would be lost where none of the few that are looked at first has any."""
    for number in range(200):
        write(tmp_path / "x", f"{'ab'[number % 2]}/{number:03}.png", encoded(pixels(number, channels=1)))
    write(tmp_path / "x", "a/001.png", encoded(pixels(1)))
    images = read(tmp_path / "x").features.images
    assert images.shape == (8, 8, 3)
    assert (images.pixels()[images.names.index("a/001.png")] == pixels(1)).all()


def test_colours_as_grey_where_the_study_says_so(tmp_path: Path) -> None:
    """channels = "grey" would be no choice."""
    found, table = one(tmp_path, encoded(pixels(9)), "png", channels="grey")
    assert (found[..., 0] == np.asarray(Image.fromarray(pixels(9)).convert("L"))).all()
    assert any("colours are read as grey in 5 of 5 images" in note for note in table.notes)


def test_sums_are_those_of_the_pixels(tmp_path: Path) -> None:
    """Scaling by mean and SD would use other numbers than the images'."""
    for number in range(40):
        write(tmp_path / "x", f"{'ab'[number % 2]}/{number}.png", encoded(pixels(number, 11, 7)))
    images = read(tmp_path / "x").features.images
    numbers = images.pixels().astype(np.float64)
    assert (images.sums == numbers.sum(axis=(1, 2))).all()
    assert (images.squares == (numbers**2).sum(axis=(1, 2))).all()
