"""Prepared texts come back from disk as other rows, or as copies that fill the memory."""

from __future__ import annotations

from mmap import mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from paribus.data.prepare.preparation import prepare_training
from paribus.data.split import split
from paribus.execute.shelf import Shelf
from paribus.study.spec import Prepare, Protocol
from tests.data.helpers import table
from tests.data.text.corpora import frame


def is_mapped(array: NDArray[Any]) -> bool:
    """Whether what stands in an array lies on disk."""
    inner: Any = array
    while isinstance(inner, np.ndarray):
        inner = inner.base
    return isinstance(inner, mmap)


def test_sparse_rows_are_mapped_from_disk_as_they_were_prepared(tmp_path: Path) -> None:
    """Else each process would hold its own copy, or train on other words."""
    parts = split(table(frame(), text="text"), Protocol(validation="holdout:16", stopping=0.2), 7)
    prepare = Prepare(represent="tfidf:30:1-2")
    shelf = Shelf(tmp_path, parts, 7)
    fold = shelf.load(shelf.prepare((0, "p"), prepare))
    fitted, rows = prepare_training(prepare, parts.folds[0].training, 7)
    stopping = parts.folds[0].stopping
    assert stopping is not None
    expected = (rows.features, fitted.apply(parts.folds[0].validation), fitted.apply(stopping))
    for found, made in zip((fold.train_x, fold.val_x, fold.stop_x), expected, strict=True):
        assert isinstance(found, csr_array)
        assert isinstance(made, csr_array)
        assert found.shape == made.shape
        for one, other in (
            (found.data, made.data),
            (found.indices, made.indices),
            (found.indptr, made.indptr),
        ):
            assert np.array_equal(one, other)
            assert one.dtype == other.dtype
            assert is_mapped(one)
            assert not one.flags.writeable
    assert fold.size.features == fitted.n_features
    assert (fold.size.train, fold.size.val, fold.size.stop) == tuple(made.shape[0] for made in expected)
