"""Model files that paribus hasn't written are refused with a sentence, before anything of them runs."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import paribus
from paribus.deliver.guard import inspect
from paribus.deliver.schema import KEY
from paribus.errors import StudyError
from paribus.study.spec import Network
from tests.deliver.making import model


@pytest.fixture(scope="module")
def proto() -> onnx.ModelProto:
    """A sound model."""
    made, _, _ = model()
    return onnx.load_from_string(made.content)


def _copy(proto: onnx.ModelProto) -> onnx.ModelProto:
    copied = onnx.ModelProto()
    copied.CopyFrom(proto)
    return copied


def _outside(proto: onnx.ModelProto) -> None:
    tensor = proto.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../../etc/passwd")


def _outside_in_an_attribute(proto: onnx.ModelProto) -> None:
    tensor = numpy_helper.from_array(np.zeros(1), "t")
    tensor.external_data.add(key="location", value="/etc/passwd")
    proto.graph.node[0].attribute.append(helper.make_attribute("extra", tensor))


def _huge(proto: onnx.ModelProto) -> None:
    proto.graph.initializer[0].dims[:] = [2**40, 2**20]


def _negative(proto: onnx.ModelProto) -> None:
    proto.graph.initializer[0].dims[:] = [-1, -8]


def _foreign_operator(proto: onnx.ModelProto) -> None:
    proto.graph.node.append(helper.make_node("PyOp", ["x"], ["y"], domain="ai.onnx.contrib"))


def _bomb(proto: onnx.ModelProto) -> None:
    proto.graph.node.append(helper.make_node("ConstantOfShape", ["x"], ["y"]))


def _hidden_operator(proto: onnx.ModelProto) -> None:
    inner = helper.make_graph([helper.make_node("Expand", ["x"], ["y"])], "inner", [], [])
    proto.graph.node[0].attribute.append(helper.make_attribute("body", inner))


def _another_input(proto: onnx.ModelProto) -> None:
    proto.graph.input[0].name = "another"


def _without_description(proto: onnx.ModelProto) -> None:
    del proto.metadata_props[:]


def _broken_description(proto: onnx.ModelProto) -> None:
    for each in proto.metadata_props:
        if each.key == KEY:
            each.value = '{"format": 9}'


def _spread_constants(proto: onnx.ModelProto) -> None:
    for name, shape in (("tall", (50_000, 1)), ("wide", (1, 50_000))):
        proto.graph.initializer.append(numpy_helper.from_array(np.zeros(shape), name))
    proto.graph.node.append(helper.make_node("Add", ["tall", "wide"], ["y"]))


def _function(proto: onnx.ModelProto) -> None:
    opsets = [helper.make_opsetid("", 18)]
    proto.functions.append(helper.make_function("mine", "Add", ["a"], ["b"], [], opsets))


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (_outside, "lies in another file"),
        (_outside_in_an_attribute, "lies in another file"),
        (_huge, "says"),
        (_negative, "says"),
        (_foreign_operator, "PyOp"),
        (_bomb, "ConstantOfShape"),
        (_hidden_operator, "Expand"),
        (_spread_constants, "'Add' reads no row"),
        (_another_input, "inputs"),
        (_without_description, "wasn't written by paribus"),
        (_broken_description, "description"),
        (_function, "functions"),
    ],
)
def test_a_malicious_model_is_refused(
    harm: Callable[[onnx.ModelProto], None], told: str, proto: onnx.ModelProto
) -> None:
    """Else a model from a stranger could read files, fill the memory or run what it likes."""
    harmed = _copy(proto)
    harm(harmed)
    with pytest.raises(StudyError, match=told):
        inspect(harmed.SerializeToString(), "model.onnx")


def test_a_sound_model_is_let_through(proto: onnx.ModelProto) -> None:
    """Else nothing could be predicted; a batch norm's arrays are worked out before they are written."""
    assert inspect(proto.SerializeToString(), "model.onnx").study == "made"
    normed, _, _ = model(network=Network(hidden=(3,), norm="batch"))
    assert inspect(normed.content, "model.onnx").study == "made"


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_model_is_refused(kept: float, proto: onnx.ModelProto) -> None:
    """Else a model whose download broke off would be taken for a whole one, or end in a traceback."""
    content = proto.SerializeToString()
    with pytest.raises(StudyError):
        inspect(content[: int(len(content) * kept)], "model.onnx")


def test_a_flipped_byte_never_ends_in_a_traceback(proto: onnx.ModelProto) -> None:
    """Else a damaged disk would show as a fault of paribus."""
    content = bytearray(proto.SerializeToString())
    random = np.random.default_rng(1)
    refused = 0
    for place in random.integers(0, len(content), 60):
        harmed = bytearray(content)
        harmed[place] ^= int(random.integers(1, 256))
        try:
            inspect(bytes(harmed), "model.onnx")
        except StudyError:
            refused += 1
    assert 0 < refused <= 60


def test_other_files_are_refused_by_what_they_are(tmp_path: Path) -> None:
    """Else a wrong path would end in words of another library, or a pickle would be opened."""
    with zipfile.ZipFile(tmp_path / "bomb.onnx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("model", b"\0" * 10_000_000)
    (tmp_path / "pickled.onnx").write_bytes(pickle.dumps({"a": 1}))
    (tmp_path / "empty.onnx").touch()
    (tmp_path / "text.onnx").write_text("no model")
    (tmp_path / "folder").mkdir()
    (tmp_path / "weights" / "model").mkdir(parents=True)
    (tmp_path / "weights" / "model" / "card.md").touch()
    for name, told in (
        ("bomb.onnx", "zip"),
        ("pickled.onnx", "pickle"),
        ("empty.onnx", "empty"),
        ("text.onnx", "no ONNX file|wasn't written"),
        ("folder", "no model stands here"),
        ("weights", r"holds no model\.onnx.*card\.md says why"),
        ("nothing", "no such file"),
    ):
        with pytest.raises(StudyError, match=told):
            paribus.load(tmp_path / name)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"classes": ["a", "b", "c"]}, "two classes"),
        ({"classes": ["a", "a"]}, "each once"),
        ({"classes": []}, "classes are those"),
        ({"targets": []}, "no target"),
        ({"settings": "["}, "settings"),
        ({"threshold": "NaN"}, "finite"),
    ],
)
def test_a_description_that_is_none_of_ours_is_refused(
    change: dict[str, Any], told: str, proto: onnx.ModelProto
) -> None:
    """Else predictions would be given other names than their own, or end in a traceback."""
    harmed = _copy(proto)
    (described,) = (each for each in harmed.metadata_props if each.key == KEY)
    described.value = json.dumps(json.loads(described.value) | change)
    with pytest.raises(StudyError, match=told):
        inspect(harmed.SerializeToString(), "model.onnx")


def test_a_description_of_deep_nesting_is_refused(proto: onnx.ModelProto) -> None:
    """Else a few kilobytes would end the process by its stack."""
    harmed = _copy(proto)
    (described,) = (each for each in harmed.metadata_props if each.key == KEY)
    described.value = "[" * 100_000 + "]" * 100_000
    with pytest.raises(StudyError, match="recursion"):
        inspect(harmed.SerializeToString(), "model.onnx")


def test_an_input_of_a_fixed_size_is_told(proto: onnx.ModelProto, tmp_path: Path) -> None:
    """Else what ONNX Runtime refuses would look like a fault of paribus."""
    harmed, rows = _copy(proto), model()[1]
    harmed.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 2**60
    (tmp_path / "model.onnx").write_bytes(harmed.SerializeToString())
    with pytest.raises(StudyError, match="can't predict with it"):
        paribus.load(tmp_path / "model.onnx").predict(rows)


BOMB = """
import sys
import pandas as pd
import paribus
from paribus.deliver import running

running.MEMORY = 0.01
model = paribus.load(sys.argv[1])
try:
    model.predict(pd.DataFrame({name: [None] for name in model.schema.names}))
except paribus.StudyError as error:
    print(error)
"""


def test_operators_that_double_what_they_read_are_stopped(proto: onnx.ModelProto, tmp_path: Path) -> None:
    """Else a file of a few kilobytes could fill the memory, and other programs would be killed for it."""
    harmed, last = _copy(proto), proto.graph.node[0].output[0]
    for number in range(40):
        harmed.graph.node.append(helper.make_node("Concat", [last] * 2, [f"bomb {number}"], axis=-1))
        last = f"bomb {number}"
    (tmp_path / "model.onnx").write_bytes(harmed.SerializeToString())
    command = [sys.executable, "-c", BOMB, str(tmp_path / "model.onnx")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "can't predict with it" in done.stdout
