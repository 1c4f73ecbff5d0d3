"""Words as operators: a first layer's sums of a text's features, and networks that read words in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from paribus.deliver.graph.builder import Builder, Value
from paribus.deliver.graph.network import logits, sums_of
from paribus.deliver.recipe import Recipe
from paribus.deliver.schema import TextInput
from paribus.networks.network import BuiltNetwork
from paribus.networks.words import Convolved, Pooled, Recurrent, WordNetwork
from paribus.study.configuration import Configuration

_NOTHING = float(np.finfo(np.float32).min)
"""What no value is less than."""
_LSTM, _GRU = (0, 3, 1, 2), (1, 0, 2)
"""ONNX's order of the gates, input, output, forget, cell, and update, reset, hidden, by PyTorch's places."""


def first_sums(
    b: Builder, told: TextInput, recipe: Recipe, columns: Value | None, layer: NDArray[np.float32]
) -> Value:
    """The first layer's sums, (row, unit), of a text's features and of `columns`, (row, feature) float32.

    `layer`: (inputs + 1, units). A text's features are looked up by their places; those that weren't
    selected, and place 0, add nothing.
    """
    text = recipe.text
    assert text is not None  # callers have one
    inputs, units = layer.shape[0] - 1, layer.shape[1]
    kept = np.arange(inputs) if recipe.kept is None else recipe.kept
    of_text = kept >= recipe.n_encoded
    table = np.zeros((1 + len(text.names), units), dtype=np.float32)
    table[1 + kept[of_text] - recipe.n_encoded] = layer[:-1][of_text]
    found = b.add("Gather", b.constant(table, np.float32), told.places)
    amounts = b.add("Unsqueeze", told.values, b.constant([1], np.int64))
    sums = b.flat(b.add("MatMul", amounts, found))
    if columns is None:
        return b.chain(sums, ("Add", layer[-1]), kind=np.float32)
    return b.add("Add", sums, sums_of(b, columns, np.vstack([layer[:-1][~of_text], layer[-1:]])))


def read_words(b: Builder, told: TextInput, asked: Configuration, built: BuiltNetwork) -> Value:
    """Logits, (row, output) float32, of words in their order, (row, word)."""
    network = cast(WordNetwork, built)
    there = b.add("Greater", told.places, b.constant(0, np.int64))
    some = b.add("Unsqueeze", b.cast(there, np.float32), b.constant([2], np.int64))
    vectors = b.add("Gather", b.constant(_array(network.words.weight), np.float32), told.places)
    summary = _summary(b, network.summary, vectors, there, some)
    rest = tuple(each.astype(np.float32) for each in network.rest.arrays())
    return logits(b, asked.network, asked.train.convention, rest, summary)


def _summary(
    b: Builder, summary: Pooled | Convolved | Recurrent, vectors: Value, there: Value, some: Value
) -> Value:
    """One summary a text, (row, width): `vectors` are (row, word, size), `there` (row, word), `some` the same
    as numbers, (row, word, 1).
    """
    if isinstance(summary, Recurrent):
        return _recurrent(b, summary, vectors, there, some)
    if isinstance(summary, Convolved):
        known = b.add("Transpose", b.add("Mul", vectors, some), perm=[0, 2, 1])
        patterns = [cast(nn.Conv1d, each) for each in summary.patterns]
        found = [_largest(b, _pattern(b, known, each), there, some) for each in patterns]
        return b.join(found)
    if summary.pool == "max":
        return _largest(b, vectors, there, some)
    words = b.constant([1], np.int64)
    totals = b.add("ReduceSum", b.add("Mul", vectors, some), words, keepdims=0)
    counts = b.add("ReduceSum", some, words, keepdims=0)
    return b.add("Div", totals, b.add("Max", counts, b.constant(1.0, np.float32)))


def _pattern(b: Builder, known: Value, layer: nn.Conv1d) -> Value:
    """How much of each pattern stands at each word: (row, word, pattern), of (row, size, word)."""
    (kernel,) = layer.kernel_size
    assert layer.bias is not None
    seen = b.add(
        "Conv",
        known,
        b.constant(_array(layer.weight), np.float32),
        b.constant(_array(layer.bias), np.float32),
        kernel_shape=[kernel],
        pads=[kernel // 2, kernel - 1 - kernel // 2],  # what training cuts off at the end isn't made
    )
    return b.add("Transpose", b.add("Relu", seen), perm=[0, 2, 1])


def _largest(b: Builder, values: Value, there: Value, some: Value) -> Value:
    """The largest of (row, word, value) over the words that stand; 0 of none."""
    words = b.constant([1], np.int64)
    shown = b.add("Unsqueeze", there, b.constant([2], np.int64))
    known = b.where(shown, values, b.constant(_NOTHING, np.float32))
    most = b.add("ReduceMax", known, words, keepdims=0)
    any_word = b.add("Greater", b.add("ReduceMax", some, words, keepdims=0), b.constant(0.0, np.float32))
    return b.where(any_word, most, b.constant(0.0, np.float32))


def _recurrent(b: Builder, summary: Recurrent, vectors: Value, there: Value, some: Value) -> Value:
    """What the layer holds after the last word, read both ways if asked; 0 of a text without words."""
    layer, words = summary.layer, b.constant([1], np.int64)
    is_gru = isinstance(layer, nn.GRU)
    ways = ("", "_reverse")[: 1 + layer.bidirectional]
    counts = b.add("ReduceSum", b.cast(there, np.int32), words, keepdims=0)
    states = b.name("states")
    b.add(
        "GRU" if is_gru else "LSTM",
        b.add("Transpose", vectors, perm=[1, 0, 2]),
        *(b.constant(array, np.float32) for array in _gates(layer, _GRU if is_gru else _LSTM, ways)),
        b.add("Max", counts, b.constant(1, np.int32)),
        outputs=["", states],
        hidden_size=layer.hidden_size,
        direction="bidirectional" if layer.bidirectional else "forward",
        **({"linear_before_reset": 1} if is_gru else {}),
    )
    last = [b.add("Gather", states, b.constant(way, np.int64), axis=0) for way in range(len(ways))]
    return b.add("Mul", b.join(last), b.add("ReduceMax", some, words, keepdims=0))


def _gates(
    layer: nn.RNNBase, order: Sequence[int], ways: Sequence[str]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Weights of what comes in and of what was held, and biases, with ONNX's order of the gates: (way, gate ·
    unit, input), (way, gate · unit, unit), (way, 2 · gate · unit).
    """

    def ordered(name: str) -> NDArray[np.float32]:
        gates = np.split(_array(getattr(layer, name)), len(order))
        return np.concatenate([gates[place] for place in order])

    inputs, held = (np.stack([ordered(f"weight_{of}_l0{way}") for way in ways]) for of in ("ih", "hh"))
    biases = [np.concatenate([ordered(f"bias_{of}_l0{way}") for of in ("ih", "hh")]) for way in ways]
    return inputs, held, np.stack(biases)


def _array(tensor: Tensor) -> NDArray[np.float32]:
    found: NDArray[np.float32] = tensor.numpy(force=True)
    return found
