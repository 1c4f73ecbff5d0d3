"""Who learns or measures on synthetic tissue learns something else than what is said of it."""

from __future__ import annotations

import numpy as np
import pytest

from paribus.data.sources.builtin import read_builtin
from paribus.data.sources.tissue import Tissue, tissue
from paribus.study.sources import parse_source

SIZE = 48
CENTRE = slice(SIZE // 3, 2 * SIZE // 3)


def test_the_label_is_decided_by_the_centre_alone() -> None:
    """A network that looks at the rim would be right, and Grad-CAM's test would mean nothing."""
    made = Tissue(rows=50, size=SIZE)
    labels = made.labels
    differs = (made.pixels(0, 50) != made.pixels(0, 50, tumour=False)).any(axis=3)
    inside = differs[:, CENTRE, CENTRE].any(axis=(1, 2))
    assert (inside == (labels == 1)).all()
    differs[:, CENTRE, CENTRE] = False
    assert not differs.any()


def test_tumour_is_darker_in_its_centre() -> None:
    """There would be nothing to learn."""
    pixels, labels, _ = tissue(rows=100, size=SIZE)
    darkest = np.sort(pixels[:, CENTRE, CENTRE, 0].reshape(100, -1), axis=1)[:, :40].mean(axis=1)
    assert np.median(darkest[labels == 1]) < np.percentile(darkest[labels == 0], 20)


def test_the_same_parameters_make_the_same_patches_in_any_piece() -> None:
    """A study would be of other images each time, and a cache would hold wrong ones."""
    made = Tissue(rows=120, size=24, slides=7)
    whole = made.pixels(0, 120)
    assert whole.shape == (120, 24, 24, 3)
    assert whole.dtype == np.uint8
    assert (made.pixels(37, 101) == whole[37:101]).all()
    more = Tissue(rows=160, size=24, slides=7)
    assert (more.pixels(0, 120) == whole).all()
    assert (more.labels[:120] == made.labels).all()
    assert (Tissue(rows=120, size=24, slides=7, seed=1).pixels(0, 50) != whole[:50]).any()


def test_about_two_in_five_patches_are_tumour_more_in_some_slides() -> None:
    """Accuracy would have another floor than what is said, and slides would not need to be kept whole."""
    made = Tissue(rows=4000, slides=20)
    assert made.labels.mean() == pytest.approx(0.4, abs=0.03)
    by_slide = [made.labels[made.slide == slide].mean() for slide in range(20)]
    assert max(by_slide) - min(by_slide) > 0.1


def test_slides_differ_in_their_stains() -> None:
    """A split by slide would show nothing."""
    pixels, _, slide = tissue(rows=200, slides=4, size=24)
    means = np.array([pixels[slide == each].mean(axis=(0, 1, 2)) for each in range(4)])
    assert np.ptp(means, axis=0).max() > 3


def test_the_source_hands_over_labels_slides_and_patches() -> None:
    """`builtin:tissue` would be other rows than the images beside them."""
    rows = read_builtin("builtin:tissue?rows=120&slides=6&size=24&seed=3")
    pixels, labels, slides = tissue(120, 6, 24, 3)
    assert rows.names == ("image", "label", "slide")
    assert (rows.column("label").to_numpy() == np.array(["normal", "tumour"])[labels]).all()
    assert rows.column("slide").tolist() == [f"slide{slide:02d}" for slide in slides]
    assert rows.files is not None
    some = np.array([0, 3, 51, 119])
    assert (np.stack([np.asarray(each) for each in rows.files.take(some).contents()]) == pixels[some]).all()
    assert len(set(rows.files.stamps())) == 120
    assert next(rows.files.take(some[1:]).stamps()) == list(rows.files.stamps())[3]


@pytest.mark.parametrize("wrong", ["difficulty=1.5", "slides=30&rows=20", "size=8"])
def test_wrong_parameters_are_refused(wrong: str) -> None:
    """A traceback would be all the user gets, or an image without a centre."""
    with pytest.raises(ValueError, match=r"difficulty must|slides need|size must"):
        parse_source(f"builtin:tissue?{wrong}")
