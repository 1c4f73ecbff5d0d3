"""The native code (`movements.c`): images of bytes moved and made intensities, where it was built.

A package built where there is a C compiler has it; any other does the same by PyTorch's calls, on x86-64 to
the same bits, elsewhere to the last ones but a few.
"""

from __future__ import annotations

import ctypes
from math import inf
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from paribus.networks.compiled import built

Fill = Literal["reflect", "nearest", "constant"]
FILLS: tuple[Fill, ...] = ("reflect", "nearest", "constant")
_SOURCE = Path(__file__).with_name("movements.c")
_RIM = 3
_MOST, _WIDEST = 2**31, 2**24
"""Numbers of an image that 32 bits can count, and a side that float32 can."""
_NUMBERS = ("rows", "height", "width", "channels", "fill", "whole")


class _Movements(ctypes.Structure):
    """The struct `Movements` of movements.c, field by field."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("pixels", "across", "down", "moved")),
        *((name, ctypes.c_int32) for name in _NUMBERS),
        ("most", ctypes.c_float),
    )


def available() -> bool:
    """Whether the package was built with it."""
    return built(_SOURCE) is not None


def exact() -> bool:
    """Whether its bits are PyTorch's: those of x86-64 are."""
    found = built(_SOURCE)
    return found is not None and found[0] != "generic"


def moves(images: Tensor, dtype: torch.dtype) -> bool:
    """Whether the native code can move these (row, channel, height, width): bytes on a processor, a pixel's
    channels side by side, which become float32.
    """
    channels, height, width = images.shape[1:]
    return (
        available()
        and (images.device.type, images.dtype, dtype) == ("cpu", torch.uint8, torch.float32)
        and channels in (1, 3)
        and (height + _RIM) * (width + _RIM) * channels < _MOST
        and max(height, width) < _WIDEST
        and images.movedim(1, -1).is_contiguous()
    )


def moved(images: Tensor, across: Tensor, down: Tensor, fill: Fill, whole: bool, cut: bool) -> Tensor:
    """Images that `moves` → intensities of 0 to 1, in memory as the images are.

    The pixel at (column, line) comes from `across` (row, 2, width) at its column plus `down` (row, 2, height)
    at its line: x and y, from -1 to 1 between the outer edges of the outer pixels, float32; read between the
    pixels around, or, `whole`, from the nearest. What rounding takes beyond 1 is `cut` off. Raises
    MemoryError.
    """
    rows, channels, height, width = images.shape
    found = torch.empty_like(images, dtype=torch.float32)
    across, down = across.contiguous(), down.contiguous()
    asked = _Movements(
        *(each.data_ptr() for each in (images, across, down, found)),
        *(rows, height, width, channels, FILLS.index(fill), whole),
        1.0 if cut else inf,
    )
    library = built(_SOURCE)
    assert library is not None
    if library[1].move(ctypes.byref(asked)):
        raise MemoryError("no memory for the native code's buffers")
    return found
