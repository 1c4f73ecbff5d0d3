"""Computing the same bits everywhere, without warnings that say nothing new."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np
import sklearn
from scipy.linalg import LinAlgWarning
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import ThreadpoolController


@contextmanager
def reproducible() -> Iterator[None]:
    """One thread, since sums differ in their last bit with the number of threads, and no expected warning.

    What overflows is found afterwards in the values themselves, which also name the column.
    """
    with (
        _libraries().limit(limits=1),
        sklearn.config_context(assume_finite=True, skip_parameter_validation=True),
        np.errstate(over="ignore", invalid="ignore", divide="ignore"),
        warnings.catch_warnings(),
    ):
        for category in (ConvergenceWarning, LinAlgWarning):  # of the linear models that score features
            warnings.simplefilter("ignore", category)
        warnings.filterwarnings("ignore", message=r"Features .* are constant", category=UserWarning)
        warnings.filterwarnings("ignore", message="The number of unique classes", category=UserWarning)
        yield


@cache
def _libraries() -> ThreadpoolController:
    """The libraries that use threads, looked for once: all of them are loaded when this module is."""
    return ThreadpoolController()
