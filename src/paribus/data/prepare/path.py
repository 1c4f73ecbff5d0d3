"""The paths of sequential selections, kept by the content of what they were found on.

Selecting 3 features is the beginning of selecting 6, and what stands behind the selection (resampling,
class weights, a network) has no part in it. So a path is found once for all levels, folds with equal rows,
workers and studies, and later calls go on where it ends.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path as File
from typing import Any

import numpy as np
import sklearn
from filelock import FileLock
from numpy.typing import NDArray

from paribus._version import __version__
from paribus.data.sources.cache import cache_folder


@dataclass
class Path:
    """Features in the order in which they were chosen, kept in `file` after each."""

    file: File
    features: list[int] = field(default_factory=list)

    def add(self, feature: int) -> None:
        """Put down the next."""
        self.features.append(feature)
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(self.features))
        new.replace(self.file)


@contextmanager
def shared_path(*settings: str | int | NDArray[Any]) -> Iterator[Path]:
    """The path for these settings and rows, as far as it is known; one process at a time goes on with it.

    Raises DataError where the cache folder can't be written.
    """
    file = cache_folder("selections") / f"{_name(settings)}.json"
    with FileLock(file.with_suffix(".lock")):
        yield Path(file, json.loads(file.read_text()) if file.is_file() else [])


def _name(settings: tuple[str | int | NDArray[Any], ...]) -> str:
    """A hash of all that a path depends on: settings, rows, and the code and libraries that find it."""
    versions = (__version__, sklearn.__version__, np.__version__)
    found = blake2b(repr(versions).encode(), digest_size=16)
    found.update(File(__file__).with_name("sequential.py").read_bytes())
    for each in settings:
        if isinstance(each, np.ndarray):
            found.update(repr((each.dtype.str, each.shape)).encode())
            found.update(each.tobytes())
        else:
            found.update(repr(each).encode())
    return found.hexdigest()
