"""The native code (`networks.c`): an epoch of steps, or forward passes, in one call, where it was built.

A package built where there is a C compiler has it; any other does the same by PyTorch's calls, somewhat
slower. The two round differently, so a record says which arithmetic made it (`name`).
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus.networks.compiled import built
from paribus.population.buffers import Stack
from paribus.population.dropout import Noise
from paribus.population.grouping import Shape
from paribus.population.native.sparse import SparseAddress
from paribus.population.optimizers import OPTIMIZERS
from paribus.population.outcome import FoldName, Lineage
from paribus.population.rows import Rows, SparseRows, View
from paribus.population.schedules import Factors
from paribus.population.settings import Exact, Settings, dropout_rates

ACTIVATIONS = ("relu", "tanh", "sigmoid", "linear", "leaky_relu", "elu", "selu")
RULES = {"sgd": 0, "adam": 1, "adamw": 1, "rmsprop": 2}
KINDS = ("binary", "multiclass", "regression", "multilabel")
LOSSES = ("binary_crossentropy", "categorical_crossentropy", "mse")
ROWS = 64
"""Rows that are evaluated at once: their values stay in the processor's first caches."""
LONG = 512
"""Rows of more features are looked up where they stand; of shorter ones all share a shuffled copy."""
_SOURCE = Path(__file__).with_name("networks.c")

_WHOLE = (
    "members", "rows", "batch", "layers", "activation", "kind", "mse", "optimizer", "states", "torch",
    "momentum", "nesterov", "weighted",
)  # fmt: skip
_POINTERS = (
    "widths", "trains", "features", "orders", "sparse", "truth", "weights", "noise", "rates", "roots",
    "decays", "dropout", "rule",
)  # fmt: skip


class _Networks(ctypes.Structure):
    """The struct `Networks` of networks.c, field by field."""

    _fields_ = (
        *((name, ctypes.c_int32) for name in _WHOLE),
        ("slope", ctypes.c_float),
        ("width", ctypes.c_int64),
        ("apart", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in _POINTERS),
        ("tables", ctypes.c_void_p * 3),
        ("logits", ctypes.c_void_p),
    )


def name() -> str:
    """The arithmetic that trains here: two machines with another name may differ in the last bits."""
    found = built(_SOURCE)
    return f"native {found[0]}" if found else f"torch {torch.backends.cpu.get_cpu_capability()}"


def available() -> bool:
    """Whether the package was built with it."""
    return built(_SOURCE) is not None


def forwards(shape: Shape) -> bool:
    """Whether the native code can do forward passes of this shape."""
    common = shape.common
    return (
        available()
        and (common.precision, common.device) == ("float32", "cpu")
        and shape.activation[0] in ACTIVATIONS
        and shape.norm[0] == "none"
        and not any(shape.residual)
    )


def trains(shape: Shape) -> bool:
    """Whether the native code can train this shape: what small studies mostly ask for."""
    return (
        forwards(shape)
        and shape.common.loss in LOSSES
        and shape.optimizer in RULES
        and shape.drops != "alpha"
        and not (shape.clips or shape.noisy)
    )


def _library() -> ctypes.CDLL:
    found = built(_SOURCE)
    assert found is not None
    return found[1]


class _Call:
    """The networks of `weights` as the native code sees them. Tensors that it points at are kept here."""

    def __init__(self, shape: Shape, weights: Stack) -> None:
        self.kept: dict[str, Tensor | NDArray[np.generic]] = {}
        self.networks = _Networks(
            members=weights.members,
            layers=len(shape.layers),
            activation=ACTIVATIONS.index(shape.activation[0]),
            slope=shape.activation[1],
            width=weights.width,
            apart=shape.widths[0] + (not _is_long(shape)),
        )
        self.networks.tables[0] = weights.flat.data_ptr()
        self.point(widths=torch.tensor(shape.widths, dtype=torch.int32))

    def point(self, **tensors: Tensor) -> None:
        """Let fields point at contiguous tensors."""
        for name, tensor in tensors.items():
            self.kept[name] = tensor
            setattr(self.networks, name, tensor.data_ptr())

    def point_each(self, name: str, addresses: Sequence[int]) -> None:
        """Let a field point at one address a member."""
        found = np.array(addresses, dtype=np.uint64)
        self.kept[name] = found
        setattr(self.networks, name, found.ctypes.data)

    def __call__(self, function: str) -> None:
        """Raises MemoryError."""
        if _library()[function](ctypes.byref(self.networks)):
            raise MemoryError("no memory for the native code's buffers")


class NativeSteps:
    """Epochs of the members of `weights`, which it updates together with `states`."""

    def __init__(
        self, shape: Shape, weights: Stack, states: Sequence[Stack], lineages: Sequence[Lineage]
    ) -> None:
        settings = Settings.of(lineages, weights.place)
        self.optimizer = OPTIMIZERS[shape.optimizer](
            shape.convention, shape.momentum, shape.nesterov, Exact.of(lineages)
        )
        self.call = _Call(shape, weights)
        networks = self.call.networks
        networks.rows, networks.batch = shape.common.size.train, shape.batch_size
        networks.kind, networks.mse = KINDS.index(shape.common.kind), shape.common.loss == "mse"
        networks.optimizer, networks.states = RULES[shape.optimizer], len(states)
        networks.torch, networks.momentum = shape.convention == "torch", shape.momentum
        networks.nesterov = shape.nesterov
        for place, state in enumerate(states, 1):
            networks.tables[place] = state.flat.data_ptr()
        self.call.point(
            dropout=dropout_rates(lineages, weights.place),
            rule=torch.cat(
                [
                    settings.momentum,
                    settings.new_rho if shape.optimizer == "rmsprop" else settings.new_1,
                    settings.new_2,
                    settings.epsilon,
                    settings.l1,
                    settings.twice_l2,
                    settings.clip_value,
                    settings.coupled_decay,
                    settings.label_smoothing,
                ],
                dim=1,
            ),
        )

    def start(self, states: Sequence[Stack]) -> None:
        """Before the first step the states of the optimizers that are known here are 0."""

    def run(
        self,
        rows: Rows,
        noise: Noise,
        rates: Factors,
        steps: int,
        logits: Tensor,
        trains: NDArray[np.bool_],
    ) -> None:
        """See `Steps.run`. Members that don't train stay as they are. Raises MemoryError."""
        counted = np.arange(steps + 1, steps + rates.shape[1] + 1)
        factors = [_floats(factor) for factor in self.optimizer.factors(rates, counted)]
        views = rows.view_of.tolist()
        drawn = [_by_view(layer, views) if layer is not None else [0] * len(views) for layer in noise]
        if isinstance(rows, SparseRows):
            self.call.point_each("sparse", self._turned(rows, views))
        elif _is_long(rows.shape):
            orders = [rows.feed.order(view).data_ptr() for view in rows.views]
            features = [_in_place(rows, view.data, "train") for view in rows.views]
            self.call.point_each("orders", [orders[view] for view in views])
            self.call.point_each("features", [features[view] for view in views])
        else:
            self.call.point_each("features", _by_view(rows.shuffled, views))
        self.call.point_each("truth", _by_view(rows.truth, views))
        self.call.point_each("noise", [address for layer in drawn for address in layer])
        if rows.weighted:
            self.call.networks.weighted = rows.weights.shape[-1]
            self.call.point_each("weights", _by_view(rows.weights, range(len(views))))
        self.call.point(rates=factors[0], decays=_floats(rates * self.optimizer.exact.decay))
        if len(factors) > 1:
            self.call.point(roots=factors[1])
        self.call.point(logits=logits, trains=torch.from_numpy(trains))
        self.call("epoch")

    def _turned(self, rows: SparseRows, views: Sequence[int]) -> list[int]:
        """Each member's sparse rows, laid out for this epoch."""
        feed, batch = rows.feed, self.call.networks.batch

        def turned(view: View) -> SparseAddress:
            found = feed.ever(("turned", view, batch), lambda: SparseAddress(feed.sparse(view.data, "train")))
            found.turn(_library(), feed.order(view).numpy(), batch)
            return found

        laid = [feed.once(("turned", view, batch), partial(turned, view)) for view in rows.views]
        return [laid[view].address for view in views]


class NativeEvaluation:
    """Forward passes of `weights` over whole parts."""

    def __init__(self, shape: Shape, weights: Stack) -> None:
        self.shape, self.weights, self.call = shape, weights, _Call(shape, weights)
        self.call.networks.batch = ROWS
        self.call.point(trains=torch.ones(weights.members, dtype=torch.bool))

    def logits(self, rows: Rows, part: str) -> Tensor:
        """See `Evaluation.logits`. Raises MemoryError."""
        total = getattr(self.shape.common.size, part)
        found = self.weights.table.new_empty(self.weights.members, total, self.shape.widths[-1])
        parts = [self._address(rows, data, part) for data in rows.data]
        self.call.networks.rows = total
        field = "sparse" if isinstance(rows, SparseRows) else "features"
        self.call.point_each(field, [parts[place] for place in rows.data_of.tolist()])
        self.call.point(logits=found)
        self.call("predict")
        return found

    def _address(self, rows: Rows, data: FoldName, part: str) -> int:
        """Where the features of a part stand."""
        feed = rows.feed
        if isinstance(rows, SparseRows):
            return feed.ever(("address", data, part), lambda: SparseAddress(feed.sparse(data, part))).address
        if _is_long(self.shape):
            return _in_place(rows, data, part)
        return feed.features(data, part).data_ptr()


def _is_long(shape: Shape) -> bool:
    """Whether rows are looked up where they stand."""
    return shape.widths[0] > LONG and not shape.common.size.entries


def _in_place(rows: Rows, data: FoldName, part: str) -> int:
    """Where the prepared features (row, feature) of a part stand."""
    feed = rows.feed

    def make() -> NDArray[np.float32]:
        return np.ascontiguousarray(getattr(feed.folds[data], f"{part}_x"), dtype=np.float32)

    return feed.ever(("in place", data, part), make).ctypes.data


def _floats(values: NDArray[np.floating]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))


def _by_view(values: Tensor, views: Sequence[int]) -> list[int]:
    """Where each member's part of (view, ...) starts in memory."""
    apart = values.stride(0) * values.element_size()
    return [values.data_ptr() + view * apart for view in views]
