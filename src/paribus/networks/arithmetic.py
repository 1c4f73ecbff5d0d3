"""The arithmetic of a training, whatever its caller has set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

SUBNORMAL = 1e-39
"""A float32 number too small to be kept in full precision."""


@contextmanager
def fixed_arithmetic() -> Iterator[None]:
    """PyTorch's arithmetic in this block; as it was before, afterwards.

    One thread: sums split over threads would depend on their number. Products of float32 numbers in
    float32: no TF32, no bfloat16. Subnormal numbers (less than 1.2e-38) are 0: a processor takes many
    times as long over them, and what is learnt well leaves an optimizer full of them.
    """
    backends: Any = torch.backends  # its parts are made when it is imported, which no type checker sees
    libraries = (backends.cuda.matmul, backends.mkldnn.matmul)
    before, setting = [library.fp32_precision for library in libraries], _common_precision()
    threads, flushed = torch.get_num_threads(), _flushed()
    torch.set_num_threads(1)
    torch.set_float32_matmul_precision("highest")
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(flushed)
        torch.set_float32_matmul_precision(setting)
        for library, precision in zip(libraries, before, strict=True):
            library.fp32_precision = precision
        torch.set_num_threads(threads)


def _flushed() -> bool:
    """Whether subnormal numbers are 0 as it is."""
    return bool(torch.tensor(SUBNORMAL, dtype=torch.float32, device="cpu") * 1.0 == 0)


def _common_precision() -> str:
    """What the caller has set for all libraries. One who has set them each has left that as it was."""
    try:
        return torch.get_float32_matmul_precision()
    except RuntimeError:
        return "highest"
