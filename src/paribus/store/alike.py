"""What the record says of images whose file names begin alike: how many stand on both sides of a split."""

from __future__ import annotations

from typing import Any

import numpy as np

from paribus.data.images.alike import alike
from paribus.data.split import Split
from paribus.data.table import Table


def names_alike(table: Table, parts: Split) -> dict[str, Any] | None:
    """Of the first fold: how many images judge, how many of them have a name that begins like one that was
    trained on, and one such beginning. None without images, and where names tell of no groups.
    """
    if not table.features.has_images or table.marks.groups is not None:
        return None
    found = alike(table.features.images.names, table.target)
    if found is None:
        return None
    fold = parts.folds[0]
    kept = np.concatenate([part.rows for part in (fold.training, fold.stopping) if part])
    judges = np.setdiff1d(np.arange(table.n_rows), kept)
    both = judges[np.isin(found.groups[judges], found.groups[kept])]
    return {
        "groups": len(found.beginnings),
        "judged": len(judges),
        "judged_alike": len(both),
        "example": found.beginnings[found.groups[both[0]]] if len(both) else None,
        "pattern": found.pattern,
    }
