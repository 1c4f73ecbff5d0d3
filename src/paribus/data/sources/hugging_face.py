"""Data sets of the Hugging Face hub by name, through the package datasets (the extra `hub`)."""

from __future__ import annotations

import pandas as pd

from paribus.data.part_words import PART_WORDS
from paribus.data.sources.cache import cache_folder
from paribus.data.sources.rows import Rows, make_rows
from paribus.errors import DataError

SPLIT = "split"


def read_hugging_face(source: str) -> Rows:
    """The rows of `hf:stanfordnlp/imdb` or `hf:name:configuration`, fetched once; `split` says their part.

    Parts that are neither for training nor for judging are left out. Raises DataError.
    """
    try:
        from datasets import load_dataset  # noqa: PLC0415  (an extra)
    except ImportError:
        raise DataError(
            f"data.source = '{source}' needs the package datasets: install it with"
            " pip install -c constraints.txt 'paribus[hub]', or save the rows as a Parquet file"
        ) from None
    name, _, configuration = source.removeprefix("hf:").partition(":")
    try:
        found = load_dataset(name, configuration or None, cache_dir=str(cache_folder("hub")))
    except Exception as error:  # whatever the hub's client raises: it has no class of its own
        raise DataError(
            f"{source} can't be fetched ({type(error).__name__}: {_first_line(error)}). Correct the name, run"
            " this where there is a network, or save the rows as a file and name its path in data.source"
        ) from None
    parts = {part: rows for part, rows in found.items() if part.lower() in PART_WORDS}
    if not parts:
        raise DataError(f"{source} has no part train, validation or test, but {', '.join(found)}")
    frame = pd.concat([rows.to_pandas().assign(**{SPLIT: part}) for part, rows in parts.items()])
    frame = frame.reset_index(drop=True)
    return make_rows(frame, list(frame.columns), source, counted="position")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0]
