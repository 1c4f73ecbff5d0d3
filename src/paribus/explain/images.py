"""Where an image speaks for a class: heat maps of single images, by gradients or by covering it up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import interpolate

from paribus.data.prepare.images import ImageRows
from paribus.data.prepare.prepared import Prepared
from paribus.errors import StudyError
from paribus.explain.facts import ImageExplanation
from paribus.explain.words import LOWER_HIGHER
from paribus.networks.images import ImageNetwork
from paribus.networks.network import BuiltNetwork

ImageMethod = Literal["auto", "grad_cam", "occlusion"]
Box = tuple[int, int, int, int]
"""(top, left, bottom, right), the last two not in it."""

METHODS = {"grad_cam": "Grad-CAM", "occlusion": "occlusion"}
AT_ONCE = 64
"""Covered copies of an image that are looked at together."""


def explain_images(
    network: BuiltNetwork,
    rows: ImageRows,
    names: Sequence[str] = LOWER_HIGHER,
    *,
    of: Sequence[int] | None = None,
    method: ImageMethod = "auto",
    window: int | None = None,
    numbers: bool = False,
) -> tuple[ImageExplanation, ...]:
    """A heat map for each image of `rows`.

    `names`: the classes in the order of their codes, two for one output; `of`: the code of the class to
    explain for each image, without it the class that is called; `method`: auto is grad_cam where a network
    keeps a map of an image's places, else occlusion; `window`: pixels of the squares that occlusion covers,
    a sixth of the shorter side; `numbers`: whether the output is a number. Raises StudyError for grad_cam of
    a network that keeps no such map.
    """
    network.eval()
    found = []
    for place in range(len(rows)):
        image = network.given(cast(Prepared, rows[slice(place, place + 1)]))
        with torch.inference_mode():
            logits = network(image)[0]
        code = 1 if numbers else (_called(logits) if of is None else int(of[place]))
        if method == "auto":
            method = "occlusion" if _maps(network, image) is None else "grad_cam"
        if method == "grad_cam":
            heat = grad_cam(network, image, code)
        else:
            heat = occlusion(network, image, code, window or max(1, min(rows.shape[2:]) // 6))
        probability = None if numbers else _probability(logits, code)
        found.append(ImageExplanation(heat, names[code], probability, METHODS[method]))
    return tuple(found)


def grad_cam(network: BuiltNetwork, image: Tensor, code: int) -> NDArray[np.float32]:
    """Where an image, (1, channel, height, width), speaks for a class: (height, width), 0 or more.

    Selvaraju et al., ICCV 2017: the network's last maps, each weighted by how much the class' logit grows
    with its mean, added up without what speaks against, and brought to the image's size. Raises StudyError
    for a network that keeps no map of an image's places.
    """
    maps = _maps(network, image)
    if maps is None or not isinstance(network, ImageNetwork):
        raise StudyError(
            f"{type(network).__name__} keeps no map of an image's places, which Grad-CAM needs: use"
            " method = 'occlusion'"
        )
    maps = maps.detach().requires_grad_(True)
    with torch.enable_grad():
        logit = _logit(network.from_summaries(network.summary(maps)), code)
        (slopes,) = torch.autograd.grad(logit, maps)
    weighted = (maps.detach() * slopes.mean(dim=(2, 3), keepdim=True)).sum(dim=1, keepdim=True)
    heat = interpolate(weighted.relu().float(), image.shape[2:], mode="bilinear", align_corners=False)
    found: NDArray[np.float32] = heat[0, 0].numpy(force=True)
    return found


def occlusion(
    network: BuiltNetwork, image: Tensor, code: int, window: int = 16, stride: int | None = None
) -> NDArray[np.float32]:
    """How much a class' logit falls when a square is covered, the mean over squares that cover a pixel.

    Zeiler & Fergus, ECCV 2014: squares of `window` pixels, `stride` apart (half of them), in the image's own
    mean colour. `image`: (1, channel, height, width). Returns (height, width).
    """
    corners = squares(image.shape[2:], window, stride)
    with torch.inference_mode():
        whole = _logit(network(image), code)
        colour = image.mean(dim=(2, 3))[0, :, None, None]
        falls: list[float] = []
        for start in range(0, len(corners), AT_ONCE):
            some = corners[start : start + AT_ONCE]
            covered = image.repeat(len(some), 1, 1, 1)
            for copy, (top, left) in zip(covered, some, strict=True):
                copy[:, top : top + window, left : left + window] = colour
            logits = network(covered.contiguous(memory_format=torch.channels_last))
            falls += [float(whole - _logit(each[None], code)) for each in logits]
    return spread(falls, corners, window, image.shape[2:])


def squares(shape: Sequence[int], window: int, stride: int | None = None) -> list[tuple[int, int]]:
    """Where squares of `window` pixels begin so that every pixel of (height, width) is covered: (top, left).

    They are `stride` apart, half of `window`.
    """
    apart = stride or max(1, window // 2)
    starts = [sorted({*range(0, max(side - window, 0) + 1, apart), max(side - window, 0)}) for side in shape]
    return [(top, left) for top in starts[0] for left in starts[1]]


def spread(
    falls: Sequence[float], corners: Sequence[tuple[int, int]], window: int, shape: Sequence[int]
) -> NDArray[np.float32]:
    """What covering each of `squares` takes away: the mean over those that cover a pixel, (height, width)."""
    sums, counts = np.zeros((2, *shape))
    for fall, (top, left) in zip(falls, corners, strict=True):
        sums[top : top + window, left : left + window] += fall
        counts[top : top + window, left : left + window] += 1
    found: NDArray[np.float32] = (sums / counts).astype(np.float32)
    return found


def share_inside(heat: NDArray[np.floating[Any]], box: Box) -> float:
    """The share of a map's mass that lies in a box, of what speaks for the class; NaN where nothing does."""
    speaking = np.maximum(heat, 0)
    top, left, bottom, right = box
    total = float(speaking.sum(dtype=np.float64))
    return float(speaking[top:bottom, left:right].sum(dtype=np.float64)) / total if total else float("nan")


def centre(shape: tuple[int, int], part: float = 1 / 3) -> Box:
    """The box in the middle of an image of (height, width), `part` of its height and of its width."""
    sides = [round(side * part) for side in shape]
    (top, left) = ((side - own) // 2 for side, own in zip(shape, sides, strict=True))
    return top, left, top + sides[0], left + sides[1]


def _maps(network: BuiltNetwork, image: Tensor) -> Tensor | None:
    """The network's last maps, (1, channel, height, width); None where it keeps none: it reads pixels one by
    one, or patches as words.
    """
    if not isinstance(network, ImageNetwork):
        return None
    with torch.no_grad():
        maps = network.maps(image)
    return maps if maps.ndim == image.ndim else None


def _called(logits: Tensor) -> int:
    """The class that is called: (output,)."""
    return int(logits[0] > 0) if len(logits) == 1 else int(logits.argmax())


def _logit(logits: Tensor, code: int) -> Tensor:
    """How much one image's logits, (1, output), speak for a class: one output is the second of two's."""
    if logits.shape[1] == 1:
        return logits[0, 0] if code else -logits[0, 0]
    return logits[0, code]


def _probability(logits: Tensor, code: int) -> float:
    if len(logits) == 1:
        return float(torch.sigmoid(logits[0] if code else -logits[0]))
    return float(torch.softmax(logits, dim=0)[code])
