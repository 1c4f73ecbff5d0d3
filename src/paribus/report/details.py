"""One configuration in detail: how its trials learned, and what they predicted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.errors import StudyError
from paribus.store.arrays import curves, unpack
from paribus.store.record import Record, Truth


def curves_frame(record: Record, config_id: str) -> pd.DataFrame:
    """One row an epoch of each trial: fold, seed, epoch (from 1), whether it is the best one, and each value.

    Raises `StudyError` where no trial of it has ended.
    """
    query = "select fold, seed, best_epoch, arrays from outcomes where config_id = ? order by fold, seed"
    frames = []
    for fold, seed, best_epoch, arrays in record.connection.execute(query, (config_id,)):
        values = curves(unpack(arrays))
        epochs = np.arange(1, 1 + max((len(each) for each in values.values()), default=0))
        places = {"fold": fold, "seed": seed, "epoch": epochs, "is_best": epochs == best_epoch}
        frames.append(
            pd.DataFrame({**places, **{name: _filled(each, epochs) for name, each in values.items()}})
        )
    if not frames:
        raise StudyError(f"{config_id}: none of its trials has ended yet: let the run go on")
    return pd.concat(frames, ignore_index=True)


def _filled(values: NDArray[np.generic], epochs: NDArray[np.int64]) -> NDArray[np.float64]:
    """NaN where a value isn't there for the last epochs."""
    found = np.full(len(epochs), np.nan)
    found[: len(values)] = values
    return found


def predictions_frame(record: Record, config_id: str, part: str = "val") -> pd.DataFrame:
    """One row a judged row of each trial: fold, seed, row (its place in the data), truth, what was predicted.

    `p_<class>` for classes and labels, `prediction` for numbers. `part`: `val`, or `test` for the sealed
    part where it was opened for this configuration. Raises `StudyError` where there are none.
    """
    if part not in ("val", "test"):
        raise StudyError(f"part = {part!r}: must be 'val' or 'test'")
    data, truths = record.fact("data"), record.truths(part)
    found = record.predictions(config_id, opened=part == "test")
    frames = [
        _frame(data, truths[0 if part == "test" else fold], fold, seed, each)
        for (fold, seed), each in found.items()
    ]
    if not frames:
        told = (
            "the sealed part was not opened for it" if part == "test" else "none of its trials has ended well"
        )
        raise StudyError(f"{config_id} has no predictions: {told}")
    return pd.concat(frames, ignore_index=True)


def _frame(
    data: dict[str, Any], truth: Truth, fold: int, seed: int, predictions: NDArray[np.float32]
) -> pd.DataFrame:
    columns: dict[str, Any] = {"fold": fold, "seed": seed, "row": truth.rows}
    names = _outputs(data)
    if data["task"] in ("binary", "multiclass"):
        columns["truth"] = np.asarray(data["classes"], dtype=object)[truth.truth.astype(int)]
        both = np.stack([1 - predictions, predictions], axis=1) if predictions.ndim == 1 else predictions
        return pd.DataFrame(
            {**columns, **{f"p_{name}": both[:, n] for n, name in enumerate(data["classes"])}}
        )
    before = "p_" if data["task"] == "multilabel" else "prediction_"
    if predictions.ndim == 1:
        return pd.DataFrame({**columns, "truth": truth.truth, "prediction": predictions})
    for place, name in enumerate(names[: predictions.shape[1]]):
        columns[f"truth_{name}"] = truth.truth[:, place]
        columns[f"{before}{name}"] = predictions[:, place]
    return pd.DataFrame(columns)


def _outputs(data: dict[str, Any]) -> list[str]:
    """The names of labels or targets."""
    targets = (data.get("profile") or {}).get("targets") or []
    return [each["name"] for each in targets]
