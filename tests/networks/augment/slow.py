"""Augmentation as a person would write it down: one image, one step after another, float64."""

from __future__ import annotations

from math import cos, log10, radians, sin, tan
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import affine_transform
from scipy.stats import beta

from paribus.networks.augment import Draws
from paribus.study.sections.augment import Augment

Image = NDArray[np.float64]
"""(channel, height, width), intensities of 0 to 1."""
MODES: dict[str, Literal["reflect", "nearest", "grid-constant"]] = {
    "reflect": "reflect",
    "nearest": "nearest",
    "constant": "grid-constant",
}
LUMA = np.array([0.299, 0.587, 0.114])


def pictures(rows: int, channels: int, height: int, width: int, seed: int = 0) -> torch.Tensor:
    """Random images, float64."""
    return torch.from_numpy(np.random.default_rng(seed).random((rows, channels, height, width)))


def between(draws: Draws, row: int, purpose: str, most: float) -> float:
    """A row's number between minus `most` and `most`."""
    return float((2 * draws.uniform(purpose)[row, 0] - 1) * most)


def flips(asked: Augment, draws: Draws, row: int) -> tuple[bool, bool]:
    """Across, and down."""
    across, down = draws.uniform("flip", 2)[row] < 0.5
    return across and asked.flip in ("horizontal", "both"), down and asked.flip in ("vertical", "both")


def rearranged(image: Image, asked: Augment, draws: Draws, row: int) -> Image:
    """Flipped and turned, of square images."""
    across, down = flips(asked, draws, row)
    image = image[:, :, ::-1] if across else image
    image = image[:, ::-1] if down else image
    return np.rot90(image, int(draws.uniform("turn")[row, 0] * 4), (1, 2)) if asked.turn else image


def moved(image: Image, asked: Augment, draws: Draws, row: int) -> Image:
    """A matrix for each step, in (row, column) from the centre; then SciPy's interpolation."""
    height, width = image.shape[1:]
    across, down = flips(asked, draws, row)
    turn = radians(90 * int(draws.uniform("turn")[row, 0] * 4)) if asked.turn else 0.0
    angle = turn + radians(between(draws, row, "rotate", asked.rotate))
    lean = tan(radians(between(draws, row, "shear", asked.shear)))
    larger = 1 + between(draws, row, "zoom", asked.zoom)
    right, low = (2 * draws.uniform("shift", 2)[row] - 1) * asked.shift * (width, height)
    flip = np.diag([-1.0 if down else 1.0, -1.0 if across else 1.0])
    # As np.rot90 turns: the right edge becomes the upper one.
    rotate = np.array([[cos(angle), -sin(angle)], [sin(angle), cos(angle)]])
    shear = np.array([[1.0, 0.0], [-lean, 1.0]])
    forth = larger * shear @ rotate @ flip
    back = np.linalg.inv(forth)
    centre = np.array([(height - 1) / 2, (width - 1) / 2])
    offset = centre - back @ (centre + np.array([low, right]))
    mode = MODES[asked.fill]
    return np.stack([affine_transform(each, back, offset, order=1, mode=mode) for each in image])


def toned(image: Image, asked: Augment, draws: Draws, row: int) -> Image:
    """Contrast about the mean brightness, then brightness."""
    mean = float(np.mean(image[0] if len(image) == 1 else np.tensordot(LUMA, image, 1)))
    image = mean + (1 + between(draws, row, "contrast", asked.contrast)) * (image - mean)
    return image + between(draws, row, "brightness", asked.brightness)


def tinted(image: Image, asked: Augment, draws: Draws, row: int) -> Image:
    """Each pixel's colour as a complex number I + iQ beside its brightness, stretched and turned."""
    to_yiq = np.array([LUMA, [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
    stretch = 1 + between(draws, row, "saturation", asked.saturation)
    angle = radians(between(draws, row, "hue", asked.hue))
    found = np.empty_like(image)
    for place in np.ndindex(image.shape[1:]):
        luma, i, q = to_yiq @ image[(slice(None), *place)]
        colour = complex(i, q) * stretch * complex(cos(angle), sin(angle))
        found[(slice(None), *place)] = np.linalg.solve(to_yiq, [luma, colour.real, colour.imag])
    return found


def stained(image: Image, most: float, draws: Draws, row: int) -> Image:
    """Intensities to densities, to amounts of stains, jittered, and the way back."""
    stains = np.array([[0.65, 0.70, 0.29], [0.07, 0.99, 0.11], [0.27, 0.57, 0.78]])
    factor, term = ((2 * draws.uniform("stain", 6)[row] - 1) * most).reshape(2, 3)
    found = np.empty_like(image)
    for place in np.ndindex(image.shape[1:]):
        density = np.array([-log10(max(each, 1e-6)) for each in image[(slice(None), *place)]])
        amounts = np.linalg.solve(stains.T, density) * (1 + factor) + term
        found[(slice(None), *place)] = 10 ** -(stains.T @ amounts)
    return found


def cut_out(image: Image, share: float, draws: Draws, row: int) -> Image:
    """Pixel by pixel."""
    _, height, width = image.shape
    down, across = draws.uniform("cutout", 2)[row] * (height, width)
    reach = share * min(height, width) / 2
    found = image.copy()
    for y, x in np.ndindex(height, width):
        if abs(y + 0.5 - down) <= reach and abs(x + 0.5 - across) <= reach:
            found[:, y, x] = image.mean(axis=(1, 2))
    return found


def mixed(values: NDArray[np.float64], alpha: float, draws: Draws) -> NDArray[np.float64]:
    """Positions 0 and 1, 2 and 3 ... of the epoch's order, where both are among these rows (row, ...)."""
    positions = list(draws.positions)
    found = values.copy()
    for row, position in enumerate(positions):
        partner = position + 1 if position % 2 == 0 else position - 1
        if partner in positions:
            share = beta.ppf(draws.uniform("mixup")[row, 0], alpha, alpha)
            found[row] = share * values[row] + (1 - share) * values[positions.index(partner)]
    return found
