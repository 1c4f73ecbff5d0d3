"""Where an image speaks for its class, asked of a delivered model by covering places up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.data.sources.frame import read_frame
from paribus.deliver.columns import feeds
from paribus.deliver.images import image_of
from paribus.errors import StudyError

if TYPE_CHECKING:
    from paribus.deliver.running import Session
    from paribus.explain.facts import ImageExplanation

CLASSES = ("binary", "multiclass")


def explained(session: Session, image: Any, window: int | None = None) -> ImageExplanation:
    """How much the likeliest class' logit falls when a square is covered in the image's mean colour, the mean
    over squares that cover a pixel (Zeiler & Fergus, ECCV 2014).

    `image`: a file's path, its bytes, or pixels (height, width, channel); `window`: a square's side,
    a sixth of the image's shorter one. Raises DataError for an image that can't be used, StudyError for a
    model that tells no classes of images.
    """
    from paribus.explain.facts import ImageExplanation  # PyTorch, which predictions need not
    from paribus.explain.images import METHODS, spread, squares

    schema = session.schema
    column = image_of(schema)
    if column is None or schema.task not in CLASSES:
        raise StudyError(
            f"'{schema.study}' tells no classes of images: only of such a model images are explained"
        )
    cells = pd.Series([image], dtype=object)
    pixels = feeds(read_frame(pd.DataFrame({column.name: cells}), "image"), schema)[column.name]
    side = window or max(1, min(pixels.shape[1:3]) // 6)
    corners = squares(pixels.shape[1:3], side)
    p = _probabilities(session, column.name, _covered(pixels[0], corners, side))
    code = int(p[0].argmax())
    logits = np.log(p[:, code]) - np.log1p(-p[:, code])
    heat = spread((logits[0] - logits[1:]).tolist(), corners, side, pixels.shape[1:3])
    return ImageExplanation(heat, schema.classes[code], float(p[0, code]), METHODS["occlusion"])


def _covered(pixels: NDArray[np.uint8], corners: list[tuple[int, int]], side: int) -> NDArray[np.uint8]:
    """The image as it is, then with each square covered: (copy, height, width, channel)."""
    copies = np.repeat(pixels[None], len(corners) + 1, axis=0)
    colour = pixels.mean(axis=(0, 1)).round().astype(np.uint8)
    for copy, (top, left) in zip(copies[1:], corners, strict=True):
        copy[top : top + side, left : left + side] = colour
    return copies


def _probabilities(session: Session, name: str, images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Of each class, (image, class), short of 0 and 1 by what float32 can tell."""
    found = session.run({name: images})[session.schema.outputs[1]].astype(np.float64)
    least = float(np.finfo(np.float32).eps)
    return np.clip(found, least, 1 - least)
