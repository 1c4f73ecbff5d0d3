"""What a table's images are like, broken ones and twins among them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from paribus.data.column_profile import ColumnProfile, ImageProfile
from paribus.data.features import Feature
from paribus.data.images.images import Images
from paribus.data.images.near import near_pairs
from paribus.data.table import Table

KEPT_BROKEN, KEPT_SIZES, KEPT_PAIRS = 200, 20, 10
"""Broken files, sizes and pairs that a profile names."""


def of_images(feature: Feature, table: Table) -> ColumnProfile:
    """The profile of the images of a table."""
    images, found = table.features.images, table.found
    equal = _equal_pairs(images.keys)
    near = near_pairs(images)
    means, deviations = spread(images)
    profile = ImageProfile(
        shape=images.shape,
        modes=found.modes if found else (),
        sizes=found.sizes[:KEPT_SIZES] if found else (),
        n_sizes=len(found.sizes) if found else 0,
        means=tuple(means.tolist()),
        deviations=tuple(deviations.tolist()),
        broken=found.broken[:KEPT_BROKEN] if found else (),
        n_broken=len(found.broken) if found else 0,
        equal=len(equal),
        equal_names=_named(images, equal),
        opposed=_opposed(equal, table.target),
        near=len(near),
        near_names=_named(images, near),
    )
    n_images = len(images)
    return ColumnProfile(feature.name, feature.kind, n_images, 0, n_images - len(equal), image=profile)


def spread(images: Images) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean and the standard deviation of each channel's pixels, 0 to 255: (channel,) each."""
    height, width, _ = images.shape
    pixels = len(images) * height * width
    means = images.sums.sum(axis=0) / pixels
    return means, np.sqrt(np.maximum(images.squares.sum(axis=0) / pixels - means**2, 0))


def _equal_pairs(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The first row with a key, and each later row with the same: (pair, 2)."""
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    twins = first[inverse]
    later = np.flatnonzero(twins != np.arange(len(keys)))
    return np.column_stack([twins[later], later])


def _opposed(pairs: NDArray[np.int64], target: NDArray[np.generic]) -> int:
    """Pairs of equal images whose targets differ."""
    differ = target[pairs[:, 0]] != target[pairs[:, 1]]
    return int(differ.reshape(len(pairs), -1).any(axis=1).sum()) if len(pairs) else 0


def _named(images: Images, pairs: Iterable[NDArray[np.int64]]) -> tuple[tuple[str, str], ...]:
    return tuple((images.names[one], images.names[other]) for one, other in list(pairs)[:KEPT_PAIRS])
