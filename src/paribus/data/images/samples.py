"""A few images of each class, small, for a reader to see what is asked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paribus.data.images.thumbnails import png_text
from paribus.data.table import Table
from paribus.seeds import stream

PER_CLASS = 8
MOST_CLASSES = 20


def samples(
    table: Table, rows: NDArray[np.int64] | None = None, per_class: int = PER_CLASS
) -> dict[str, list[str]]:
    """Images of each class among these `rows`, or all, drawn by chance, the same at every call: PNG in
    base64, at most 96 pixels a side. All under an empty name where there are no classes.
    """
    known = np.arange(table.n_rows) if rows is None else np.sort(rows)
    if not table.classes:
        return {"": _drawn(table, known, per_class, 0)}
    return {
        name: _drawn(table, known[table.target[known] == code], per_class, code)
        for code, name in enumerate(table.classes[:MOST_CLASSES])
    }


def _drawn(table: Table, rows: NDArray[np.int64], count: int, code: int) -> list[str]:
    order = stream(0, "samples", code).permutation(len(rows))
    images = table.features.images.pixels(np.sort(rows[order[:count]]))
    return [png_text(image) for image in images]
