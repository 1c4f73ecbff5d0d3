"""Building a graph: values by name, each operator one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

OPSET, ML_OPSET = 18, 3
"""Of ai.onnx and ai.onnx.ml: what ONNX Runtime from 1.14 on runs."""
IR_VERSION = 8
_ML = ("LabelEncoder", "TreeEnsembleRegressor")

Value = str
"""The name of a value in the graph."""


class Builder:
    """Operators and constants of one graph, in order. Names begin with a slash, which no column is given."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[TensorProto] = []
        self._known: dict[tuple[str, tuple[int, ...], bytes], Value] = {}
        self._count = 0

    def constant(self, values: Any, kind: Any = np.float64) -> Value:
        """An array as a value; equal ones stand once."""
        array: NDArray[Any] = np.ascontiguousarray(values, dtype=kind)
        key = (array.dtype.str, np.shape(values), array.tobytes())
        if key not in self._known:
            self._known[key] = self.name("constant")
            tensor = numpy_helper.from_array(array.reshape(np.shape(values)), self._known[key])
            self.constants.append(tensor)
        return self._known[key]

    def add(self, operator: str, *inputs: Value, outputs: Sequence[Value] = (), **attributes: Any) -> Value:
        """One operator; the name of its first output."""
        made = list(outputs) or [self.name(operator)]
        domain = "ai.onnx.ml" if operator in _ML else ""
        self.nodes.append(helper.make_node(operator, list(inputs), made, domain=domain, **attributes))
        return made[0]

    def cast(self, value: Value, kind: Any) -> Value:
        """As numbers of another type."""
        return self.add("Cast", value, to=helper.np_dtype_to_tensor_dtype(np.dtype(kind)))

    def join(self, values: Sequence[Value]) -> Value:
        """Columns beside each other: (row, feature)."""
        return values[0] if len(values) == 1 else self.add("Concat", *values, axis=1)

    def beside(self, columns: Sequence[Value]) -> Value:
        """Columns of (row,) beside each other: (row, column).

        One after another, then turned: with a node a column a wide table's model takes seconds to load.
        """
        if len(columns) == 1:
            return self.column(columns[0])
        rows = self.constant([len(columns), -1], np.int64)
        return self.add(
            "Transpose", self.add("Reshape", self.add("Concat", *columns, axis=0), rows), perm=[1, 0]
        )

    def column(self, value: Value) -> Value:
        """(row,) as (row, 1)."""
        return self.add("Unsqueeze", value, self.constant([1], np.int64))

    def flat(self, value: Value) -> Value:
        """(row, 1) as (row,)."""
        return self.add("Squeeze", value, self.constant([1], np.int64))

    def columns(self, value: Value, places: Any) -> Value:
        """Some columns of (row, feature)."""
        return self.add("Gather", value, self.constant(places, np.int64), axis=1)

    def chain(self, value: Value, *steps: tuple[str, Any], kind: Any = np.float64) -> Value:
        """`value` combined with one constant after another: ("Sub", mean), ("Div", scale)."""
        for operator, constant in steps:
            value = self.add(operator, value, self.constant(constant, kind))
        return value

    def where(self, condition: Value, yes: Value, no: Value) -> Value:
        """`yes` where the condition holds, else `no`."""
        return self.add("Where", condition, yes, no)

    def within(self, value: Value, low: Any, high: Any, kind: Any = np.float64) -> Value:
        """Between two bounds."""
        return self.add(
            "Min",
            self.add("Max", value, self.constant(low, kind)),
            self.constant(high, kind),
        )

    def name(self, operator: str) -> Value:
        """A name that no other value has."""
        self._count += 1
        return f"/{operator}/{self._count}"
