"""The native epoch (`epoch.c`): the steps of `training.Training` in one call, where it was built.

A package built where there is a C compiler has it; any other does the same steps by PyTorch's calls,
somewhat slower. The two round differently, so a record says which arithmetic made it (`name`).
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from paribus.population.buffers import Stack
from paribus.population.dropout import Noise
from paribus.population.grouping import Shape
from paribus.population.optimizers import OPTIMIZERS
from paribus.population.outcome import Lineage
from paribus.population.rows import Rows
from paribus.population.schedules import Factors
from paribus.population.settings import Exact, Settings, dropout_rates

ACTIVATIONS = ("relu", "tanh", "sigmoid", "linear")
RULES = {"sgd": 0, "adam": 1, "adamw": 1, "rmsprop": 2}
KINDS = ("binary", "multiclass", "regression")
LOSSES = ("binary_crossentropy", "categorical_crossentropy", "mse")
VARIANTS = {"AVX512": "x86_64_v4", "AVX2": "x86_64_v3"}
"""What this processor can do, in PyTorch's words, and the build that is for it."""

_WHOLE = (
    "members", "rows", "batch", "layers", "activation", "kind", "mse", "optimizer", "momentum", "states",
)  # fmt: skip
_BY_MEMBER = ("rates", "dropout", "kept", "new_first", "new_second", "epsilon")


class _Epoch(ctypes.Structure):
    """The struct `Epoch` of epoch.c, field by field."""

    _fields_ = (
        *((name, ctypes.c_int32) for name in _WHOLE),
        ("width", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("widths", "view_of", "features", "truth", "noise")),
        *((name, ctypes.c_void_p) for name in _BY_MEMBER),
        ("tables", ctypes.c_void_p * 3),
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


def knows(shape: Shape) -> bool:
    """Whether the native epoch can do this: what small studies mostly ask for."""
    common, rmsprop = shape.common, shape.optimizer == "rmsprop"
    return (
        (common.precision, common.device, shape.convention) == ("float32", "cpu", "keras")
        and common.kind in KINDS
        and common.loss in LOSSES
        and (common.kind != "regression" or shape.widths[-1] == 1)
        and shape.activation[0] in ACTIVATIONS
        and shape.norm[0] == "none"
        and shape.optimizer in RULES
        and not (shape.nesterov or (rmsprop and shape.momentum))
        and shape.drops != "alpha"
        and shape.plain
        and not (shape.noisy or any(shape.residual))
    )


class NativeSteps:
    """Epochs of the members of `weights`, which it updates together with `states`."""

    def __init__(
        self, shape: Shape, weights: Stack, states: Sequence[Stack], lineages: Sequence[Lineage]
    ) -> None:
        settings = Settings.of(lineages, weights.place)
        self.optimizer = OPTIMIZERS[shape.optimizer](
            shape.convention, shape.momentum, shape.nesterov, Exact.of(lineages)
        )
        self.kept = {
            "widths": torch.tensor(shape.widths, dtype=torch.int32),
            "dropout": dropout_rates(lineages, weights.place),
            "kept": settings.momentum,
            "new_first": settings.new_rho if shape.optimizer == "rmsprop" else settings.new_1,
            "new_second": settings.new_2,
            "epsilon": settings.epsilon,
        }
        self.epoch = _Epoch(
            members=weights.members,
            rows=shape.common.size.train,
            batch=shape.batch_size,
            layers=len(shape.layers),
            activation=ACTIVATIONS.index(shape.activation[0]),
            kind=KINDS.index(shape.common.kind),
            mse=shape.common.loss == "mse",
            optimizer=RULES[shape.optimizer],
            momentum=shape.momentum,
            states=len(states),
            width=weights.width,
            tables=(ctypes.c_void_p * 3)(*(stack.flat.data_ptr() for stack in (weights, *states))),
        )
        for name, tensor in self.kept.items():
            setattr(self.epoch, name, tensor.data_ptr())

    def start(self, states: Sequence[Stack]) -> None:
        """Before the first step the states of the optimizers that are known here are 0."""

    def run(self, rows: Rows, noise: Noise, rates: Factors, steps: int, logits: Tensor) -> None:
        """See `Steps.run`. Raises MemoryError."""
        built = _built()
        assert built is not None
        epoch, views = self.epoch, rows.view_of.to(torch.int32)
        counted = np.arange(steps + 1, steps + rates.shape[1] + 1)
        factors = torch.from_numpy(self.optimizer.factors(rates, counted)[0].astype(np.float32))
        drawn = [layer.data_ptr() if layer is not None else None for layer in noise]
        pointers = (ctypes.c_void_p * max(1, len(drawn)))(*drawn)
        epoch.noise, epoch.rates = ctypes.addressof(pointers), factors.data_ptr()
        epoch.view_of, epoch.features = views.data_ptr(), rows.shuffled.data_ptr()
        epoch.truth, epoch.logits = rows.truth.data_ptr(), logits.data_ptr()
        if built[1].epoch(ctypes.byref(epoch)):
            raise MemoryError("no memory for the native epoch")
