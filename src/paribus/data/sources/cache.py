"""Where fetched data and selections are kept: PARIBUS_CACHE, or paribus in the user's cache folder."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES
from hashlib import blake2b
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from paribus.errors import DataError

SECONDS = 60
"""That a server may stay silent."""
_PIECE = 2**20


def cache_folder(name: str = "") -> Path:
    """The folder, or the one of this name in it, made if it isn't there. Raises DataError if it can't be."""
    told = os.environ.get("PARIBUS_CACHE")
    outer = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = (Path(told) if told else outer / "paribus") / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(EACCES, "Permission denied")
    except OSError as error:
        raise DataError(
            f"{folder}, where fetched data and selections are kept, can't be written ({error.strerror}):"
            " set PARIBUS_CACHE to a folder that can be"
        ) from None
    return folder


@contextmanager
def fetching(source: str) -> Iterator[None]:
    """What goes wrong on the way to `source` is told as DataError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of retries, and of versions that a study names
            yield
    except HTTPError as error:
        raise DataError(
            f"{source} can't be fetched: the server answers {error.code} {error.reason}. Correct the name"
        ) from None
    except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", error)
        raise DataError(
            f"{source} can't be fetched ({reason}). It is fetched once and kept in {cache_folder()}: run this"
            " where there is a network, or save the rows as a file and name its path in data.source"
        ) from None


def download(url: str) -> Path:
    """The file behind an http(s) address, fetched at the first call and kept. Raises DataError."""
    name = Path(urlsplit(url).path).name
    path = cache_folder("files") / f"{blake2b(url.encode(), digest_size=8).hexdigest()}-{name}"
    if path.is_file():
        return path
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with (
            fetching(url),
            urlopen(Request(url, headers={"User-Agent": "paribus"}), timeout=SECONDS) as answer,
            part.open("wb") as file,
        ):
            while piece := answer.read(_PIECE):
                file.write(piece)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path
