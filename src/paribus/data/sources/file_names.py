"""A pattern on the names of files as a column: what tells patients and slides apart where no table does."""

from __future__ import annotations

import re
from dataclasses import replace
from posixpath import basename
from typing import Any

import pandas as pd

from paribus.data.columns import listed, shown
from paribus.data.sources.rows import Rows
from paribus.errors import DataError, nearest


def with_pattern(rows: Rows, pattern: str | None) -> Rows:
    """`rows` with a column called as the `pattern` is: what its first parenthesis finds in each file name,
    else the whole match. A pattern with a slash is looked for in the path, folders and all.

    Unchanged where a column is called so, or the rows have no files. Raises DataError for a name in which it
    isn't found.
    """
    if pattern is None or rows.files is None or pattern in rows.names:
        return rows
    try:
        looked_for = re.compile(pattern)
    except re.error as error:
        raise DataError(
            f"{rows.label}: data.group = '{pattern}' is no column{nearest(pattern, rows.names)} (columns:"
            f" {listed(rows.names)}), and no pattern on the file name ({error})"
        ) from None
    names = rows.files.names
    matches = [looked_for.search(name if "/" in pattern else basename(name)) for name in names]
    found = [None if match is None else match[1 if looked_for.groups else 0] for match in matches]
    without = [name for name, each in zip(names, found, strict=True) if not each]
    if without:
        raise DataError(
            f"{rows.label}: data.group = '{pattern}' is no column{nearest(pattern, rows.names)} (columns:"
            f" {listed(rows.names)}), and as a pattern it isn't found in {len(without):,} of {len(names):,}"
            f" file names, the first {shown(basename(without[0]))}: correct it, so that each name tells its"
            " group"
        )
    cells = pd.Series(found, index=rows.index)

    def fetch(name: str) -> pd.Series[Any]:
        return cells if name == pattern else rows.column(name)

    return replace(rows, names=(*rows.names, pattern), fetch=fetch)
