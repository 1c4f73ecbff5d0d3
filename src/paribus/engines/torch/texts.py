"""One lineage's training of a pretrained network that reads texts: fine-tuning.

Howard & Ruder, ACL 2018; Devlin, Chang, Lee & Toutanova, NAACL 2019.
"""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from filelock import FileLock
from numpy.typing import NDArray
from torch import Tensor

from paribus.data.prepare.prepared import Prepared
from paribus.data.sources.cache import cache_folder
from paribus.engines.torch.large import LargeTraining
from paribus.networks.headed import HeadedNetwork
from paribus.networks.reader import TextReader
from paribus.population.outcome import FoldArrays, Lineage, Task

BLOCK = 1024
"""Texts that are kept together: what is finished of them survives an interruption."""


class TextTraining(LargeTraining):
    """A network that reads texts whole."""

    def __init__(self, lineage: Lineage, fold: FoldArrays, task: Task, device: str = "cpu") -> None:
        super().__init__(lineage, fold, task, device)
        reader = cast(TextReader, self.network)
        self.body = reader if reader.frozen_body else None
        self.asked: dict[int, Tensor] = {}
        """What the body has said, by the identity of a part's rows: the fold holds them."""

    def batch(self, chosen: NDArray[np.int64]) -> tuple[Tensor, Tensor, Tensor]:
        """See `Training.batch`. Of a frozen body what it says of the rows."""
        rows, y, weights = super().batch(chosen)
        if self.body is None:
            return rows, y, weights
        where = torch.from_numpy(chosen).to(self.y.device)
        return self.said(self.body, self.fold.train_x)[where], y, weights

    def said(self, body: HeadedNetwork, rows: Prepared) -> Tensor:
        """See `LargeTraining.said`: asked once for each part."""
        if id(rows) not in self.asked:
            values = said_of(cast(TextReader, body), np.asarray(rows))
            self.asked[id(rows)] = torch.from_numpy(values).to(self.y)
        return self.asked[id(rows)]


def said_of(body: TextReader, rows: NDArray[Any]) -> NDArray[Any]:
    """What a frozen body says of texts, (row, value): kept in the cache folder by what both of them are."""
    folder = cache_folder(f"said/{_name(body)}")
    blocks = [rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK)]
    return np.concatenate([_block(body, block, folder) for block in blocks])


def _block(body: TextReader, rows: NDArray[Any], folder: Path) -> NDArray[Any]:
    """One process asks, others wait for it."""
    name = blake2b(np.ascontiguousarray(rows).tobytes(), digest_size=16).hexdigest()
    path = folder / f"{rows.shape[1]}-{name}.npy"
    with FileLock(path.with_suffix(".lock")):
        if not path.is_file():
            begun = path.with_suffix(".part")
            with begun.open("wb") as file:
                np.save(file, body.read(rows, body.summaries))
            begun.replace(path)
    found: NDArray[Any] = np.load(path)
    return found


def _name(body: TextReader) -> str:
    """Of a body with its weights, in their precision, and of how it sums up a text."""
    found = blake2b(body.pool.encode(), digest_size=8)
    for name, values in body.body.state_dict().items():
        found.update(name.encode() + str(values.dtype).encode() + values.numpy(force=True).tobytes())
    return found.hexdigest()
