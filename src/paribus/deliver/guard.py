"""Model files are read with care: what wasn't written by paribus, or doesn't hang together, is refused.

An ONNX file can name other files by path, hold arrays of any declared size and operators of any maker.
Ours never does, so nothing of that is let through to ONNX Runtime.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from paribus.deliver.schema import KEY, Schema, read_schema
from paribus.errors import StudyError

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto, TensorProto

LARGEST = 2**31 - 1
"""Bytes of a file: what the format can hold."""
OPERATORS = frozenset(
    [
        *(
            "Add",
            "And",
            "ArgMax",
            "AveragePool",
            "BatchNormalization",
            "Cast",
            "Concat",
            "Conv",
            "Div",
            "Elu",
        ),
        *(
            "Equal",
            "Erf",
            "Exp",
            "Floor",
            "GRU",
            "Gather",
            "Gemm",
            "Greater",
            "GreaterOrEqual",
            "HardSigmoid",
        ),
        *("HardSwish", "IsNaN", "LSTM", "LabelEncoder", "LayerNormalization", "LeakyRelu", "Less", "Log"),
        *(
            "MatMul",
            "Max",
            "MaxPool",
            "Min",
            "Mul",
            "Neg",
            "Pow",
            "ReduceMax",
            "ReduceMean",
            "ReduceSum",
            "Relu",
        ),
        *(
            "Reshape",
            "Scan",
            "Selu",
            "Sigmoid",
            "Slice",
            "Softmax",
            "Softplus",
            "Sqrt",
            "Squeeze",
            "Sub",
            "Sum",
        ),
        *("Tanh", "Transpose", "TreeEnsembleRegressor", "Unsqueeze", "Where"),
    ]
)
"""All that our graphs are made of. Each works on rows: on arrays of the file alone, a few small ones could
be spread to any size.
"""
DOMAINS = ("", "ai.onnx", "ai.onnx.ml")
_WIDTHS = {1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8}
"""Bytes of a number by ONNX's type code: float, uint8, int8, int32, int64, bool, float16, double."""


def read_model(path: Path) -> tuple[bytes, Schema]:
    """A model file's bytes and its description. Raises StudyError for whatever paribus hasn't written."""
    if not has_extra():
        raise missing_extra()
    content = _content(path)
    return content, inspect(content, str(path))


def has_extra() -> bool:
    """Whether models can be written and run: the extra onnx is two packages."""
    return all(find_spec(name) is not None for name in ("onnx", "onnxruntime"))


def missing_extra() -> StudyError:
    """What a user without the extra is told."""
    return StudyError("models are read and run by the extra onnx: pip install 'paribus[onnx]'")


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise StudyError(f"{path}: {size:,} bytes are more than an ONNX file can have")
        content = path.read_bytes()
    except OSError as error:
        raise StudyError(f"{path}: can't be read: {error.strerror or error}") from None
    if not content:
        raise StudyError(f"{path}: is empty: export the model again")
    for start, what in ((b"PK\x03\x04", "a zip archive"), (b"\x80", "a pickle, which is never opened")):
        if content.startswith(start):
            raise StudyError(f"{path}: is {what}, and no ONNX file")
    return content


def inspect(content: bytes, where: str) -> Schema:
    """The description of a model whose every part is ours. Raises StudyError."""
    import onnx

    try:
        model = onnx.ModelProto.FromString(content)
        graphs = list(_graphs(model.graph))
    except Exception:  # whatever protobuf raises for bytes of another kind
        raise StudyError(f"{where}: is no ONNX file, or a damaged one: export the model again") from None
    told = {each.key: each.value for each in model.metadata_props}
    if KEY not in told:
        raise StudyError(
            f"{where}: wasn't written by paribus (no '{KEY}' in its metadata): name a model that"
            " `paribus run` or `paribus export` has left"
        )
    schema = read_schema(told[KEY], where)
    for reason in _wrong(model, graphs, schema):
        raise StudyError(
            f"{where}: is refused: {reason}. Paribus writes no such file: export the model again"
        )
    try:
        onnx.checker.check_model(model)
    except Exception as error:  # a ValidationError, or what its own words fail with
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise StudyError(f"{where}: is no valid ONNX file ({first}): export the model again") from None
    return schema


def _graphs(graph: GraphProto, depth: int = 0) -> Iterator[GraphProto]:
    """The graph and those inside of its operators."""
    if depth > 4:
        raise RecursionError
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for inner in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                yield from _graphs(inner, depth + 1)


def _wrong(model: ModelProto, graphs: list[GraphProto], schema: Schema) -> Iterator[str]:
    """What our files never have."""
    if model.functions or model.training_info:
        yield "it brings functions or training of its own"
    for graph in graphs:
        yield from _wrong_graph(graph)
    yield from _constant_operators(graphs[0], frozenset())
    outer = graphs[0]
    if tuple(each.name for each in outer.input) != schema.inputs:
        yield "its inputs aren't the columns of its description"
    if tuple(each.name for each in outer.output) != schema.outputs:
        yield "its outputs aren't those of its description"


def _wrong_graph(graph: GraphProto) -> Iterator[str]:
    if graph.sparse_initializer:
        yield "it holds sparse arrays"
    yield from _wrong_arrays(graph.initializer)
    for node in graph.node:
        if node.domain not in DOMAINS or node.op_type not in OPERATORS:
            yield f"it has an operator '{node.domain and node.domain + '.'}{node.op_type}'"
        for attribute in node.attribute:
            tensors = [*([attribute.t] if attribute.HasField("t") else []), *attribute.tensors]
            yield from _wrong_arrays(tensors)
        if not _is_plain_window(node):
            yield f"its operator '{node.op_type}' has a border as wide as its window"


def _is_plain_window(node: NodeProto) -> bool:
    """Whether a window that moves over an image adds less around it than it is wide: a border of any width
    would fill the memory.
    """
    told = {each.name: list(each.ints) for each in node.attribute}
    kernel = told.get("kernel_shape", [])
    dilations = told.get("dilations") or [1] * len(kernel)
    if len(dilations) != len(kernel) or len(told.get("pads", [])) not in (0, 2 * len(kernel)):
        return False
    widths = [k * d for k, d in zip(kernel, dilations, strict=True)]
    return all(0 <= pad < width for pad, width in zip(told.get("pads", []), widths * 2, strict=False))


def _constant_operators(graph: GraphProto, outer: frozenset[str]) -> Iterator[str]:
    """Operators that work on nothing but the file's own arrays; `outer`: those that stand around a graph."""
    known = outer | {each.name for each in graph.initializer}
    for node in graph.node:
        if known.issuperset(name for name in node.input if name):
            yield f"its operator '{node.op_type}' reads no row"
        for attribute in node.attribute:
            for inner in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                yield from _constant_operators(inner, known)


def _wrong_arrays(tensors: Iterable[TensorProto]) -> Iterator[str]:
    for tensor in tensors:
        name, dims = tensor.name, list(tensor.dims)
        if tensor.external_data or tensor.data_location:
            yield f"its array '{name}' lies in another file"
            continue
        width = _WIDTHS.get(tensor.data_type)
        if width is None or not tensor.HasField("raw_data"):
            yield f"its array '{name}' is of another kind"
        elif min(dims, default=0) < 0 or prod(dims) * width != len(tensor.raw_data):
            yield f"its array '{name}' says {dims}, and holds {len(tensor.raw_data):,} bytes"
