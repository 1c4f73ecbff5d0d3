"""Which column of a table holds texts, where nobody has said it."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from paribus.data.columns import storage_of
from paribus.data.sources.rows import Rows
from paribus.data.text.read import WITHOUT_SPACES

USUAL = ("text", "texts", "review", "comment", "content", "message", "sentence", "body", "tweet")
"""What a column of texts is often called."""
_FIRST = 1000
"""Rows that are looked at."""
_SAYS, _MAY_SAY = 8, 2
"""Words of a cell on average from which on a column says something, as names and addresses don't; and from
which on where it is called so, or stands alone.
"""

_LEVELS = 0.1
"""Different cells among all up to which they are levels, however long."""


def text_column(rows: Rows, names: Sequence[str]) -> str | None:
    """Of these columns the one with the longest texts; None where none says anything."""
    lengths = {}
    for name in names:
        least = _MAY_SAY if len(names) == 1 or name.lower() in USUAL else _SAYS
        words, length = _words(rows, name)
        if words >= least:
            lengths[name] = length
    return max(lengths, key=lambda name: lengths[name], default=None)


def _words(rows: Rows, name: str) -> tuple[float, float]:
    """Words and characters of a cell on average, where cells differ; else 0. Two characters of a script that
    is written without spaces count as a word.
    """
    cells = rows.column(name).dropna().iloc[:_FIRST]
    if not len(cells) or storage_of(cells) not in ("text", "category"):
        return 0, 0
    texts = pa.array([str(cell) for cell in cells], type=pa.large_string())
    if len(pc.unique(texts)) <= _LEVELS * len(texts):
        return 0, 0
    words = pc.add(
        pc.multiply(pc.count_substring_regex(texts, r"[^\s]+"), 2),
        pc.count_substring_regex(texts, WITHOUT_SPACES),
    )
    return pc.mean(words).as_py() / 2, pc.mean(pc.utf8_length(texts)).as_py()
