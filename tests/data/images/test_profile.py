"""What a reader is told of images before anything is learned from them."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from paribus.cli.columns import print_profile
from paribus.data.column_profile import ImageProfile
from paribus.data.images.samples import samples
from paribus.data.profile import table_profile
from paribus.data.table import Table
from tests.data.images.making import encoded, pixels, read, write


def smooth(seed: int) -> Image.Image:
    """A picture with shapes in it, 64 pixels a side."""
    return Image.fromarray(pixels(seed, 6, 6)).resize((64, 64), Image.Resampling.BICUBIC)


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Twenty pictures; one stands twice, under both labels, one is written anew, and one is brighter."""
    for number in range(20):
        write(tmp_path / "x", f"{'ab'[number % 2]}/{number:02}.png", encoded(smooth(number)))
    write(tmp_path / "x", "a/again.png", encoded(smooth(1)))
    write(tmp_path / "x", "a/jpeg.jpg", encoded(smooth(4), "JPEG", quality=70))
    bright = np.clip(np.asarray(smooth(7)).astype(float) * 0.9 + 12, 0, 255).astype(np.uint8)
    write(tmp_path / "x", "b/bright.png", encoded(bright))
    write(tmp_path / "x", "b/empty.png", b"")
    return read(tmp_path / "x", broken="drop")


def image_profile(table: Table) -> ImageProfile:
    """That of the one feature."""
    found = table_profile(table).columns[0].image
    assert found is not None
    return found


def test_twins_are_found(table: Table) -> None:
    """One picture in training and test would be taken for a score."""
    found = image_profile(table)
    assert (found.equal, found.opposed) == (1, 1)
    assert found.equal_names == (("a/again.png", "b/01.png"),)
    assert found.near == 2
    assert set(found.near_names) == {("a/04.png", "a/jpeg.jpg"), ("b/07.png", "b/bright.png")}


def test_sizes_modes_and_brightness(table: Table) -> None:
    """A reader couldn't see what the files were like."""
    found = image_profile(table)
    numbers = table.features.images.pixels().astype(np.float64).reshape(-1, 3)
    assert found.shape == (64, 64, 3)
    assert found.modes == (("RGB", 23),)
    assert found.sizes == (((64, 64), 23),)
    assert found.means == pytest.approx(numbers.mean(axis=0))
    assert found.deviations == pytest.approx(numbers.std(axis=0))
    assert found.broken == (("b/empty.png", "is empty: 0 bytes"),)
    assert table_profile(table).duplicates == 1


def test_check_prints_it(table: Table) -> None:
    """It would be found, and nobody shown."""
    console = Console(width=200)
    with console.capture() as captured:
        print_profile(console, table_profile(table))
    told = captured.get()
    assert "64×64 RGB, pixels " in told
    assert "files: modes RGB 23; sizes (height × width) 64×64 23\n" in told
    assert (
        "equal: 1 image has the pixels of an earlier one, 1 of them under another label: 'a/again.png' and"
        in told
    )
    assert "near: 2 pairs of images are nearly the same: " in told


def test_samples_are_of_their_class_and_small(tmp_path: Path) -> None:
    """A page would show the wrong pictures for a label, or weigh as much as the data."""
    for number in range(10):
        write(tmp_path / "x", f"{'ab'[number % 2]}/{number}.png", encoded(pixels(number, 200, 100)))
    table = read(tmp_path / "x")
    found = samples(table, per_class=3)
    assert {name: len(each) for name, each in found.items()} == {"a": 3, "b": 3}
    assert found == samples(table, per_class=3)
    assert Image.open(BytesIO(b64decode(found["a"][0]))).size == (48, 96)
    only = samples(table, np.array([0, 1, 5]))
    assert {name: len(each) for name, each in only.items()} == {"a": 2, "b": 1}
