"""The whole model as one ONNX file: raw columns in, label and probabilities or the prediction out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from onnx import ModelProto, TensorProto, ValueInfoProto, checker, helper

from paribus.deliver.graph.builder import IR_VERSION, ML_OPSET, OPSET, Builder, Value
from paribus.deliver.graph.calling import probabilities, recalibrated
from paribus.deliver.graph.images import see
from paribus.deliver.graph.network import logits, logits_after
from paribus.deliver.graph.preparing import prepare
from paribus.deliver.graph.reading import read_numbers
from paribus.deliver.graph.scaling import restore
from paribus.deliver.graph.tokens import read_tokens
from paribus.deliver.graph.words import first_sums, read_words
from paribus.deliver.networks import network_of
from paribus.deliver.recipe import Recipe
from paribus.deliver.schema import KEY, Column, Schema, TextInput
from paribus.deliver.texts import KEY as VOCABULARY
from paribus.deliver.texts import Vocabulary
from paribus.networks.network import Weights
from paribus.networks.reader import TextReader
from paribus.stats.recalibration import Map
from paribus.study.configuration import Configuration

KINDS = {
    "number": TensorProto.DOUBLE,
    "date": TensorProto.DOUBLE,
    "text": TensorProto.STRING,
    "image": TensorProto.UINT8,
}


Shape = Sequence[int | str | None]


@dataclass(frozen=True, eq=False)
class Member:
    """One network of a model, and the preparation that it was trained with."""

    recipe: Recipe
    asked: Configuration
    weights: Weights
    text: TextInput | None = None
    """What goes in for its words."""


def build(
    schema: Schema, members: Sequence[Member], mended: Map, words: Vocabulary | None = None
) -> ModelProto:
    """The file as a value, checked by onnx.checker. `members` share their columns; their mean counts.

    `words`: the vocabulary of texts, which the file carries.
    """
    b = Builder()
    features, offsets = members[0].recipe.features, members[0].recipe.offsets
    numbers = read_numbers(b, [each for each in features if each.is_number], offsets)
    mean = _mean(b, [_predicted(b, schema, member, numbers) for member in members])
    if schema.task == "regression":
        outputs = [_prediction(b, schema, mean)]
    else:
        outputs = _called(b, schema, mean, recalibrated(b, mended, schema.task, mean))
    graph = helper.make_graph(
        b.nodes,
        "paribus",
        [*_columns(schema.columns), *_entries(schema.texts)],
        outputs,
        b.constants,
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="paribus")
    model.producer_version = schema.paribus
    told = {VOCABULARY: words.model_dump_json()} if words else {}
    helper.set_model_props(model, {KEY: schema.model_dump_json(), **told})
    checker.check_model(model, full_check=False)
    return model


def _columns(columns: Sequence[Column]) -> Iterator[ValueInfoProto]:
    """The inputs that are columns as they stand."""
    for each in columns:
        if each.kind != "words":
            yield helper.make_tensor_value_info(each.name, KINDS[each.kind], ["rows", *(each.shape or ())])


def _entries(texts: Sequence[TextInput]) -> Iterator[ValueInfoProto]:
    """The inputs that stand for words."""
    for each in texts:
        shape = ["rows", f"entries of {each.places}"]
        yield helper.make_tensor_value_info(each.places, TensorProto.INT64, shape)
        if each.values:
            yield helper.make_tensor_value_info(each.values, TensorProto.FLOAT, shape)


def _predicted(b: Builder, schema: Schema, member: Member, numbers: Value | None) -> Value:
    """One network's probabilities or values, (row, output) double."""
    z = _logits(b, schema, member, numbers)
    if schema.task == "regression":
        return restore(b, member.recipe.target, b.cast(z, np.float64))
    return b.cast(probabilities(b, schema.task, z), np.float64)


def _logits(b: Builder, schema: Schema, member: Member, numbers: Value | None) -> Value:
    asked, weights, recipe = member.asked, member.weights, member.recipe
    if recipe.pixels is not None:
        (image,) = schema.columns
        return see(b, image, recipe.pixels, network_of(asked, weights, schema))
    if asked.reads_text and member.text and recipe.text:
        reader = cast(TextReader, network_of(asked, weights, schema))
        return read_tokens(b, member.text, len(recipe.text.names), reader)
    if asked.network.kind != "mlp" and member.text:
        return read_words(b, member.text, asked, network_of(asked, weights, schema))
    network, convention = asked.network, asked.train.convention
    if member.text and recipe.text:
        rows = prepare(b, recipe, numbers) if recipe.n_columns else None
        first = first_sums(b, member.text, recipe, rows, weights[0])
        return logits_after(b, network, convention, weights, first)
    return logits(b, network, convention, weights, prepare(b, recipe, numbers))


def _mean(b: Builder, predicted: Sequence[Value]) -> Value:
    if len(predicted) == 1:
        return predicted[0]
    return b.chain(b.add("Sum", *predicted), ("Div", float(len(predicted))))


def _prediction(b: Builder, schema: Schema, value: Value) -> ValueInfoProto:
    name = schema.outputs[0]
    single = len(schema.targets) == 1
    shaped = b.flat(value) if single else value
    b.add("Cast", shaped, outputs=[name], to=TensorProto.FLOAT)
    shape: Shape = ["rows"] if single else ["rows", len(schema.targets)]
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _called(b: Builder, schema: Schema, raw: Value, p: Value) -> list[ValueInfoProto]:
    """Label and probabilities from (row, output) double, before recalibration and after."""
    shape: Shape
    label, likely = schema.outputs
    if schema.task == "multilabel":
        above = b.add("Greater", p, b.constant(0.5))
        b.add("Cast", above, outputs=[label], to=TensorProto.INT64)
        shape = ["rows", len(schema.targets)]
        b.add("Cast", p, outputs=[likely], to=TensorProto.FLOAT)
        told = helper.make_tensor_value_info(label, TensorProto.INT64, shape)
        return [told, helper.make_tensor_value_info(likely, TensorProto.FLOAT, shape)]
    if schema.task == "binary":
        judged = raw if schema.threshold_before else p
        code = b.flat(b.cast(b.add("Greater", judged, b.constant(schema.threshold)), np.int64))
        p = b.join([b.add("Sub", b.constant(1.0), p), p])
    else:
        code = b.add("ArgMax", p, axis=1, keepdims=0)
    b.add(
        "LabelEncoder",
        code,
        outputs=[label],
        keys_int64s=list(range(len(schema.classes))),
        values_strings=list(schema.classes),
    )
    b.add("Cast", p, outputs=[likely], to=TensorProto.FLOAT)
    told = helper.make_tensor_value_info(label, TensorProto.STRING, ["rows"])
    shape = ["rows", len(schema.classes)]
    return [told, helper.make_tensor_value_info(likely, TensorProto.FLOAT, shape)]
