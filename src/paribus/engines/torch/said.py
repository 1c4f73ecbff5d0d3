"""What a frozen body says of images: asked once for every image of a file, and kept beside it."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import cast

import numpy as np
import torch
from filelock import FileLock
from numpy.typing import NDArray

from paribus.data.images.images import mapped
from paribus.data.prepare.images import ImageRows
from paribus.data.prepare.prepared import Prepared
from paribus.networks.images import ImageNetwork

_BLOCK = 4096
"""Images that are kept together: what is finished of them survives an interruption."""
_AT_ONCE = 32


def said(network: ImageNetwork, rows: ImageRows) -> NDArray[np.float32]:
    """What the body of `network` makes of these images: (row, value)."""
    folder = rows.path.with_suffix("") / _name(network, rows)
    blocks = rows.places // _BLOCK
    found: NDArray[np.float32] | None = None
    for block in np.unique(blocks):
        path = folder / f"{block}.npy"
        if not path.is_file():
            _ask(network, rows, int(block), path)
        values = mapped(path)
        if found is None:
            found = np.empty((len(rows), values.shape[1]), dtype=np.float32)
        inside = blocks == block
        found[inside] = values[rows.places[inside] - block * _BLOCK]
    assert found is not None  # there are rows
    return found


def _ask(network: ImageNetwork, rows: ImageRows, block: int, path: Path) -> None:
    """Ask the body for every image of a block; one process does, others wait for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        if path.is_file():
            return
        last = min(len(mapped(rows.path)), (block + 1) * _BLOCK)
        every = ImageRows(rows.path, rows.image, np.arange(block * _BLOCK, last), rows.pixel_values)
        in_training = network.training
        network.eval()
        with torch.inference_mode():
            found = [
                network.summaries(network.given(cast(Prepared, every[start : start + _AT_ONCE])))
                .float()
                .numpy(force=True)
                for start in range(0, len(every), _AT_ONCE)
            ]
        network.train(in_training)
        begun = path.with_suffix(".part")
        with begun.open("wb") as file:
            np.save(file, np.concatenate(found))
        begun.replace(path)


def _name(network: ImageNetwork, rows: ImageRows) -> str:
    """Of a body with its weights, and of what pixels are worth to it."""
    found = blake2b(digest_size=8)
    of_head = {id(each) for each in network.head_parameters()}
    for name, values in network.state_dict(keep_vars=True).items():
        if id(values) not in of_head:
            found.update(name.encode() + values.numpy(force=True).tobytes())
    for each in network.pixels or rows.pixel_values:
        found.update(each.tobytes())
    return found.hexdigest()
