"""How much each row counts in training, from a column of the table."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.data.columns import check_size, listed, read_column, shown
from paribus.data.sources.rows import Rows
from paribus.errors import DataError, nearest


def read_weight(rows: Rows, name: str | None) -> NDArray[np.float32] | None:
    """The rows' weights, (row,); None where no column is named. Raises DataError."""
    if name is None:
        return None
    if name not in rows.names:
        raise DataError(
            f"{rows.label}: data.weight = '{name}' is no column{nearest(name, rows.names)}"
            f" (columns: {listed(rows.names)})"
        )
    cells = rows.column(name)
    numbers = read_column(name, cells).numbers
    check_size(rows, name, numbers)
    wrong = np.flatnonzero(~(numbers >= 0))
    if len(wrong):
        held = "is missing" if pd.isna(cells.iloc[wrong[0]]) else f"holds {shown(cells.iloc[wrong[0]])}"
        raise DataError(
            f"{rows.label}: data.weight = '{name}' {held} in {rows.at(wrong[0])}"
            f" ({len(wrong)} such cell{'s' * (len(wrong) > 1)}), but a weight is a number of 0 or more:"
            " correct the cell or remove the row"
        )
    if not numbers.any():
        raise DataError(f"{rows.label}: data.weight = '{name}' is 0 in every row: no row would count")
    return numbers.astype(np.float32)
