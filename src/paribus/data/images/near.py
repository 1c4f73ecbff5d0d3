"""Images that are nearly the same: the same picture written anew, or one a little brighter than the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paribus.data.images.images import Images

CORRELATION = 0.99
"""Between the pixels of two images, from which on they are nearly the same."""
_BITS, _BANDS = 3, 4
"""Two prints that differ in so few of their 64 bits are alike in one of four bands."""
_NEIGHBOURS = 8
"""With how many others of a band an image is compared at most."""
_MOST = 20_000
"""Pairs whose pixels are compared."""
_PIXELS = 2**22
"""Held as numbers at a time."""


def near_pairs(images: Images) -> NDArray[np.int64]:
    """Pairs of rows with nearly the same image, but not the same, (pair, 2), each with the earlier row first.

    There may be more: of pictures that very many others are like, some are compared.
    """
    pairs = _likely(images.prints)
    pairs = pairs[images.keys[pairs[:, 0]] != images.keys[pairs[:, 1]]]
    counts = float(np.prod(images.shape))
    means = images.sums.sum(axis=1) / counts
    deviations = np.sqrt(np.maximum(images.squares.sum(axis=1) / counts - means**2, 0))
    pairs = pairs[(deviations[pairs] > 0).all(axis=1)][:_MOST]
    step = max(1, _PIXELS // int(counts))
    near = [
        _covariance(images, some, counts) - means[some].prod(axis=1)
        >= CORRELATION * deviations[some].prod(axis=1)
        for some in np.split(pairs, range(step, len(pairs), step))
    ]
    found: NDArray[np.int64] = pairs[np.concatenate(near)]
    return found


def _likely(prints: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Pairs whose prints differ in few bits, the most alike first: (pair, 2)."""
    width = 64 // _BANDS
    found = []
    for band in range(_BANDS):
        part = (prints >> np.uint64(width * band)) & np.uint64(2**width - 1)
        order = np.lexsort((prints, part))
        for step in range(1, _NEIGHBOURS + 1):
            one, other = order[:-step], order[step:]
            bits = np.bitwise_count(prints[one] ^ prints[other])
            alike = (part[one] == part[other]) & (bits <= _BITS)
            found.append(
                np.column_stack([bits[alike], np.minimum(one, other)[alike], np.maximum(one, other)[alike]])
            )
    pairs: NDArray[np.int64] = np.unique(np.concatenate(found).astype(np.int64), axis=0)
    return pairs[:, 1:]


def _covariance(images: Images, pairs: NDArray[np.int64], counts: float) -> NDArray[np.float64]:
    """The mean product of two images' pixels, (pair,)."""
    one, other = (images.pixels(rows).reshape(len(pairs), int(counts)).astype(np.float32) for rows in pairs.T)
    products: NDArray[np.float64] = np.einsum("ij,ij->i", one, other, dtype=np.float64)
    return products / counts
