"""A recipe as operators: filled, encoded, scaled, selected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from onnx import TensorProto, ValueInfoProto, helper

from paribus.deliver.graph.builder import Builder, Value
from paribus.deliver.graph.scaling import scale
from paribus.deliver.recipe import Encoding, Filling, Recipe


def prepare(builder: Builder, recipe: Recipe, numbers: Value | None) -> Value:
    """Prepared features, (row, feature) float32, from `numbers`, (row, number), and the text columns; of rows
    with words those that aren't words'.
    """
    b = builder
    kind = np.float64 if recipe.exact else np.float32
    scaled: list[Value] = [] if numbers is None else [fill(b, recipe.filling, numbers)]
    encoded = encode(b, recipe, np.float64 if recipe.scaled else kind)
    if recipe.scaled:
        scaled += encoded
    parts = [b.cast(scale(b, recipe.scaling, b.join(scaled)), kind)] if scaled else []
    parts += [] if recipe.scaled else encoded
    if recipe.flags and numbers is not None:
        missing = b.add("IsNaN", b.columns(numbers, recipe.flags))
        parts.append(b.cast(missing, kind))
    whole = b.join(parts)
    if recipe.kept is not None:
        whole = b.columns(whole, recipe.kept[recipe.kept < recipe.n_encoded])
    if recipe.components is not None:
        mean, matrix = recipe.components
        whole = b.chain(whole, ("Sub", mean), ("MatMul", matrix))
    return b.cast(whole, np.float32) if recipe.exact else whole


def fill(builder: Builder, filling: Filling, numbers: Value) -> Value:
    """Numbers without a missing one: (row, number)."""
    missing = builder.add("IsNaN", numbers)
    if filling.mean is None or filling.scale is None:
        return builder.where(missing, builder.constant(filling.fill), numbers)
    standard = builder.chain(numbers, ("Sub", filling.mean), ("Div", filling.scale))
    guessed = builder.where(missing, builder.constant(filling.fill), standard)
    if len(filling.steps["shifts"]):
        guessed = _in_turns(builder, filling, guessed, missing)
    restored = builder.chain(guessed, ("Mul", filling.scale), ("Add", filling.mean))
    return builder.where(missing, restored, numbers)


def _in_turns(builder: Builder, filling: Filling, start: Value, missing: Value) -> Value:
    """The iterative imputer's steps: one number a step, from the others as they are then."""
    steps = filling.steps
    inner = Builder()
    value = inner.add("MatMul", "/turn/values", "/turn/column")
    shifted = inner.add("Add", value, "/turn/shift")
    bounded = inner.add("Min", inner.add("Max", shifted, "/turn/low"), "/turn/high")
    here = inner.add("And", missing, "/turn/filled")
    inner.add("Where", here, bounded, "/turn/values", outputs=["/turn/next"])

    def told(name: str, shape: Sequence[int | str | None], kind: int = TensorProto.DOUBLE) -> ValueInfoProto:
        return helper.make_tensor_value_info(f"/turn/{name}", kind, shape)

    n = steps["weights"].shape[1]
    body = helper.make_graph(
        inner.nodes,
        "turn",
        [
            told("values", [None, n]),
            told("column", [n, 1]),
            told("shift", [1]),
            told("low", [1]),
            told("high", [1]),
            told("filled", [1, n], TensorProto.BOOL),
        ],
        [told("next", [None, n])],
        inner.constants,
    )
    scanned = [
        builder.constant(steps["weights"][:, :, None]),
        *(builder.constant(steps[name][:, None]) for name in ("shifts", "low", "high")),
        builder.constant(steps["filled"][:, None, :], np.bool_),
    ]
    return builder.add("Scan", start, *scanned, body=body, num_scan_inputs=len(scanned))


def encode(builder: Builder, recipe: Recipe, kind: type[np.floating]) -> list[Value]:
    """The categories' features, (row, feature) each; one for all where they share their features."""
    made = [_encoded(builder, encoding, kind) for encoding in recipe.encodings]
    return [builder.add("Sum", *made)] if recipe.summed and made else made


def _encoded(builder: Builder, encoding: Encoding, kind: type[np.floating]) -> Value:
    places = encoding.places or {"": encoding.default}
    place = builder.add(
        "LabelEncoder",
        encoding.column,
        keys_strings=list(places),
        values_int64s=list(places.values()),
        default_int64=encoding.default,
    )
    if encoding.table is not None:
        return builder.add("Gather", builder.constant(encoding.table, kind), place)
    bucket = builder.column(builder.add("Gather", builder.constant(encoding.bucket, np.int64), place))
    hit = builder.add("Equal", bucket, builder.constant(np.arange(encoding.width)[None], np.int64))
    found = builder.cast(hit, kind)
    if not _has_signs(encoding):
        return found
    value = builder.column(builder.add("Gather", builder.constant(encoding.value, kind), place))
    return builder.add("Mul", found, value)


def _has_signs(encoding: Encoding) -> bool:
    """Whether a level may set something else than 1."""
    return encoding.value is not None and bool((encoding.value != 1).any())
