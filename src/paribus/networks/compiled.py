"""The package's C code as libraries, where it was built (`hatch_build.py`)."""

from __future__ import annotations

import ctypes
import os
from functools import cache
from pathlib import Path

import torch

VARIANTS = {"AVX512": "x86_64_v4", "AVX2": "x86_64_v3"}
"""What this processor can do, in PyTorch's words, and the build that is for it."""


@cache
def built(source: Path) -> tuple[str, ctypes.CDLL] | None:
    """The build of a source for this processor, and its name, if the package has one.

    None too where the environment says PARIBUS_NATIVE=0.
    """
    if os.environ.get("PARIBUS_NATIVE") == "0":
        return None
    for variant in (VARIANTS.get(torch.backends.cpu.get_cpu_capability(), ""), "generic"):
        path = source.with_name(f"{source.stem}_{variant}.so")
        if path.is_file():
            return variant, ctypes.CDLL(str(path))
    return None
