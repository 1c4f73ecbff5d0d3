"""Products of numbers in the precision that was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def whole_products() -> Iterator[None]:
    """Products of float32 numbers in float32, whatever the caller has set: no TF32, no bfloat16."""
    backends: Any = torch.backends  # its parts are made when it is imported, which no type checker sees
    libraries = (backends.cuda.matmul, backends.mkldnn.matmul)
    before, setting = [library.fp32_precision for library in libraries], _common_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(setting)
        for library, precision in zip(libraries, before, strict=True):
            library.fp32_precision = precision


def _common_precision() -> str:
    """What the caller has set for all libraries. One who has set them each has left that as it was."""
    try:
        return torch.get_float32_matmul_precision()
    except RuntimeError:
        return "highest"
