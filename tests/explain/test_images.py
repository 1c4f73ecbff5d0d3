"""A reader is shown a place that the network didn't look at, or a map that says nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from paribus.data.prepare.images import ImageRows
from paribus.data.prepare.pixels import Pixels
from paribus.errors import StudyError
from paribus.explain.images import Box, centre, explain_images, grad_cam, occlusion, share_inside
from paribus.networks.build import build
from paribus.networks.network import BuiltNetwork
from paribus.study.configuration import Configuration
from paribus.study.spec import Network, Prepare, Train

SIDE = 24
CORNER: Box = (0, 0, 6, 6)
OTHER: Box = (18, 18, 24, 24)


def looks_at(box: Box | None, *, n_outputs: int = 1) -> BuiltNetwork:
    """A network whose last class is the brightness of a box, added up, or the mean of all places."""
    end = "average" if box is None else "flatten"
    asked = Configuration(Prepare(), Network(kind="cnn", blocks=("1x1", end)), Train())
    network = build(asked, (1, SIDE, SIDE), n_outputs)
    weights = [np.zeros_like(each) for each in network.arrays()]
    weights[0][:] = 1  # the convolution: a pixel is what it is
    read = np.zeros((SIDE, SIDE), dtype=np.float32)
    top, left, bottom, right = box or (0, 0, 1, 1)
    read[top:bottom, left:right] = 1
    weights[2][-1] = read.ravel() if box else 1
    return network.load(weights).eval()


def bright(*boxes: Box) -> NDArray[np.uint8]:
    """A dark image with bright boxes, (height, width, 1)."""
    image = np.zeros((SIDE, SIDE, 1), dtype=np.uint8)
    for top, left, bottom, right in boxes:
        image[top:bottom, left:right] = 255
    return image


def as_rows(folder: Path, *images: NDArray[np.uint8]) -> ImageRows:
    """Prepared images of 0 to 1."""
    np.save(folder / "images.npy", np.stack(images))
    unit = Pixels(np.full(1, 1 / 255, dtype=np.float32), np.zeros(1, dtype=np.float32))
    return ImageRows(folder / "images.npy", (SIDE, SIDE, 1), np.arange(len(images)), unit)


def tensor(image: NDArray[np.uint8]) -> torch.Tensor:
    return torch.from_numpy(image).movedim(-1, 0)[None].float() / 255


def test_grad_cam_shows_what_speaks_for_the_class() -> None:
    """The map would lie beside what the network saw."""
    heat = grad_cam(looks_at(None), tensor(bright(CORNER)), 1)
    assert heat.shape == (SIDE, SIDE)
    assert share_inside(heat, CORNER) == pytest.approx(1)


def test_grad_cam_leaves_out_what_speaks_against() -> None:
    """Bright places would be shown as the reason for the class that they speak against."""
    heat = grad_cam(looks_at(None), tensor(bright(CORNER)), 0)
    assert not heat.any()
    assert np.isnan(share_inside(heat, CORNER))


def test_occlusion_finds_the_corner_that_is_looked_at() -> None:
    """Whatever is bright would be held for what counts."""
    heat = occlusion(looks_at(CORNER), tensor(bright(CORNER, OTHER)), 1, window=3, stride=1)
    assert heat[CORNER[0] : CORNER[2], CORNER[1] : CORNER[3]].min() > 0
    assert not heat[OTHER[0] :, OTHER[1] :].any()
    assert share_inside(heat, (0, 0, 9, 9)) == pytest.approx(1)


def test_occlusion_says_how_much_the_logit_falls() -> None:
    """The numbers of a map would mean nothing."""
    image = tensor(bright(CORNER))
    heat = occlusion(looks_at(CORNER), image, 1, window=6, stride=6)
    covered = 36 * (1 - float(image.mean()))
    assert heat[CORNER[0] : CORNER[2], CORNER[1] : CORNER[3]] == pytest.approx(covered, rel=1e-5)
    against = occlusion(looks_at(CORNER), image, 0, window=6, stride=6)
    assert against == pytest.approx(-heat, rel=1e-5)


def test_every_pixel_is_covered_at_least_once() -> None:
    """The last rows and columns of an image would be shown as unseen."""
    heat = occlusion(looks_at(OTHER), tensor(bright(OTHER)), 1, window=7, stride=5)
    assert np.isfinite(heat).all()
    assert heat[-1, -1] > 0


@pytest.mark.parametrize("method", ["grad_cam", "occlusion"])
def test_images_are_explained_for_the_class_that_is_called(method: str, tmp_path: Path) -> None:
    """A map would be of another class, or beside another probability."""
    rows = as_rows(tmp_path, bright(CORNER), bright())
    one, other = explain_images(looks_at(CORNER), rows, ("dark", "light"), method=method)  # type: ignore[arg-type]
    assert one.name == "light"
    assert one.probability == pytest.approx(1 / (1 + np.exp(-36)))
    assert share_inside(one.heat, (0, 0, 8, 8)) > 0.9
    assert (other.name, other.probability) == ("dark", 0.5)


def test_a_class_can_be_asked_for(tmp_path: Path) -> None:
    """Why a row was not called what it is could not be asked."""
    network = looks_at(None, n_outputs=3)
    rows = as_rows(tmp_path, bright(CORNER))
    (found,) = explain_images(network, rows, ("a", "b", "c"), of=[0])
    assert found.name == "a"
    assert found.probability is not None
    assert found.probability < 1 / 3


def test_a_network_without_maps_is_refused_with_a_remedy() -> None:
    """A traceback would be all the user gets."""
    network = build(Configuration(Prepare(), Network(hidden=(2,)), Train()), (1, SIDE, SIDE), 1)
    with pytest.raises(StudyError, match="method = 'occlusion'"):
        grad_cam(network, tensor(bright(CORNER)), 1)
    assert occlusion(network, tensor(bright(CORNER)), 1).shape == (SIDE, SIDE)


def test_the_centre_is_in_the_middle() -> None:
    """The share of a map in its centre would be of another place."""
    assert centre((96, 96)) == (32, 32, 64, 64)
    assert centre((50, 48)) == (16, 16, 33, 32)
    assert share_inside(np.ones((96, 96)), centre((96, 96))) == pytest.approx(1 / 9)
