"""Augmentation: training images changed at random, in batches, on the device they are on."""

from __future__ import annotations

import torch
from torch import Tensor

from paribus.networks.augment.colour import tinted, toned
from paribus.networks.augment.cutout import cut_out
from paribus.networks.augment.draws import Draws
from paribus.networks.augment.geometry import intensities, moved
from paribus.networks.augment.mixing import mix
from paribus.networks.augment.stain import stained
from paribus.study.sections.augment import Augment

__all__ = ["Draws", "augment", "mix"]

NUMBERS_AT_ONCE = 2**19
"""Of rows that a processor changes at once: what stands between two steps stays in its caches, and no bit
depends on what stands beside."""


@torch.no_grad()
def augment(images: Tensor, asked: Augment, draws: Draws, dtype: torch.dtype = torch.float32) -> Tensor:
    """Pixels of 0 to 255 (uint8), or intensities of 0 to 1, of 1 or 3 channels: (row, channel, height, width)
    → intensities, changed as `asked`. `dtype` is what pixels become.

    In this order: one movement, stain, colours, cutout, noise; then numbers are cut off at 0 and 1. `draws`
    is of these rows. What saturation, hue and stain ask is done to images of 3 channels: a grey one has none
    (`Augment.colour_keys`; a study that asks for it is refused). On a processor a row has the same bits
    alone and in any batch. The order of the numbers in memory may be another than that of `images`.
    """
    if asked.is_idle:
        return intensities(images, dtype)
    if _only_moves(asked):
        return moved(images, asked, draws, dtype, cut=True)
    if images.device.type != "cpu":
        whole = _changed(images, asked, draws, dtype)
        return whole if whole is images else whole.clamp_(0.0, 1.0)
    found = torch.empty(images.shape, dtype=images.dtype if images.is_floating_point() else dtype)
    high = max(1, NUMBERS_AT_ONCE // max(1, images[:1].numel()))
    for start in range(0, len(images), high):
        some = slice(start, start + high)
        found[some] = _changed(images[some], asked, draws.part(some), dtype)
        found[some].clamp_(0.0, 1.0)
    return found


def _only_moves(asked: Augment) -> bool:
    """Then there is one step, and nothing is gained by rows that are changed at once."""
    colours = (asked.stain, asked.saturation, asked.hue, asked.contrast, asked.brightness)
    return not any((*colours, asked.cutout, asked.noise))


def _changed(images: Tensor, asked: Augment, draws: Draws, dtype: torch.dtype) -> Tensor:
    has_colour = images.shape[1] == 3
    found = moved(images, asked, draws, dtype)
    if asked.stain and has_colour:
        found = stained(found, asked.stain, draws)
    if (asked.saturation or asked.hue) and has_colour:
        found = tinted(found, asked, draws)
    found = toned(found, asked, draws)
    if asked.cutout:
        found = cut_out(found, asked.cutout, draws)
    if asked.noise:
        normal = draws.normal("noise", found[:1].numel(), found)
        found = found + (normal * asked.noise).view(found.shape)
    return found
