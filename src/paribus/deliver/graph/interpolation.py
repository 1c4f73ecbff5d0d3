"""Straight lines between knots, as NumPy's interp draws them; a balanced tree a feature finds the place."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from onnx import numpy_helper

from paribus.deliver.graph.builder import Builder, Value

Floats = NDArray[np.float64]
Side = Literal["right", "left"]


def interpolate(
    builder: Builder, value: Value, knots: Floats, heights: Floats, side: Side = "right"
) -> Value:
    """Heights at `value`, (row, feature), by straight lines through `knots`, (knot, feature), rising.

    `heights` are (knot, feature) too. Of equal knots the last rules (`right`), or the first (`left`).
    """
    n_knots, n_features = knots.shape
    step = np.diff(knots, axis=0)
    rise = np.divide(np.diff(heights, axis=0), step, out=np.zeros_like(step), where=step > 0)
    flat = np.zeros((1, n_features))
    # before the first knot and from the last one on, the line is level
    slope = np.concatenate([flat, rise, flat])
    start = np.concatenate([knots[:1], knots])
    base = np.concatenate([heights[:1], heights])
    if side == "left":
        start, base = np.concatenate([knots, knots[-1:]]), np.concatenate([heights, heights[-1:]])
    offset = (np.arange(n_features) * (n_knots + 1))[None]
    place = builder.chain(_count(builder, value, knots, side), ("Add", offset), kind=np.int64)

    def at(table: Floats) -> Value:
        return builder.add("Gather", builder.constant(table.T.reshape(-1)), place)

    along = builder.add("Mul", builder.add("Sub", value, at(start)), at(slope))
    return builder.add("Add", along, at(base))


def _count(builder: Builder, value: Value, knots: Floats, side: Side) -> Value:
    """How many of its feature's knots are at most (right), or below (left), each value: (row, feature)."""
    n_features = knots.shape[1]
    tree = _Tree("BRANCH_LT" if side == "right" else "BRANCH_LEQ")
    for feature in range(n_features):
        tree.grow(feature, knots[:, feature])
    counts = builder.add(
        "TreeEnsembleRegressor",
        value,
        n_targets=n_features,
        post_transform="NONE",
        aggregate_function="SUM",
        nodes_values_as_tensor=numpy_helper.from_array(np.array(tree.node["values"]), ""),
        target_weights_as_tensor=numpy_helper.from_array(np.array(tree.leaf["weights"]), ""),
        **{f"nodes_{name}": listed for name, listed in tree.node.items() if name != "values"},
        **{f"target_{name}": listed for name, listed in tree.leaf.items() if name != "weights"},
    )
    return builder.cast(counts, np.int64)


class _Tree:
    """One balanced search tree a feature, in the form of ai.onnx.ml's tree ensembles."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        names = ("treeids", "nodeids", "featureids", "modes", "values", "truenodeids", "falsenodeids")
        self.node: dict[str, list[Any]] = {name: [] for name in names}
        self.leaf: dict[str, list[Any]] = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}

    def grow(self, feature: int, knots: Floats) -> None:
        """A tree whose leaves are the numbers of knots passed; knots (knot,) rise."""
        ends: list[int] = []

        def add(low: int, high: int) -> int:
            number = len(ends)
            ends.append(number)
            place = self._node(feature, number)
            if low == high:
                self._leaf(feature, number, low)
                return number
            middle = (low + high) // 2
            self.node["modes"][place] = self.mode
            self.node["values"][place] = float(knots[middle])
            self.node["truenodeids"][place] = add(low, middle)
            self.node["falsenodeids"][place] = add(middle + 1, high)
            return number

        add(0, len(knots))

    def _node(self, feature: int, number: int) -> int:
        values = (feature, number, feature, "LEAF", 0.0, 0, 0)
        for name, value in zip(self.node, values, strict=True):
            self.node[name].append(value)
        return len(self.node["values"]) - 1

    def _leaf(self, feature: int, number: int, count: int) -> None:
        for name, value in zip(self.leaf, (feature, number, feature, float(count)), strict=True):
            self.leaf[name].append(value)
