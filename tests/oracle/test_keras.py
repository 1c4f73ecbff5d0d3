"""The engines against Keras' own layers, losses, optimizers and callbacks, in float64: 100 steps.

Run with `pytest -m keras` where Keras and TensorFlow are installed (the extra `bench`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest
from numpy.typing import NDArray

from paribus.population import native
from paribus.study.spec import Schedule
from tests.oracle.cases import LOSSES, OPTIMIZERS, TASKS, apart, fold, lineage
from tests.oracle.engines import HELD, Held, trained
from tests.oracle.marks import KERAS

pytestmark = KERAS

ROUNDED = {"adam": 2e-6, "adamw": 2e-6, "nadam": 1e-7, "adamax": 1e-7, "adagrad": 1e-8}
"""How near an engine comes with Keras' own constants, which it holds as float32: 0.999 is no float32, and
Adam's first steps divide by 1 - 0.999."""
EXACT = {"beta_1": 1 - 2**-3, "beta_2": 1 - 2**-10}
"""Constants that are float32 numbers: with these Keras computes in float64 throughout."""
SGD, ADAM = OPTIMIZERS["sgd, momentum"], {**OPTIMIZERS["adam"], **EXACT}
BINARY = {"loss": "binary_crossentropy"}
CLASSES = {"loss": "categorical_crossentropy"}


class Case(NamedTuple):
    """What is trained; `within`: how near float64 comes, 1e-9 but where Keras or a fold rounds to float32."""

    kind: str
    network: dict[str, Any]
    train: dict[str, Any]
    class_weight: str | dict[str, float] = "none"
    within: float = 1e-9


def cases() -> Iterator[tuple[str, Case]]:
    """Every optimizer, activation, norm and every loss that Keras means as paribus does."""
    for name, optimizer in OPTIMIZERS.items():
        within = ROUNDED.get(name, 1e-9)
        yield name, Case("binary", {"activation": "tanh"}, {**optimizer, **BINARY}, within=within)
    for name in ("adam", "adamw", "adamax"):
        yield f"{name}, given", Case("regression", {}, {**OPTIMIZERS[name], **EXACT, "loss": "mse"})
    losses = {
        "elu": LOSSES["binary"],
        "relu": ("categorical_crossentropy", "mse"),
        "silu": LOSSES["regression"],
    }
    for (activation, asked), kind in zip(losses.items(), ("binary", "multiclass", "regression"), strict=True):
        for loss in asked:
            yield f"{kind}, {loss}", Case(kind, {"activation": activation}, {**SGD, "loss": loss})
    yield "multilabel", Case("multilabel", {"activation": "selu"}, {**ADAM, **BINARY})
    yield "focal over classes", Case("multiclass", {"activation": "softplus"}, {**ADAM, "loss": "focal"})
    for activation in ("gelu", "mish", "sigmoid", "linear"):
        within = 1e-8 if activation == "gelu" else 1e-9
        yield activation, Case("binary", {"activation": activation}, {**ADAM, **BINARY}, within=within)
    leaky = {"activation": "leaky_relu", "negative_slope": 2**-6}
    yield "leaky_relu", Case("binary", leaky, {**ADAM, **BINARY})
    yield from _others()


def _others() -> Iterator[tuple[str, Case]]:
    yield "batch norm", Case("binary", {"norm": "batch"}, {**SGD, **BINARY})
    yield "layer norm", Case("multiclass", {"norm": "layer"}, {**ADAM, **CLASSES})
    yield "residual", Case("regression", {"hidden": (6, 6, 6), "residual": True}, {**ADAM, "loss": "mse"})
    smoothed = {**ADAM, "label_smoothing": 0.2}
    yield "smoothed labels", Case("binary", {}, {**smoothed, **BINARY})
    yield "smoothed classes", Case("multiclass", {}, {**smoothed, **CLASSES}, {"0": 2.0, "1": 0.5, "2": 3.0})
    yield "balanced", Case("binary", {}, {**ADAM, **BINARY}, "balanced", within=1e-8)
    yield "l1 and l2", Case("binary", {}, {**ADAM, **BINARY, "l1": 2**-10, "l2": 2**-7})
    decayed = {**BINARY, "weight_decay": 2**-5, "clip_norm": 0.1}
    for name, settings in {
        "sgd, Nesterov": OPTIMIZERS["sgd, Nesterov"],
        "adam": ADAM,
        "lion": OPTIMIZERS["lion"],
    }.items():
        yield f"decay and a clipped norm, {name}", Case("binary", {}, {**settings, **decayed})
    yield "clipped values", Case("binary", {}, {**SGD, **BINARY, "clip_value": 0.01})
    for schedule in (
        {"name": "step", "every": 3, "factor": 0.5},
        {"name": "exponential", "factor": 0.75},
        {"name": "plateau", "factor": 0.25, "patience": 2, "min_delta": 0.01},
    ):
        moved = {**SGD, **BINARY, "learning_rate": 2**-7, "schedule": Schedule(**schedule)}  # type: ignore[arg-type]
        yield f"schedule {schedule['name']}", Case("binary", {}, moved)


CASES = dict(cases())


@cache
def expected(name: str) -> tuple[NDArray[Any], ...]:
    """What Keras ends with: once for all engines."""
    from tests.oracle import keras

    case = CASES[name]
    asked = lineage("keras", case.network, case.class_weight, **case.train)
    return keras.train(asked, fold(case.kind), TASKS[case.kind])


@pytest.mark.parametrize("held", HELD, ids=[held.name for held in HELD])
@pytest.mark.parametrize("name", CASES)
def test_weights_agree_with_keras(name: str, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that is named as in Keras would train otherwise than in Keras."""
    if held.native and not native.available():
        pytest.skip("installed without a C compiler: there is no native code here")
    monkeypatch.setattr(native, "available", lambda: held.native)
    case = CASES[name]
    asked = lineage("keras", case.network, case.class_weight, **case.train)
    found = trained(held, asked, fold(case.kind), TASKS[case.kind])
    assert apart(found, expected(name)) < max(held.tolerance, case.within)
