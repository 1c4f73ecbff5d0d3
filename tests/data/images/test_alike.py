"""Cells of one patient would stand on both sides of a split, and nobody would say so."""

from __future__ import annotations

import numpy as np

from paribus.data.images.alike import alike

CELLS = [
    f"train/Parasitized/C{patient}P{patient}ThinF_IMG_2015_cell_{n}.png"
    for patient in (1, 2, 3)
    for n in range(4)
]
LABELS = np.tile([0, 1], 6)


def test_patients_are_told_by_how_names_begin() -> None:
    """The hint would be of the wrong images."""
    found = alike(CELLS, LABELS)
    assert found is not None
    assert found.beginnings == ("C1P1ThinF", "C2P2ThinF", "C3P3ThinF")
    assert (found.groups == np.repeat([0, 1, 2], 4)).all()
    assert found.pattern == "^[^_. -]+"


def test_a_first_piece_that_all_share_tells_nothing() -> None:
    """Whatever a camera writes before its numbers would be a patient."""
    found = alike([f"IMG_slide{n // 5}_{n}.tif" for n in range(20)], np.arange(20) % 2)
    assert found is not None
    assert found.beginnings == ("IMG_slide0", "IMG_slide1", "IMG_slide2", "IMG_slide3")


def test_a_few_images_of_many_patients_are_told_too() -> None:
    """A subset, in which many patients have a single image, would be called clean."""
    shared = [f"P{patient}_{n}.png" for patient in range(6) for n in range(2)]
    found = alike([*shared, *(f"P{patient}_0.png" for patient in range(6, 16))], np.arange(22) % 2)
    assert found is not None
    assert len(found.beginnings) == 16


def test_names_of_one_image_each_tell_of_no_groups() -> None:
    """A folder of numbered files, or of hashes, would be cried at."""
    assert alike([f"IMG_{n}.png" for n in range(20)], np.arange(20) % 2) is None
    assert alike([f"{n:040x}.tif" for n in range(20)], np.arange(20) % 2) is None


def test_a_label_in_the_name_is_no_group() -> None:
    """`cat_1.jpg` and `dog_1.jpg` would be two patients."""
    names = [f"{'cat' if n % 2 else 'dog'}_{n}.jpg" for n in range(20)]
    assert alike(names, np.arange(20) % 2) is None
