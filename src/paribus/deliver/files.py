"""Predicting for a file: some rows at a time, in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.data.sources.rows import Rows
from paribus.deliver.drift import Drift
from paribus.deliver.image_files import image_chunks
from paribus.deliver.images import decoded, image_of, name_of
from paribus.deliver.model import Model
from paribus.deliver.output import writer
from paribus.deliver.reading import TEXTS, read_chunks, size_of
from paribus.deliver.schema import Column, Schema
from paribus.errors import DataError, StudyError

TEXTS_AT_ONCE = 8_192
"""Rows of texts that are held in memory: each is much longer than other cells."""
Told = Callable[[int, float], None]
"""Told of the rows done so far, and of the share of the file."""


def predict_file(
    model: Model, data: Path, out: Path | None, rows: int, told: Told, *, drop: bool = False
) -> Drift:
    """Write the predictions for `data` to `out` (None: to standard output, as CSV), about `rows` at a time.

    Those of images stand behind the images' names; with `drop`, one that can't be read has no prediction.
    A file is written whole or not at all. Raises DataError for rows that can't be read, or none, and
    StudyError for a kind of file that can't be written, a folder, and the file of the rows themselves.
    """
    drift, done = Drift(model.schema), 0
    size_of(data)
    if out is not None and out.exists() and out.samefile(data):
        raise StudyError(f"{out}: is the file of the rows themselves: name another one for the predictions")
    image = image_of(model.schema)
    rows = min(rows, TEXTS_AT_ONCE) if model.schema.texts else rows
    if image is None and drop:
        raise StudyError("--broken drop is for models of images: this one reads columns")
    with writer(out) as file:
        for chunk, share in (
            image_chunks(data, rows, model.schema, image) if image else read_chunks(data, rows, model.schema)
        ):
            file.write(
                _of_images(model, chunk, image, drift, drop) if image else predictions(model, chunk, drift)
            )
            done += len(chunk)
            told(done, share)
        if not done:
            raise DataError(f"{data}: holds no rows" + " under its header" * (data.suffix.lower() != TEXTS))
        file.end()
    return drift


def predictions(model: Model, rows: Rows, drift: Drift | None = None) -> pd.DataFrame:
    """The columns `prediction` and `p_<class>`; one of each a target where there are several."""
    return told_of(model.schema, model.outputs(rows, drift))


def _of_images(model: Model, rows: Rows, image: Column, drift: Drift, drop: bool) -> pd.DataFrame:
    """The images' names, and what is predicted; nothing for those that can't be read, if they are dropped."""
    pixels, reasons = decoded(rows, image)
    usable = np.array([not reason for reason in reasons])
    if not (usable.all() or drop):
        place = int(np.argmin(usable))
        raise DataError(
            f"{rows.label}: {name_of(rows, place)} {reasons[place]}. Mend or remove it, or leave such images"
            " without a prediction with --broken drop"
        )
    names = rows.column(image.name) if rows.files is not None else rows.index
    named = pd.DataFrame({image.name: list(names)})
    fed = {image.name: pixels[usable] if usable.any() else pixels[:1]}
    found = _with_gaps(told_of(model.schema, model.session.run(fed)))
    if usable.any():
        drift.add(fed)
    found = found[: usable.sum()].set_index(np.flatnonzero(usable))
    return pd.concat([named, found.reindex(named.index)], axis=1)


def _with_gaps(frame: pd.DataFrame) -> pd.DataFrame:
    """The same in types that have a missing value, whether one is there or not: chunks are of one type."""
    kinds = {"O": "string", "i": "Int64"}
    return frame.astype({name: kinds.get(kind.kind, kind) for name, kind in frame.dtypes.items()})


def told_of(schema: Schema, found: Mapping[str, NDArray[Any]]) -> pd.DataFrame:
    """A model's outputs as columns: see `predictions`."""
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
