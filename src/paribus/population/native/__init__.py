"""The native epoch (`epoch.c`): the steps of `training.Training` in one call, where it was built.

A package built where there is a C compiler has it; any other does the same steps by PyTorch's calls,
somewhat slower. The two round differently, so a record says which arithmetic made it (`name`).
"""

from __future__ import annotations

import ctypes
import os
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from paribus.population.buffers import Stack
from paribus.population.dropout import Noise
from paribus.population.grouping import Shape
from paribus.population.rows import Rows

ACTIVATIONS = ("relu", "tanh", "sigmoid", "linear")
OPTIMIZERS = ("sgd", "adam", "rmsprop")
KINDS = ("binary", "multiclass", "regression")
VARIANTS = {"AVX512": "x86_64_v4", "AVX2": "x86_64_v3"}
"""What this processor can do, in PyTorch's words, and the build that is for it."""

_WHOLE = ("members", "rows", "batch", "layers", "activation", "kind", "mse", "optimizer", "states", "step")
_CONSTANTS = ("momentum", "rho", "beta_1", "beta_2", "epsilon")


class _Epoch(ctypes.Structure):
    """The struct `Epoch` of epoch.c, field by field."""

    _fields_ = (
        *((name, ctypes.c_int32) for name in _WHOLE),
        *((name, ctypes.c_void_p) for name in ("widths", "dropped", "view_of", "features", "truth", "noise")),
        *((name, ctypes.c_void_p) for name in ("rates", "dropout")),
        *((name, ctypes.c_float) for name in _CONSTANTS),
        ("weights", ctypes.c_void_p * 3),
        ("logits", ctypes.c_void_p),
    )


@cache
def _built() -> tuple[str, ctypes.CDLL] | None:
    """The build for this processor and its name, if the package has one."""
    if os.environ.get("PARIBUS_NATIVE") == "0":
        return None
    for variant in (VARIANTS.get(torch.backends.cpu.get_cpu_capability(), ""), "generic"):
        path = Path(__file__).parent / f"epoch_{variant}.so"
        if path.is_file():
            return variant, ctypes.CDLL(str(path))
    return None


def name() -> str:
    """The arithmetic that trains here: two machines with another name may differ in the last bits."""
    built = _built()
    return f"native {built[0]}" if built else f"torch {torch.backends.cpu.get_cpu_capability()}"


def available() -> bool:
    """Whether the package was built with it."""
    return _built() is not None


class NativeSteps:
    """Epochs of the members of `weights`, which it updates together with `states`."""

    def __init__(
        self, shape: Shape, weights: Stack, states: list[Stack], rates: Tensor, dropout: Tensor
    ) -> None:
        """`rates` and `dropout` are (member,)."""
        self.kept = [
            torch.tensor(shape.widths, dtype=torch.int32),
            torch.tensor([*shape.dropped, False], dtype=torch.int32) * int(bool((dropout > 0).any())),
            rates.contiguous(),
            dropout.contiguous(),
        ]
        stacks = [weights, *states]
        self.epoch = _Epoch(
            members=weights.members,
            rows=shape.train_rows,
            batch=shape.batch_size,
            layers=len(shape.layers),
            activation=ACTIVATIONS.index(shape.activation),
            kind=KINDS.index(shape.kind),
            mse=shape.loss == "mse",
            optimizer=OPTIMIZERS.index(shape.optimizer),
            states=len(states),
            **dict(zip(_CONSTANTS, shape.constants, strict=True)),
            weights=(ctypes.c_void_p * 3)(*(stack.flat.data_ptr() for stack in stacks)),
        )
        for field, tensor in zip(("widths", "dropped", "rates", "dropout"), self.kept, strict=True):
            setattr(self.epoch, field, tensor.data_ptr())

    def run(self, rows: Rows, noise: Noise, steps: int, logits: Tensor) -> None:
        """See `Steps.run`. Raises MemoryError."""
        built = _built()
        assert built is not None
        epoch, views = self.epoch, rows.view_of.to(torch.int32)
        drawn = [layer.data_ptr() if layer is not None else None for layer in noise]
        pointers = (ctypes.c_void_p * max(1, len(drawn)))(*drawn)
        epoch.step, epoch.noise = steps, ctypes.addressof(pointers)
        epoch.view_of, epoch.features = views.data_ptr(), rows.shuffled.data_ptr()
        epoch.truth, epoch.logits = rows.shuffled_truth.data_ptr(), logits.data_ptr()
        if built[1].epoch(ctypes.byref(epoch)):
            raise MemoryError("no memory for the native epoch")
