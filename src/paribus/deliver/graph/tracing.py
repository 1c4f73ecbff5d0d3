"""A network as PyTorch's own export takes it apart, walked through operator by operator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.export import ExportedProgram
from torch.fx import Node
from torch.fx.node import map_arg

from paribus.deliver.graph.builder import Builder, Value
from paribus.deliver.recipe import UnwrittenError

Array = NDArray[np.float32]


class Writer:
    """Writes the operators in their order. A row's values have a fixed shape; the number of rows is open."""

    def __init__(
        self,
        b: Builder,
        program: ExportedProgram,
        rows: Sequence[Value],
        operators: Mapping[str, Callable[..., Any]],
    ) -> None:
        """`rows`: what goes in; `operators`: what writes each of PyTorch's, by its name."""
        self.b, self.program, self.operators = b, program, operators
        self.rows = dict(zip(program.graph_signature.user_inputs, rows, strict=True))
        program.graph.eliminate_dead_code()
        self.node: Node = next(iter(program.graph.nodes))
        """The operator that is written now."""
        self.values: dict[Node, Any] = {}
        """Of what was met: the name of a value in the graph, or a fixed array."""

    def written(self) -> Value:
        """All of it; the name of what comes out."""
        arrays = self._arrays()
        for node in self.program.graph.nodes:
            if node.op == "placeholder":
                self.values[node] = arrays[node.name] if node.name in arrays else self.rows[node.name]
            elif node.op == "output":
                return self.value(node.args[0][0])
            else:
                self.values[node] = self._operator(node)
        raise UnwrittenError("a network that gives nothing")

    def _arrays(self) -> dict[str, Array]:
        """Weights, buffers and constants by the names under which the network reads them."""
        signature, found = self.program.graph_signature, {}
        for name, path in (*signature.inputs_to_parameters.items(), *signature.inputs_to_buffers.items()):
            tensors = {**self.program.constants, **self.program.state_dict}
            found[name] = tensors[path].numpy(force=True)
        for name, path in signature.inputs_to_lifted_tensor_constants.items():
            found[name] = self.program.constants[path].numpy(force=True)
        return found

    def _operator(self, node: Node) -> Any:
        if all(isinstance(self.values[each], np.ndarray) for each in node.all_input_nodes):
            return self._computed(node)
        name = getattr(node.target, "__name__", str(node.target)).split(".")[0]
        name = name if name.startswith("_") else name.rstrip("_")
        if name not in self.operators:
            raise UnwrittenError(f"the operator '{name}' of PyTorch")
        self.node = node
        return self.operators[name](self, *node.args, **node.kwargs)

    def _computed(self, node: Node) -> Any:
        """What depends on no row: computed here, once."""

        def fixed(each: Node) -> Tensor:
            return torch.from_numpy(self.values[each].copy())

        target: Any = node.target
        found = target(*map_arg(node.args, fixed), **map_arg(node.kwargs, fixed))
        return found.numpy(force=True) if isinstance(found, Tensor) else None

    def value(self, given: Any) -> Value:
        """A node's value, a fixed array or a number as a value in the graph."""
        found = self.values[given] if isinstance(given, Node) else given
        if found is None or isinstance(found, Padded | Stack | Spread):
            raise UnwrittenError("a border, or values put together, where they aren't expected")
        return found if isinstance(found, str) else self.b.constant(found, np.float32)

    def operand(self, given: Any) -> Value:
        """As `value`, of an operator that spreads what is the same for every row by itself."""
        found = self.values[given] if isinstance(given, Node) else given
        return self.b.constant(found.values, np.float32) if isinstance(found, Spread) else self.value(given)

    def array(self, given: Node | None) -> Array | None:
        """A fixed array. Raises UnwrittenError for what isn't fixed."""
        if given is None:
            return None
        found = self.values[given]
        if not isinstance(found, np.ndarray):
            raise UnwrittenError("weights that are computed")
        return found

    def constants(self, *given: Node | None) -> list[Value]:
        """Fixed arrays as values; those that aren't given are left out."""
        return [self.b.constant(each, np.float32) for node in given if (each := self.array(node)) is not None]


class Padded:
    """Maps with a border of zeros, which the convolution that follows makes itself."""

    def __init__(self, value: Value, pads: list[int]) -> None:
        self.value, self.pads = value, pads


class Stack:
    """Several values of one shape, of which the mean is asked for next."""

    def __init__(self, values: list[Value]) -> None:
        self.values = values


class Spread:
    """The same fixed values for every row: (1, ...)."""

    def __init__(self, values: NDArray[Any]) -> None:
        self.values = values


def shape_of(node: Node) -> tuple[int, ...]:
    """Of a row: all axes but the first."""
    return tuple(int(side) for side in node.meta["val"].shape[1:])
