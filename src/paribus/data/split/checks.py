"""What a split must have before anything is trained on it."""

from __future__ import annotations

import numpy as np

from paribus.data.marks import TEST, TRAIN, VALIDATION
from paribus.data.split.pool import Held, Places, Pool
from paribus.data.table import Table
from paribus.errors import DataError
from paribus.study.spec import Protocol

_ONE_ROW = ("loocv", "leave_p_out")


def check_sealed_size(pool: Pool, protocol: Protocol, sealed: int) -> None:
    """See that the sealed and the validation part, and what is left, can have every class."""
    validation = pool.size(protocol.share)
    parts = {"training": len(pool.rows) - sealed - validation, "validation": validation, "test": sealed}
    if not protocol.share:  # folds share the rest among them
        parts = {"training and validation": len(pool.rows) - sealed, "test": sealed}
    _check_parts(pool, protocol, parts, needed_rows=3)


def check_validation_size(pool: Pool, protocol: Protocol) -> None:
    """See that a validation part of the protocol's share, and what is left, can have every class."""
    validation = pool.size(protocol.share)
    _check_parts(pool, protocol, {"training": len(pool.rows) - validation, "validation": validation}, 2)


def _check_parts(pool: Pool, protocol: Protocol, parts: dict[str, int], needed_rows: int) -> None:
    sizes = ", ".join(f"{name} {size}" for name, size in parts.items())
    for name, count in zip(pool.classes, pool.class_counts, strict=False):
        if count < needed_rows:
            raise DataError(
                f"class '{name}' has {count} rows, but each of the {needed_rows} parts needs one"
                f" (rows: {sizes}). Add rows of that class, or merge or remove it"
            )
    for name, size in parts.items():
        needed = max(1, len(pool.classes)) * (2 if " and " in name else 1)
        if size < needed:
            each = f", one for each of {len(pool.classes)} classes" if pool.classes else ""
            raise DataError(
                f"the {name} part would have {size} of {pool.n_table} rows, but needs at least {needed}{each}"
                f" (rows: {sizes}). Add rows, or change protocol.test = {protocol.test} or"
                f" protocol.validation = '{protocol.validation}'"
            )


def check_fold(table: Table, protocol: Protocol, held: Held, place: int, stopping: Places) -> None:
    """See that both parts have rows, and every class: in leave-one-out the training part alone.

    Where the user says which rows judge, they need two of the classes.
    """
    name = protocol.folds.name
    parts = {"training": np.setdiff1d(held.training, stopping), "validation": held.validation}
    for part, rows in parts.items():
        if not len(rows):
            raise DataError(
                f"protocol.validation = '{protocol.validation}': the {part} part of fold {place} has no rows."
                f" {_remedy(table)}"
            )
        if table.task not in ("binary", "multiclass") or (part == "validation" and name in _ONE_ROW):
            continue
        counts = np.bincount(table.target[rows], minlength=len(table.classes))
        lacking = [table.classes[code] for code in np.flatnonzero(counts == 0)]
        few = part == "validation" and name == "given" and len(table.classes) - len(lacking) >= 2
        if lacking and not few:
            raise DataError(
                f"protocol.validation = '{protocol.validation}': the {part} part of fold {place} ({len(rows)}"
                f" rows) has no row of class '{lacking[0]}', so that it can't be learned or judged there."
                f" {_remedy(table)}"
            )


def _remedy(table: Table) -> str:
    whole = " (groups stay whole)" if table.marks.groups is not None else ""
    return f"Use fewer folds or another protocol.validation{whole}, add rows, or merge or remove the class"


def check_given(table: Table, protocol: Protocol) -> None:
    """See that the given parts fit the protocol and tear no group."""
    given = table.marks.given
    assert given is not None
    n_validation = int((given == VALIDATION).sum())
    if n_validation and protocol.folds.name != "given":
        raise DataError(
            f"the column data.split says validation for {n_validation} rows, but protocol.validation ="
            f" '{protocol.validation}' makes validation parts of its own: set validation = \"given\", or"
            " write train for these rows"
        )
    sealed = given == TEST
    if sealed.all():
        raise DataError("every row is given as test: some must be for training")
    if table.marks.moments is not None and sealed.any():
        first, last = table.marks.moments[sealed].min(), table.marks.moments[~sealed].max()
        if first < last:
            raise DataError(
                "the given test rows begin before the last of the other rows, in the order of data.time: in a"
                " study by time the test rows come last. Move them, or remove data.time and choose another"
                " protocol.validation"
            )
    if table.marks.groups is not None:
        parts = given if protocol.folds.name == "given" else np.where(sealed, TEST, TRAIN)
        for one, other in ((TRAIN, VALIDATION), (TRAIN, TEST), (VALIDATION, TEST)):
            both = np.intersect1d(table.marks.groups[parts == one], table.marks.groups[parts == other])
            if len(both):
                row = int(np.argmax(table.marks.groups == both[0]))
                raise DataError(
                    f"{len(both)} groups (data.group) stand in two of the given parts, such as that of row"
                    f" {row} (from 0): groups are never torn. Correct the parts, or remove data.group"
                )
