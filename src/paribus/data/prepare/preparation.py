"""A preparation: fitted once, on a training part, then applied to any part."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import sklearn
from numpy.typing import NDArray
from scipy.linalg import LinAlgWarning
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from paribus.data.columns import FLOAT32_MAX
from paribus.data.parts import OpenedPart, TrainingPart, ValidationPart
from paribus.data.prepare.scalers import make_scaler
from paribus.data.prepare.selectors import fit_selector
from paribus.errors import DataError
from paribus.study.spec import Prepare


@dataclass(frozen=True, eq=False, repr=False)
class Preparation:
    """A fitted scaler and selector, scikit-learn's (None for none). Picklable."""

    prepare: Prepare
    names: tuple[str, ...]
    """The features that come in."""
    features: tuple[str, ...]
    """The features that go out."""
    scaler: Any | None
    selector: Any | None

    def __repr__(self) -> str:
        return f"Preparation({self.prepare.scale}, {self.prepare.select}: {self.n_features} features)"

    @property
    def n_features(self) -> int:
        """Number of features after selection."""
        return len(self.features)

    def apply(self, part: TrainingPart | ValidationPart | OpenedPart) -> NDArray[np.float32]:
        """The part's features prepared: float32 (row, feature), C-contiguous.

        Raises DataError for a value that a 32-bit float can't hold, TypeError for anything but a part.
        """
        if not isinstance(part, (TrainingPart, ValidationPart, OpenedPart)):
            raise TypeError(
                "a preparation is applied to a training part, a validation part or an opened part, not to a"
                f" {type(part).__name__}; a SealedPart must be opened first, with .open(reason)"
            )
        with _reproducible():
            scaled = _scaled(self.scaler, self.prepare, part.features, self.names)
            selected = scaled if self.selector is None else self.selector.transform(scaled)
        _check_range(selected, self.features, f"prepare.select = '{self.prepare.select}'")
        return np.ascontiguousarray(selected, dtype=np.float32)


def fit_preparation(prepare: Prepare, part: TrainingPart, seed: int) -> Preparation:
    """Fit the scaler, then the selector on what it gives, on training rows alone.

    The same rows and seed give the same preparation to the bit. Raises TypeError for any other part,
    StudyError for more features than there are, DataError for values that can't be scaled.
    """
    if not isinstance(part, TrainingPart):
        raise TypeError(
            f"a preparation is fitted on a TrainingPart alone, not on a {type(part).__name__}: what it"
            f" learns from"
            " other rows would leak into their scores"
        )
    scaler = make_scaler(prepare.scale, part.n_rows)
    with _reproducible():
        if scaler is not None:
            scaler.fit(part.features)
        scaled = _scaled(scaler, prepare, part.features, part.names)
        selector = fit_selector(prepare.selector, scaled, part, seed)
    return Preparation(prepare, part.names, _features(selector, part.names), scaler, selector)


def _features(selector: Any | None, names: tuple[str, ...]) -> tuple[str, ...]:
    if selector is None:
        return names
    if hasattr(selector, "get_support"):
        return tuple(names[position] for position in selector.get_support(indices=True))
    return tuple(f"pca_{component + 1}" for component in range(selector.n_components_))


def _scaled(
    scaler: Any | None, prepare: Prepare, features: NDArray[np.float64], names: tuple[str, ...]
) -> NDArray[np.float64]:
    scaled = features if scaler is None else scaler.transform(features)
    _check_range(scaled, names, f"prepare.scale = '{prepare.scale}'")
    return scaled


def _check_range(values: NDArray[np.float64], names: tuple[str, ...], setting: str) -> None:
    beyond = ~(np.abs(values) <= FLOAT32_MAX)
    if beyond.any():
        row, column = np.argwhere(beyond)[0]
        raise DataError(
            f"column '{names[column]}' becomes {values[row, column]:g} by {setting}, which a 32-bit float"
            f" can't hold"
            " (±3.4e38): choose another prepare.scale, such as 'robust' or 'quantile', or name it in"
            f" data.drop"
        )


@contextmanager
def _reproducible() -> Iterator[None]:
    """One thread, since sums differ in their last bit with the number of threads, and no expected warning.

    What overflows is found afterwards in the values themselves, which also name the column.
    """
    with (
        threadpool_limits(1),
        sklearn.config_context(assume_finite=True, skip_parameter_validation=True),
        np.errstate(over="ignore", invalid="ignore", divide="ignore"),
        warnings.catch_warnings(),
    ):
        for category in (ConvergenceWarning, LinAlgWarning):  # of the linear models that score features
            warnings.simplefilter("ignore", category)
        warnings.filterwarnings("ignore", message=r"Features .* are constant", category=UserWarning)
        warnings.filterwarnings("ignore", message="The number of unique classes", category=UserWarning)
        yield
