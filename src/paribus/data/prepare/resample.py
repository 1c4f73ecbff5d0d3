"""Resampling prepared training rows so that classes are balanced, by imbalanced-learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from imblearn.combine import SMOTEENN, SMOTETomek
from imblearn.over_sampling import ADASYN, SMOTE, SMOTENC, BorderlineSMOTE, RandomOverSampler
from imblearn.under_sampling import EditedNearestNeighbours, RandomUnderSampler, TomekLinks
from numpy.typing import NDArray
from scipy.sparse import csr_array

from paribus.data.parts import TrainingPart
from paribus.data.prepare.prepared import Prepared
from paribus.errors import DataError, StudyError

CHOOSES = ("oversample", "undersample", "tomek", "enn")
"""Samplers that only choose among the rows; the others make new ones."""
_NEIGHBOURS = 5


def resample(
    name: str,
    rows: Prepared,
    part: TrainingPart,
    nominal: tuple[int, ...],
    random_state: int,
) -> tuple[Prepared, NDArray[np.int64], NDArray[np.float32] | None]:
    """Prepared rows (row, feature), their classes and weights, by the sampler of this name.

    `nominal`: the category that each feature belongs to, -1 for a number. The same rows give the same
    rows. Raises StudyError for what has no classes, or weights that new rows lack; DataError for a
    class that is too small.
    """
    if part.task not in ("binary", "multiclass"):
        raise StudyError(
            f"prepare.resample = '{name}' balances classes, but the task is {part.task}: use 'none'"
        )
    if part.weight is not None and name not in CHOOSES:
        raise StudyError(
            f"prepare.resample = '{name}' makes new rows, which have no data.weight: choose one of"
            f" {', '.join(CHOOSES)}, or remove data.weight"
        )
    if isinstance(rows, csr_array) or np.issubdtype(rows.dtype, np.integer):
        return _chosen(_sampler(name, part, random_state), rows, part)
    if name == "smotenc":
        return _smotenc(rows, part, nominal, random_state)
    sampler = _sampler(name, part, random_state)
    try:
        found, classes = sampler.fit_resample(rows, part.target)
    except RuntimeError as error:
        raise DataError(
            f"prepare.resample = '{name}' finds no row of another class near a smaller one, so it can't say"
            " where rows are needed: choose 'smote'"
        ) from error
    except ValueError:
        if name != "adasyn":
            raise
        found, classes = rows, part.target  # classes so nearly equal that it has no row to add
    weight = None if part.weight is None else part.weight[sampler.sample_indices_]
    return np.ascontiguousarray(found, dtype=np.float32), np.asarray(classes, dtype=np.int64), weight


def _chosen(
    sampler: Any, rows: Any, part: TrainingPart
) -> tuple[Prepared, NDArray[np.int64], NDArray[np.float32] | None]:
    """Rows of texts by a sampler that looks at their classes alone."""
    sampler.fit_resample(np.zeros((part.n_rows, 1)), part.target)
    chosen = sampler.sample_indices_
    weight = None if part.weight is None else part.weight[chosen]
    return rows[chosen], part.target[chosen].astype(np.int64), weight


def _sampler(name: str, part: TrainingPart, random_state: int) -> Any:
    if name in CHOOSES:
        made: dict[str, Callable[[], Any]] = {
            "oversample": lambda: RandomOverSampler(random_state=random_state),
            "undersample": lambda: RandomUnderSampler(random_state=random_state),
            "tomek": TomekLinks,
            "enn": EditedNearestNeighbours,
        }
        return made[name]()
    near = _neighbours(name, part)
    smote = SMOTE(k_neighbors=near, random_state=random_state)
    made = {
        "smote": lambda: smote,
        "adasyn": lambda: ADASYN(n_neighbors=near, random_state=random_state),
        "borderline_smote": lambda: BorderlineSMOTE(k_neighbors=near, random_state=random_state),
        "smote_tomek": lambda: SMOTETomek(smote=smote, random_state=random_state),
        "smote_enn": lambda: SMOTEENN(smote=smote, random_state=random_state),
    }
    return made[name]()


def _neighbours(name: str, part: TrainingPart) -> int:
    """5, or as many as the smallest class has besides a row itself."""
    counts = np.bincount(part.target, minlength=len(part.classes))
    if counts.min() < 2:
        raise DataError(
            f"prepare.resample = '{name}' makes rows between two of a class, but class"
            f" '{part.classes[counts.argmin()]}' has {counts.min()} training row: add rows, or choose"
            " 'oversample'"
        )
    return int(min(_NEIGHBOURS, counts.min() - 1))


def _smotenc(
    rows: NDArray[np.float32], part: TrainingPart, nominal: tuple[int, ...], random_state: int
) -> tuple[NDArray[np.float32], NDArray[np.int64], None]:
    """SMOTENC on numbers and on each category as one code, which becomes its features again."""
    numbers = [place for place, group in enumerate(nominal) if group < 0]
    groups = [
        [place for place, group in enumerate(nominal) if group == wanted]
        for wanted in sorted({group for group in nominal if group >= 0})
    ]
    if not groups or not numbers:
        lacking = "categories (with prepare.encode = 'onehot' or 'ordinal')" if numbers else "numbers"
        raise StudyError(f"prepare.resample = 'smotenc' needs {lacking} among the features: choose 'smote'")
    found_levels = [np.unique(rows[:, group], axis=0, return_inverse=True) for group in groups]
    levels, coded = zip(*found_levels, strict=True)
    joined = np.column_stack([rows[:, numbers], *(codes.reshape(-1) for codes in coded)]).astype(np.float64)
    sampler = SMOTENC(
        categorical_features=list(range(len(numbers), joined.shape[1])),
        k_neighbors=_neighbours("smotenc", part),
        random_state=random_state,
    )
    found, classes = sampler.fit_resample(joined, part.target)
    out = np.empty((len(found), rows.shape[1]), dtype=np.float32)
    out[:, numbers] = found[:, : len(numbers)]
    for position, (group, names) in enumerate(zip(groups, levels, strict=True)):
        out[:, group] = names[found[:, len(numbers) + position].astype(np.int64)]
    return out, np.asarray(classes, dtype=np.int64), None
