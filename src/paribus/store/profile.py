"""What the record says of the data: sizes, classes, parts. Never a row of them."""

from __future__ import annotations

from typing import Any

from paribus.data import Split, Table
from paribus.store.record import Record


def profile(table: Table, parts: Split) -> dict[str, Any]:
    """Sizes, classes, parts and duplicates."""
    fold = parts.folds[0]
    sizes = {"train": fold.training.n_rows, "val": fold.validation.n_rows}
    if parts.sealed is not None:
        sizes["test"] = parts.sealed.n_rows
    return {
        "source": table.source,
        "task": table.task,
        "classes": list(table.classes),
        "class_counts": table.class_counts,
        "n_rows": table.n_rows,
        "features": list(table.names),
        "duplicates": table.duplicates,
        "leaked_duplicates": parts.leaked_duplicates,
        "parts": sizes,
    }


def describe(record: Record, table: Table, parts: Split) -> None:
    """Write down the data's profile and the true targets of the validation rows."""
    record.put_facts(data=profile(table, parts))
    for place, fold in enumerate(parts.folds):
        record.put_truth("val", place, fold.validation.target)
