"""Mixup: images and their targets in pairs."""

from __future__ import annotations

import numpy as np
import torch
from scipy.special import betaincinv
from torch import Tensor

from paribus.networks.augment.by_row import by_row
from paribus.networks.augment.draws import Draws
from paribus.study.sections.augment import Augment


def mix(images: Tensor, y: Tensor, asked: Augment, draws: Draws) -> tuple[Tensor, Tensor]:
    """Images (row, channel, height, width) and targets (row, output): share · own + (1 - share) · partner's.

    The share is beta(mixup, mixup), by the row's position, from the same uniform number for every level of
    mixup (Zhang et al., ICLR 2018). Partners are the positions 0 and 1, 2 and 3 ... of the epoch's order,
    which is random itself: with an even batch size they are always in one batch, whatever the size. A row
    whose partner is in another batch, or beyond the end, stays as it is.
    """
    if not asked.mixup:
        return images, y
    positions = np.array(draws.positions, dtype=np.int64)
    partners = (positions ^ 1) - positions[0] if len(positions) else positions
    inside = (partners >= 0) & (partners < len(positions))
    shares = np.where(inside, betaincinv(asked.mixup, asked.mixup, draws.uniform("mixup")[:, 0]), 1.0)
    index = torch.from_numpy(np.where(inside, partners, np.arange(len(positions)))).to(images.device)
    return _mixed(images, by_row(shares, images), index), _mixed(y, by_row(shares, y), index)


def _mixed(values: Tensor, shares: Tensor, partners: Tensor) -> Tensor:
    share = shares.reshape(-1, *[1] * (values.ndim - 1))
    return values * share + values[partners] * (1.0 - share)
