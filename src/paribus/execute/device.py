"""Where networks are trained: on the processor, or on a GPU that PyTorch calls cuda."""

from __future__ import annotations

import torch

from paribus.errors import StudyError
from paribus.population import native

DEVICES = ("auto", "cpu", "cuda")
SHARE = 0.5
"""Of a GPU's memory that is free now, for one population."""


def resolved(device: str) -> str:
    """`cpu` or `cuda`; auto is a GPU where there is one. Raises `StudyError`."""
    if device not in DEVICES:
        raise StudyError(f"device = '{device}': must be {', '.join(DEVICES[:-1])} or {DEVICES[-1]}")
    found = torch.cuda.is_available()
    if device == "cuda" and not found:
        raise StudyError(
            f"device = 'cuda': PyTorch {torch.__version__} finds no GPU here: choose auto or cpu, or install"
            " the build of PyTorch that is for your GPU"
        )
    return "cuda" if found and device != "cpu" else "cpu"


def arithmetic(device: str) -> str:
    """What computes there: two runs of another name may differ in the last bits."""
    return native.name() if device == "cpu" else f"{device} {torch.cuda.get_device_name()}"


def gpu_memory() -> int:
    """Bytes for one population on the GPU."""
    free, _ = torch.cuda.mem_get_info()
    return int(SHARE * free)
