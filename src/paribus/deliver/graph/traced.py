"""A network as ONNX: each operator that PyTorch's own export finds in it is written by some of ONNX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.export import Dim, export
from torch.fx import Node

from paribus.deliver.graph.builder import Builder, Value
from paribus.deliver.graph.tracing import Padded, Spread, Stack, Writer, shape_of
from paribus.deliver.recipe import UnwrittenError

_ALL = 2**31
"""More than any axis has."""


def traced(b: Builder, network: nn.Module, rows: Sequence[Value], examples: Sequence[Tensor]) -> Value:
    """What `network` makes of `rows`, which are like the `examples`: (row, ...), any number of rows.

    Raises UnwrittenError.
    """
    number = Dim("rows", min=1)
    try:
        with torch.no_grad():
            program = export(network, tuple(examples), dynamic_shapes=tuple({0: number} for _ in examples))
    except Exception as error:  # its errors share no class of their own
        first = str(error).splitlines()[0][:150] if str(error) else type(error).__name__
        raise UnwrittenError(f"a network that PyTorch's export can't take apart ({first})") from error
    return Writer(b, program, rows, WRITTEN).written()


def _pairs(given: int | Sequence[int], n: int = 2) -> list[int]:
    sides = [given] if isinstance(given, int) else list(given)
    return [int(side) for side in (sides if len(sides) == n else sides * n)]


def _same(w: Writer, x: Node, *_: Any, **__: Any) -> Any:
    return w.values[x]


def _conv2d(
    w: Writer,
    x: Node,
    weight: Node,
    bias: Node | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Value:
    kernel = [int(side) for side in weight.meta["val"].shape[2:]]
    if isinstance(padding, str):
        spread = [d * (k - 1) for d, k in zip(_pairs(dilation), kernel, strict=True)]
        before = [each // 2 if padding == "same" else 0 for each in spread]
        after = [(each - each // 2) if padding == "same" else 0 for each in spread]
    else:
        before = after = _pairs(padding)
    met, outer = w.values[x], [0, 0, 0, 0]
    source = met.value if isinstance(met, Padded) else w.value(x)
    if isinstance(met, Padded):
        outer = met.pads
    pads = [one + other for one, other in zip([*before, *after], outer, strict=True)]
    return w.b.add(
        "Conv",
        source,
        *w.constants(weight, bias),
        kernel_shape=kernel,
        strides=_pairs(stride),
        pads=pads,
        dilations=_pairs(dilation),
        group=groups,
    )


def _pad(w: Writer, x: Node, pad: Sequence[int], *rest: Any, **named: Any) -> Padded:
    value = named.get("value", rest[-1] if rest else 0) or 0
    if value not in (0, 0.0, "constant") or len(pad) != 4 or min(pad) < 0:
        raise UnwrittenError("a border of another kind than zeros")
    left, right, top, bottom = (int(each) for each in pad)
    return Padded(w.value(x), [top, left, bottom, right])


def _batch_norm(
    w: Writer, x: Node, weight: Node, bias: Node, mean: Node, variance: Node, *rest: Any
) -> Value:
    epsilon = float(rest[2])
    arrays = w.constants(weight, bias, mean, variance)
    if len(arrays) != 4:
        raise UnwrittenError("a normalisation without scales, or of its batch")
    return w.b.add("BatchNormalization", w.value(x), *arrays, epsilon=epsilon)


def _layer_norm(
    w: Writer, x: Node, shape: Sequence[int], weight: Node, bias: Node, epsilon: float, *_: Any
) -> Value:
    return w.b.add(
        "LayerNormalization", w.value(x), *w.constants(weight, bias), axis=-len(shape), epsilon=float(epsilon)
    )


def _max_pool2d(w: Writer, x: Node, kernel: Any, stride: Any = (), padding: Any = 0, *rest: Any) -> Value:
    dilation = rest[0] if rest else 1
    ceil = rest[1] if len(rest) > 1 else False
    sides = _pairs(kernel)
    return w.b.add(
        "MaxPool",
        w.value(x),
        kernel_shape=sides,
        strides=_pairs(stride) if stride else sides,
        pads=_pairs(padding) * 2,
        dilations=_pairs(dilation),
        ceil_mode=int(ceil),
    )


def _avg_pool2d(w: Writer, x: Node, kernel: Any, stride: Any = (), padding: Any = 0, *rest: Any) -> Value:
    ceil = rest[0] if rest else False
    counted = rest[1] if len(rest) > 1 else True
    if len(rest) > 2 and rest[2] is not None:
        raise UnwrittenError("a mean by another number than that of its pixels")
    sides = _pairs(kernel)
    return w.b.add(
        "AveragePool",
        w.value(x),
        kernel_shape=sides,
        strides=_pairs(stride) if stride else sides,
        pads=_pairs(padding) * 2,
        ceil_mode=int(ceil),
        count_include_pad=int(counted),
    )


def _adaptive_avg_pool2d(w: Writer, x: Node, size: Any) -> Value:
    if _pairs(size) != [1, 1]:
        raise UnwrittenError("a mean over parts of unequal size")
    return w.b.add("ReduceMean", w.value(x), w.b.constant([2, 3], np.int64), keepdims=1)


def _reduced(operator: str) -> Callable[..., Value]:
    def write(w: Writer, x: Node, axes: Any, keep: bool = False, **_: Any) -> Value:
        places = [axes] if isinstance(axes, int) else list(axes)
        rank = x.meta["val"].ndim
        if any(place % rank == 0 for place in places):
            raise UnwrittenError("what depends on the rows beside")
        return w.b.add(operator, w.value(x), w.b.constant(places, np.int64), keepdims=int(keep))

    return write


def _linear(w: Writer, x: Node, weight: Node, bias: Node | None = None) -> Value:
    matrix = w.array(weight)
    assert matrix is not None  # a layer has weights
    found = w.b.add("MatMul", w.value(x), w.b.constant(matrix.T, np.float32))
    return w.b.add("Add", found, *w.constants(bias)) if bias is not None else found


def _shaped(w: Writer, x: Node, *_: Any, **__: Any) -> Value:
    sides = shape_of(w.node)
    if prod(sides) != prod(shape_of(x)):
        raise UnwrittenError("rows that are put together otherwise")
    return w.b.add("Reshape", w.value(x), w.b.constant([-1, *sides], np.int64))


def _permuted(w: Writer, x: Node, order: Sequence[int]) -> Value:
    rank = len(order)
    return w.b.add("Transpose", w.value(x), perm=[place % rank for place in order])


def _transposed(w: Writer, x: Node, one: int, other: int) -> Value:
    order = list(range(x.meta["val"].ndim))
    order[one], order[other] = order[other], order[one]
    return _permuted(w, x, order)


def _flipped(w: Writer, x: Node, axes: Any) -> Value:
    places = _pairs(axes, len(axes)) if not isinstance(axes, int) else [axes]
    ends = [[number] * len(places) for number in (-1, -(2**31), -1)]
    start, stop, step = (w.b.constant(each, np.int64) for each in ends)
    return w.b.add("Slice", w.value(x), start, stop, w.b.constant(places, np.int64), step)


def _joined(w: Writer, parts: Sequence[Node], axis: int = 0) -> Value:
    if axis % w.node.meta["val"].ndim == 0:
        raise UnwrittenError("rows that become others")
    ours = next(part for part in parts if not isinstance(w.values[part], Spread))
    return w.b.add("Concat", *(_beside(w, part, ours, axis) for part in parts), axis=axis)


def _spread(w: Writer, x: Node, *_: Any, **__: Any) -> Any:
    values = w.values[x]
    if not isinstance(values, np.ndarray):
        raise UnwrittenError("values that are spread")
    return Spread(np.broadcast_to(values, (1, *shape_of(w.node))))


def _beside(w: Writer, part: Node, ours: Node, axis: int) -> Value:
    """A value; what is the same for every row by adding it to nothing of `ours`, as it has the rows."""
    found = w.values[part]
    if not isinstance(found, Spread):
        return w.value(part)
    if shape_of(part)[axis - 1] != 1:
        raise UnwrittenError("several fixed values beside each other")
    some = w.b.add("Gather", w.value(ours), w.b.constant([0], np.int64), axis=axis)
    return w.b.chain(some, ("Mul", 0.0), ("Add", found.values), kind=np.float32)


def _nothing(w: Writer, *_: Any, **__: Any) -> None:
    """What is only asked about, or made sure of: it changes no value."""


def _selected(w: Writer, x: Node, axis: int, place: int) -> Value:
    if axis == 0:
        raise UnwrittenError("one of the rows")
    return w.b.add("Gather", w.value(x), w.b.constant(place, np.int64), axis=axis)


def _sliced(w: Writer, x: Node, axis: int = 0, start: Any = None, stop: Any = None, step: int = 1) -> Any:
    if (start or 0, step) == (0, 1) and (stop is None or (isinstance(stop, int) and stop > _ALL)):
        return w.values[x]
    if axis == 0 or not isinstance(stop, int | None):
        raise UnwrittenError("some of the rows")
    ends = ([start or 0], [_ALL if stop is None else stop], [axis], [step])
    return w.b.add("Slice", w.value(x), *(w.b.constant(each, np.int64) for each in ends))


def _attention(w: Writer, q: Node, k: Node, v: Node, *rest: Any, **named: Any) -> Value:
    """Vaswani et al., NIPS 2017."""
    given = dict(zip(("attn_mask", "dropout_p", "is_causal"), rest, strict=False)) | named
    mask = w.values[given["attn_mask"]] if given.get("attn_mask") is not None else None
    sees_all = mask is None or (isinstance(mask, Spread) and mask.values.dtype == bool and mask.values.all())
    is_added = isinstance(mask, str) and given["attn_mask"].meta["val"].is_floating_point()
    if not (sees_all or is_added) or given.get("is_causal"):
        raise UnwrittenError("attention to some of the words")
    scale = named.get("scale") or q.meta["val"].shape[-1] ** -0.5
    order = list(range(k.meta["val"].ndim))
    order[-2:] = order[:-3:-1]
    scores = w.b.add("MatMul", w.value(q), w.b.add("Transpose", w.value(k), perm=order))
    scaled = w.b.chain(scores, ("Mul", float(scale)), kind=np.float32)
    likely = w.b.add("Softmax", w.b.add("Add", scaled, str(mask)) if is_added else scaled, axis=-1)
    return w.b.add("MatMul", likely, w.value(v))


def _embedding(w: Writer, weight: Node, numbers: Node, *_: Any) -> Value | Spread:
    """Rows of a table by their numbers."""
    table, met = w.array(weight), w.values[numbers]
    assert table is not None  # there is a table
    if isinstance(met, Spread):
        return Spread(table[met.values])
    return w.b.add("Gather", w.b.constant(table, np.float32), w.value(numbers))


def _stacked(w: Writer, parts: Sequence[Node], axis: int = 0) -> Stack:
    if axis != 0:
        raise UnwrittenError("values beside each other")
    return Stack([w.value(part) for part in parts])


def _mean(w: Writer, x: Node, axes: Any, keep: bool = False, **named: Any) -> Value:
    found = w.values[x]
    if not isinstance(found, Stack):
        return _reduced("ReduceMean")(w, x, axes, keep, **named)
    if list(axes if not isinstance(axes, int) else [axes]) != [0] or keep:
        raise UnwrittenError("another mean of stacked values")
    return w.b.chain(w.b.add("Sum", *found.values), ("Div", float(len(found.values))), kind=np.float32)


def _binary(operator: str) -> Callable[..., Any]:
    def write(w: Writer, x: Any, y: Any, **named: Any) -> Any:
        if named.get("alpha", 1) != 1:
            raise UnwrittenError(f"'{operator}' with a factor")
        return w.b.add(operator, w.operand(x), w.operand(y))

    return write


def _unary(operator: str, **fixed: Any) -> Callable[..., Value]:
    def write(w: Writer, x: Node, *rest: Any, **named: Any) -> Value:
        if rest or named:
            raise UnwrittenError(f"'{operator}' with settings of its own")
        return w.b.add(operator, w.value(x), **fixed)

    return write


def _clamped(w: Writer, x: Node, low: Any = None, high: Any = None) -> Value:
    value = w.value(x)
    if low is not None:
        value = w.b.add("Max", value, w.b.constant(low, np.float32))
    return value if high is None else w.b.add("Min", value, w.b.constant(high, np.float32))


def _silu(w: Writer, x: Node) -> Value:
    return w.b.add("Mul", w.value(x), w.b.add("Sigmoid", w.value(x)))


def _mish(w: Writer, x: Node) -> Value:
    return w.b.add("Mul", w.value(x), w.b.add("Tanh", w.b.add("Softplus", w.value(x))))


def _gelu(w: Writer, x: Node, *_: Any, approximate: str = "none") -> Value:
    if approximate != "none":
        raise UnwrittenError("'gelu' by a hyperbolic tangent")
    inner = w.b.add("Erf", w.b.chain(w.value(x), ("Div", np.sqrt(2.0)), kind=np.float32))
    return w.b.add("Mul", w.value(x), w.b.chain(inner, ("Add", 1.0), ("Mul", 0.5), kind=np.float32))


def _softmax(w: Writer, x: Node, axis: int, *_: Any, **__: Any) -> Value:
    if axis % x.meta["val"].ndim == 0:
        raise UnwrittenError("what depends on the rows beside")
    return w.b.add("Softmax", w.value(x), axis=axis)


def _elu(w: Writer, x: Node, alpha: float = 1.0) -> Value:
    return w.b.add("Elu", w.value(x), alpha=float(alpha))


def _leaky_relu(w: Writer, x: Node, slope: float = 0.01) -> Value:
    return w.b.add("LeakyRelu", w.value(x), alpha=float(slope))


WRITTEN: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("dropout", "alpha_dropout", "clone", "contiguous", "to", "alias", "detach"), _same),
    "conv2d": _conv2d,
    "pad": _pad,
    "constant_pad_nd": _pad,
    "batch_norm": _batch_norm,
    "layer_norm": _layer_norm,
    "max_pool2d": _max_pool2d,
    "avg_pool2d": _avg_pool2d,
    "adaptive_avg_pool2d": _adaptive_avg_pool2d,
    "mean": _mean,
    "sum": _reduced("ReduceSum"),
    "embedding": _embedding,
    "amax": _reduced("ReduceMax"),
    "linear": _linear,
    **dict.fromkeys(("flatten", "view", "reshape", "squeeze", "unsqueeze"), _shaped),
    "permute": _permuted,
    "transpose": _transposed,
    "flip": _flipped,
    "cat": _joined,
    "expand": _spread,
    "select": _selected,
    "slice": _sliced,
    "scaled_dot_product_attention": _attention,
    **dict.fromkeys(("_assert_tensor_metadata", "sym_size", "_assert_scalar"), _nothing),
    "stack": _stacked,
    "add": _binary("Add"),
    "sub": _binary("Sub"),
    "mul": _binary("Mul"),
    "div": _binary("Div"),
    "matmul": _binary("MatMul"),
    "softmax": _softmax,
    "relu": _unary("Relu"),
    "relu6": lambda w, x: _clamped(w, x, 0.0, 6.0),
    **dict.fromkeys(("hardtanh", "clamp"), _clamped),
    "hardswish": _unary("HardSwish"),
    "hardsigmoid": _unary("HardSigmoid", alpha=1 / 6, beta=0.5),
    "silu": _silu,
    "mish": _mish,
    "gelu": _gelu,
    "elu": _elu,
    "selu": _unary("Selu", alpha=1.6732632423543772, gamma=1.0507009873554805),
    "leaky_relu": _leaky_relu,
    "sigmoid": _unary("Sigmoid"),
    "tanh": _unary("Tanh"),
    "softplus": _unary("Softplus"),
}
"""Operators of PyTorch by their names; those that work in place are the same."""
