"""Pixels where a network is: read from their file, or, on a GPU, from its own memory where they fit."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from paribus.data.images.images import mapped
from paribus.data.prepare.images import ImageRows

SHARE = 0.5
"""Of a GPU's free memory that images may take."""
_HELD: dict[tuple[Path, torch.device], Tensor] = {}


def resident(rows: ImageRows, device: torch.device) -> Tensor:
    """The pixels of rows on `device`, uint8 (row, height, width, channel)."""
    if device.type == "cpu":
        return torch.from_numpy(rows.pixels())
    whole = _HELD.get((rows.path, device))
    if whole is None:
        every = mapped(rows.path)
        if every.nbytes > SHARE * torch.cuda.mem_get_info(device)[0]:
            return torch.from_numpy(rows.pixels()).pin_memory().to(device, non_blocking=True)
        _HELD.clear()
        whole = _HELD[rows.path, device] = torch.from_numpy(every.copy()).to(device)
    return whole[torch.from_numpy(rows.places).to(device)]
