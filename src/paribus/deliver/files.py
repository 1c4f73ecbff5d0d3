"""Predicting for a file: some rows at a time, in their order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from paribus.data.sources.rows import Rows
from paribus.deliver.drift import Drift
from paribus.deliver.model import Model
from paribus.deliver.output import writer
from paribus.deliver.reading import read_chunks, size_of
from paribus.errors import DataError, StudyError

Told = Callable[[int, float], None]
"""Told of the rows done so far, and of the share of the file."""


def predict_file(model: Model, data: Path, out: Path | None, rows: int, told: Told) -> Drift:
    """Write the predictions for `data` to `out` (None: to standard output, as CSV), about `rows` at a time.

    A file is written whole or not at all. Raises DataError for rows that can't be read, or none, and
    StudyError for a kind of file that can't be written, a folder, and the file of the rows themselves.
    """
    drift, done = Drift(model.schema), 0
    size_of(data)
    if out is not None and out.exists() and out.samefile(data):
        raise StudyError(f"{out}: is the file of the rows themselves: name another one for the predictions")
    with writer(out) as file:
        for chunk, share in read_chunks(data, rows, model.schema):
            file.write(predictions(model, chunk, drift))
            done += len(chunk)
            told(done, share)
        if not done:
            raise DataError(f"{data}: has a header, but no rows")
        file.end()
    return drift


def predictions(model: Model, rows: Rows, drift: Drift | None = None) -> pd.DataFrame:
    """The columns `prediction` and `p_<class>`; one of each a target where there are several."""
    schema = model.schema
    found = model.outputs(rows, drift)
    if schema.task == "multilabel":
        label, p = (found[name] for name in schema.outputs)
        columns = {f"prediction_{name}": label[:, place] for place, name in enumerate(schema.targets)}
        return pd.DataFrame(columns | {f"p_{name}": p[:, n] for n, name in enumerate(schema.targets)})
    first = found[schema.outputs[0]]
    if schema.task == "regression":
        several = (
            {f"prediction_{name}": first[:, n] for n, name in enumerate(schema.targets)}
            if first.ndim > 1
            else {}
        )
        return pd.DataFrame(several or {"prediction": first})
    p = found[schema.outputs[1]]
    return pd.DataFrame(
        {"prediction": first} | {f"p_{name}": p[:, n] for n, name in enumerate(schema.classes)}
    )
