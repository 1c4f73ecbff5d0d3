"""The engines against PyTorch's own modules, losses, autograd, optimizers and schedulers: 100 steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from paribus.population import native
from paribus.population.outcome import FoldArrays
from paribus.study.spec import Schedule
from tests.oracle import pytorch
from tests.oracle.cases import ACTIVATIONS, LOSSES, OPTIMIZERS, ROWS, TASKS, apart, fold, lineage
from tests.oracle.engines import HELD, Held, trained


class Case(NamedTuple):
    """What is trained; `weighted`: with a weight for each row."""

    kind: str
    network: dict[str, Any]
    train: dict[str, Any]
    class_weight: str | dict[str, float] = "none"
    weighted: bool = False


SGD, ADAM = OPTIMIZERS["sgd, momentum"], OPTIMIZERS["adam"]
BINARY = {"loss": "binary_crossentropy"}
CLASSES = {"loss": "categorical_crossentropy"}


def cases() -> Iterator[tuple[str, Case]]:
    """Every optimizer on every task, and every other option at least once."""
    tasks = (
        ("binary", "relu", "binary_crossentropy"),
        ("multiclass", "tanh", "categorical_crossentropy"),
        ("multilabel", "silu", "hinge"),
        ("regression", "gelu", "mse"),
    )
    for name, optimizer in OPTIMIZERS.items():
        for kind, activation, loss in tasks:
            yield f"{name}, {kind}", Case(kind, {"activation": activation}, {**optimizer, "loss": loss})
    for activation in ACTIVATIONS:
        yield activation, Case("binary", {"activation": activation}, {**ADAM, **BINARY})
    for kind, losses in LOSSES.items():
        for loss in losses:
            yield f"{kind}, {loss}", Case(kind, {"activation": "elu"}, {**SGD, "loss": loss})
    yield from _losses()
    yield from _layers()
    yield from _steps()
    yield from _schedules()


def _losses() -> Iterator[tuple[str, Case]]:
    yield "smoothed labels", Case("multilabel", {}, {**ADAM, **BINARY, "label_smoothing": 0.2})
    yield "smoothed classes", Case("multiclass", {}, {**ADAM, **CLASSES, "label_smoothing": 0.2})
    yield "huber's delta", Case("regression", {}, {**SGD, "loss": "huber", "huber_delta": 0.3})
    for kind in ("binary", "multiclass"):
        yield f"focal's gamma, {kind}", Case(kind, {}, {**ADAM, "loss": "focal", "focal_gamma": 3.0})
        yield f"balanced, {kind}", Case(kind, {}, {**ADAM, "loss": LOSSES[kind][0]}, "balanced")
    table = {"0": 2.0, "1": 0.5, "2": 3.0}
    yield "a table of weights", Case("multiclass", {}, {**SGD, "loss": "mse"}, table)
    yield "balanced labels", Case("multilabel", {}, {**ADAM, **BINARY}, "balanced")
    yield "weighted rows", Case("regression", {}, {**ADAM, "loss": "mae"}, weighted=True)
    yield (
        "weighted rows and classes",
        Case("binary", {}, {**ADAM, "loss": "hinge"}, "balanced", weighted=True),
    )


def _layers() -> Iterator[tuple[str, Case]]:
    # A bias before a batch's normalisation has a gradient of 0 but for rounding, which an optimizer that
    # scales gradients would blow up: gradient descent leaves it.
    for norm in ("layer", "batch"):
        yield f"{norm} norm", Case("binary", {"norm": norm}, {**SGD, **BINARY})
        given = {
            "norm": norm,
            "norm_epsilon": 0.1,
            "activation": "tanh",
            "hidden": (6, 6, 6),
            "residual": True,
        }
        more = {"norm_momentum": 0.5} if norm == "batch" else {}
        yield f"{norm} norm, given", Case("multiclass", {**given, **more}, {**SGD, **CLASSES})
    yield "layer norm, adam", Case("regression", {"norm": "layer"}, {**ADAM, "loss": "mse"})
    wide = {"hidden": (6, 6, 4, 4), "residual": True}
    yield "residual", Case("regression", wide, {**ADAM, "loss": "mse"})
    yield "no hidden layer", Case("multiclass", {"hidden": ()}, {**ADAM, **CLASSES})
    leaky = {"activation": "leaky_relu", "negative_slope": 0.3}
    yield "a slope", Case("binary", leaky, {**ADAM, **BINARY})
    yield "dropout", Case("binary", {"hidden": (6, 6, 4), "dropout": 0.3}, {**ADAM, **BINARY})
    rates = {"hidden": (6, 6, 4), "dropout": (0.0, 0.5, 0.2), "residual": True, "activation": "tanh"}
    yield "dropout by layer", Case("multiclass", rates, {**ADAM, **CLASSES})
    alpha = {"activation": "selu", "dropout": 0.2, "dropout_kind": "alpha"}
    yield "alpha dropout", Case("regression", alpha, {**ADAM, "loss": "mse"})
    last = {"hidden": (6, 6), "dropout": 0.4, "dropout_at": "last", "norm": "layer"}
    yield "dropout before the output", Case("binary", last, {**ADAM, **BINARY})
    yield "input noise", Case("binary", {"input_noise": 0.3, "dropout": 0.1}, {**ADAM, **BINARY})


def _steps() -> Iterator[tuple[str, Case]]:
    for name in ("sgd, Nesterov", "rmsprop, momentum", "adam", "adamw", "adagrad", "lion"):
        decayed = {**OPTIMIZERS[name], **BINARY, "weight_decay": 0.05, "clip_norm": 0.1}
        yield f"weight decay and a clipped norm, {name}", Case("binary", {"norm": "layer"}, decayed)
    yield "clipped values", Case("binary", {}, {**SGD, **BINARY, "clip_value": 0.01})
    yield "l1 and l2", Case("binary", {"norm": "layer"}, {**ADAM, **BINARY, "l1": 1e-3, "l2": 1e-2})
    penalised = {**SGD, **CLASSES, "l1": 1e-2, "clip_norm": 0.5, "weight_decay": 1e-3}
    yield "l1, a clipped norm, decay", Case("multiclass", {}, penalised)
    for name in ("adam", "nadam", "adamax"):
        given = {"beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3}
        yield f"{name}, given", Case("binary", {}, {**OPTIMIZERS[name], **BINARY, **given})
    for name in ("rmsprop, momentum", "adadelta"):
        yield (
            f"{name}, given",
            Case("binary", {}, {**OPTIMIZERS[name], **BINARY, "rho": 0.8, "epsilon": 1e-3}),
        )


def _schedules() -> Iterator[tuple[str, Case]]:
    asked: tuple[dict[str, Any], ...] = (
        {"name": "step", "every": 3, "factor": 0.5},
        {"name": "exponential", "factor": 0.8},
        {"name": "cosine", "floor": 0.1},
        {"name": "one_cycle"},
        {"name": "one_cycle", "peak": 0.45, "start": 0.2, "floor": 0.01},
        {"name": "plateau", "factor": 0.3, "patience": 2, "min_delta": 0.01, "floor": 0.05},
        {"name": "constant", "warmup": 4},
        {"name": "step", "every": 5, "factor": 0.3, "warmup": 3},
        {"name": "cosine", "warmup": 6},
    )
    for settings in asked:
        name = ", ".join(f"{key} {value}" for key, value in settings.items())
        moved = {**SGD, **BINARY, "schedule": Schedule(**settings)}
        yield f"schedule {name}", Case("binary", {}, moved)
    adam = {**ADAM, "loss": "mse", "schedule": Schedule(name="exponential", warmup=2)}
    yield "schedule, adam", Case("regression", {}, adam)


CASES = dict(cases())


def rows_of(case: Case) -> FoldArrays:
    """The case's fold."""
    data = fold(case.kind)
    if not case.weighted:
        return data
    return replace(data, train_weight=np.random.default_rng(2).uniform(0.2, 3, ROWS).astype(np.float32))


@cache
def expected(name: str) -> tuple[NDArray[Any], ...]:
    """What PyTorch ends with, in float64: once for all engines."""
    case = CASES[name]
    asked = lineage("torch", case.network, case.class_weight, **case.train)
    return pytorch.train(asked, rows_of(case), TASKS[case.kind])


@pytest.fixture
def held(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Held:
    """An engine in one precision, with or without its compiled epoch."""
    found: Held = request.param
    if found.native and not native.available():
        pytest.skip("installed without a C compiler: there is no native code here")
    monkeypatch.setattr(native, "available", lambda: found.native)
    return found


@pytest.mark.parametrize("held", HELD, ids=[held.name for held in HELD], indirect=True)
@pytest.mark.parametrize("name", CASES)
def test_weights_agree_with_pytorch(name: str, held: Held) -> None:
    """An engine would train something that only looks like the network that was asked for."""
    case = CASES[name]
    asked = lineage("torch", case.network, case.class_weight, **case.train)
    found = trained(held, asked, rows_of(case), TASKS[case.kind])
    assert apart(found, expected(name)) < held.tolerance


@pytest.mark.parametrize("rate", [0.1, 0.4])
@pytest.mark.parametrize(
    ("kind", "module"), [("standard", torch.nn.Dropout), ("alpha", torch.nn.AlphaDropout)]
)
def test_noise_drops_as_pytorch_does(kind: str, module: type[torch.nn.Module], rate: float) -> None:
    """The oracle's own dropout, which takes given noise, would hold the engines to a formula of its own."""
    torch.manual_seed(1)
    values = torch.full((1000,), 0.7, dtype=torch.float64)
    noise = pytorch.Noise(rate, kind)
    noise.uniform = torch.linspace(0, 1, 1000)
    found, own = torch.unique(noise(values)), torch.unique(module(rate)(values))
    torch.testing.assert_close(found, own, rtol=1e-12, atol=1e-12)


def test_the_options_all_stand_here() -> None:
    """An optimizer, activation or loss that is added later would be held to nothing."""
    from paribus.study.options import names

    assert {settings["optimizer"] for settings in OPTIMIZERS.values()} == set(names("optimizer"))
    assert set(ACTIVATIONS) == set(names("activation"))
    assert {loss for losses in LOSSES.values() for loss in losses} == set(names("loss"))
    asked = [case.train.get("schedule") for case in CASES.values()]
    assert {schedule.name for schedule in asked if schedule} == set(names("schedule"))
    assert {case.network.get("norm", "none") for case in CASES.values()} == set(names("norm"))
