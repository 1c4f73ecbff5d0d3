"""Stain jitter: more or less haematoxylin, eosin and DAB, as one laboratory differs from another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from paribus.networks.augment.by_row import by_row
from paribus.networks.augment.colour import recoloured
from paribus.networks.augment.draws import Draws

HED = np.array([[0.65, 0.70, 0.29], [0.07, 0.99, 0.11], [0.27, 0.57, 0.78]])
"""How much red, green and blue each stain takes away: (stain, channel) of optical density (Ruifrok &
Johnston, Analytical and Quantitative Cytology and Histology 23, 2001)."""
DARKEST = 1e-6
"""Intensities below count as this: the density of black would be infinite."""


def stained(images: Tensor, most: float, draws: Draws) -> Tensor:
    """Images of 3 channels whose amount of each stain, in optical density (-log10 of intensity), is
    multiplied by a number on [1 - most, 1 + most) and raised by one on [-most, most) (Tellez et al., IEEE
    Transactions on Medical Imaging 37, 2018).

    Amounts are linear in densities, so that all of it is one product with the densities and one sum.
    """
    jitter = draws.once(("stains", most), lambda whole: jitters(most, whole))
    # Logarithms of intensities, rather than densities: the signs and the base cancel out.
    densities = recoloured(images.clamp(min=DARKEST).log_(), jitter[:, :, :3])
    return densities.add_(by_row(jitter[:, :, 3], images)[:, :, None, None]).exp_()


def jitters(most: float, draws: Draws) -> NDArray[np.float64]:
    """What a pixel's logarithms become: (row, channel after, channel before and 1)."""
    factor, term = np.split((2.0 * draws.uniform("stain", 6) - 1.0) * most, 2, axis=1)
    products = (_AMOUNTS * (1.0 + factor)[:, None, :] @ HED).transpose(0, 2, 1)
    sums = -np.log(10.0) * (term @ HED)
    return np.concatenate([products, sums[:, :, None]], axis=2)


_AMOUNTS = np.linalg.inv(HED)
