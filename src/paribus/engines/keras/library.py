"""Keras itself, imported when it is first used."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from paribus.errors import StudyError


def library(backend: str = "") -> Any:
    """Keras; on TensorFlow, or on PyTorch where TensorFlow isn't installed, unless KERAS_BACKEND names one.

    `backend`: the only one that will do. Raises `StudyError` where Keras runs on another already.
    """
    usual = "tensorflow" if find_spec("tensorflow") else "torch"
    os.environ.setdefault("KERAS_BACKEND", backend or usual)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a backend's import may warn of what it imports
        if os.environ["KERAS_BACKEND"] == "tensorflow":
            _one_thread(import_module("tensorflow"))
        keras = import_module("keras")
    if backend and keras.backend.backend() != backend:
        raise StudyError(
            f"train.engine = '{backend}' needs Keras on {backend}, and here it runs on"
            f" {keras.backend.backend()}: set the environment variable KERAS_BACKEND={backend}"
        )
    return keras


def _one_thread(tensorflow: Any) -> None:
    """One thread a process, as everywhere here: sums split over threads depend on their number."""
    threading = tensorflow.config.threading
    with suppress(RuntimeError):  # who has used TensorFlow before in this process has chosen already
        threading.set_intra_op_parallelism_threads(1)
        threading.set_inter_op_parallelism_threads(1)


@contextmanager
def numbers(keras: Any, dtype: str) -> Iterator[None]:
    """Keras' numbers in `dtype`; afterwards as they were, and nothing of the model left."""
    before = keras.config.floatx()
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    try:
        yield
    finally:
        keras.config.set_floatx(before)
        keras.config.set_dtype_policy(before)
        keras.utils.clear_session()
