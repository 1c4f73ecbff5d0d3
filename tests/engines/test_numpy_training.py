"""The reference's training: schedules against PyTorch's, and what an outcome rests on. Its optimizers are
held to PyTorch's and Keras's in tests/oracle.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.optim import lr_scheduler

from paribus.engines.numpy import NumpyEngine
from paribus.engines.numpy.descent import clipped
from paribus.engines.numpy.schedules import LearningRate, Length
from paribus.engines.numpy.watch import Watch
from paribus.networks.mlp import blocks, n_parameters
from paribus.population.outcome import FoldArrays, Lineage, Outcome, Task
from paribus.study.configuration import Configuration
from paribus.study.spec import EarlyStopping, Prepare, Schedule, Train
from tests.draw import FOLD, KINDS, TASKS, configuration, fold, random_configuration, relative


@pytest.fixture(autouse=True)
def arithmetic() -> None:
    """The reference has one arithmetic, whatever the population has."""


SCHEDULERS: dict[str, tuple[dict[str, Any], Any]] = {
    "step": ({"every": 3, "factor": 0.5}, partial(lr_scheduler.StepLR, step_size=3, gamma=0.5)),
    "exponential": ({"factor": 0.8}, partial(lr_scheduler.ExponentialLR, gamma=0.8)),
    "cosine": ({"floor": 0.1}, partial(lr_scheduler.CosineAnnealingLR, T_max=12, eta_min=0.1)),
}


def _followed(made: Any, optimizer: torch.optim.Optimizer, count: int) -> list[float]:
    """The rates of a scheduler, one before each of its steps."""
    found = []
    for _ in range(count):
        found.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        made.step()
    return found


def _descent() -> torch.optim.Optimizer:
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)


@pytest.mark.parametrize("name", list(SCHEDULERS))
def test_schedules_by_epochs_are_pytorchs(name: str) -> None:
    """A schedule would move the rate otherwise than the one its name is known from."""
    given, theirs = SCHEDULERS[name]
    rate = LearningRate(Train(learning_rate=1.0, schedule=Schedule(name=name, **given)), Length(12, 3))
    optimizer = _descent()
    expected = _followed(theirs(optimizer), optimizer, 12)
    assert [rate.at(epoch, 3 * epoch) for epoch in range(1, 13)] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("epochs", "steps", "peak"), [(6, 7, 0.3), (1, 3, 0.3), (5, 4, 0.5), (2, 1, 0.9)])
def test_one_cycle_is_pytorchs(epochs: int, steps: int, peak: float) -> None:
    """The rate would peak elsewhere, or end above where it should."""
    schedule = Schedule(name="one_cycle", peak=peak, start=0.1, floor=1e-3)
    rate = LearningRate(Train(learning_rate=1.0, schedule=schedule), Length(epochs, steps))
    optimizer, total = _descent(), epochs * steps
    theirs = lr_scheduler.OneCycleLR(
        optimizer, 1.0, total, pct_start=peak, div_factor=10, final_div_factor=100, cycle_momentum=False
    )
    expected = [*_followed(theirs, optimizer, total - 1), optimizer.param_groups[0]["lr"]]
    found = [rate.at(1 + (step - 1) // steps, step) for step in range(1, total + 1)]
    assert found == pytest.approx(expected, rel=1e-9)


def test_warmup_is_pytorchs() -> None:
    """The first steps would be longer than asked for."""
    rate = LearningRate(Train(learning_rate=1.0, schedule=Schedule(warmup=2)), Length(4, 5))
    optimizer = _descent()
    theirs = lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=9)
    expected = _followed(theirs, optimizer, 20)
    found = [rate.at(1 + (step - 1) // 5, step) for step in range(1, 21)]
    assert found == pytest.approx(expected, rel=1e-9)


def test_plateau_is_pytorchs() -> None:
    """The rate would fall while the network still learns, or stay while it doesn't."""
    schedule = Schedule(name="plateau", factor=0.5, patience=2, min_delta=0.1, floor=0.2)
    rate = LearningRate(Train(learning_rate=1.0, schedule=schedule), Length(30, 1))
    optimizer = _descent()
    # PyTorch lowers the rate after more than `patience` epochs, Keras after `patience`.
    theirs = lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=0.5, patience=1, threshold=0.1, threshold_mode="abs", min_lr=0.2, eps=0
    )
    met = [3, 2.95, 2.91, 2.85, 2.8, 2.78, float("nan"), 1, 1, 0.95, 0.95, 0.5, 0.5, 0.5, 0.5, 0.5]
    for epoch, loss in enumerate(met, start=1):
        assert rate.at(epoch, epoch) == pytest.approx(optimizer.param_groups[0]["lr"])
        rate.schedule.see({"loss": loss})
        theirs.step(loss)
    assert rate.at(20, 20) == pytest.approx(0.2)


def test_what_is_watched_improves_by_its_direction() -> None:
    """Early stopping would keep the worst epoch, or one whose loss is no number."""
    nothing = float("nan")
    cases: list[tuple[Watch, str, list[float], list[bool]]] = [
        (Watch("val_loss"), "loss", [nothing, 2, 2, 1, nothing], [False, True, False, True, False]),
        (Watch("val_recall"), "recall", [0.1, 0.5, 0.4], [True, True, False]),
        (Watch("val_log_loss"), "log_loss", [0.1, 0.5, 0.05], [True, False, True]),
        (Watch("val_loss", "max"), "loss", [1, 2, 1.5], [True, True, False]),
        (Watch("val_recall", "min"), "recall", [0.5, 0.6, 0.4], [True, False, True]),
        (Watch("val_loss", min_delta=0.5), "loss", [2, 1.6, 1.4], [True, False, True]),
    ]
    for watch, name, values, better in cases:
        assert [watch.improves({name: value}) for value in values] == better


def test_gradients_are_clipped() -> None:
    """One wild batch would throw a network that was meant to be held."""
    gradients = [np.array([[3.0, -4.0]]), np.array([[12.0]])]
    (first, second) = clipped(gradients, Train(clip_norm=6.5))
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), [[1.5, -2.0, 6.0]])
    assert clipped(gradients, Train(clip_norm=14.0))[1] == 12
    assert clipped(gradients, Train(clip_norm=6.5, convention="torch"))[1] < second
    np.testing.assert_array_equal(clipped(gradients, Train(clip_value=3.5))[0], [[3.0, -3.5]])


def _trained(made: Configuration, data: FoldArrays, task: Task) -> Outcome:
    (outcome,) = NumpyEngine().train([Lineage(made, (made.train.epochs,), 0, 3)], {FOLD: data}, task)
    return outcome


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_an_outcome_holds_every_array(kind: str, seed: int) -> None:
    """A part of the network, its moving averages say, would be missing where it is delivered."""
    made = random_configuration(Random(seed), kind)
    outcome = _trained(made, fold(kind, weighted=True), TASKS[kind])
    shapes = [block.shape for block in blocks(made.network, 5, TASKS[kind].n_outputs)]
    assert [array.shape for array in outcome.weights] == shapes
    assert outcome.n_parameters == n_parameters(made.network, 5, TASKS[kind].n_outputs)


def test_stop_rows_are_watched_instead_of_validation_rows() -> None:
    """The validation rows would choose the epoch that they judge."""
    stopping = EarlyStopping(patience=3)
    made = configuration(epochs=80, learning_rate=0.05, early_stopping=stopping)
    outcome = _trained(made, fold("binary", stop=20), TASKS["binary"])
    assert {"stop_loss", "stop_recall", "stop_roc_auc", "stop_log_loss"} < set(outcome.curves)
    assert outcome.best_epoch == int(np.argmin(outcome.curves["stop_loss"])) + 1
    assert outcome.best_epoch != int(np.argmin(outcome.curves["val_loss"])) + 1


def test_early_stopping_without_an_improvement_keeps_the_last_epoch() -> None:
    """A score that is never defined would bring back a network that was never trained."""
    data = fold("binary")
    alone = replace(data, val_x=data.val_x[data.val_y == 1], val_y=data.val_y[data.val_y == 1])
    stopping = EarlyStopping(monitor="val_roc_auc", patience=4)
    outcome = _trained(configuration(epochs=9, early_stopping=stopping), alone, TASKS["binary"])
    last = _trained(configuration(epochs=4), alone, TASKS["binary"])
    assert (outcome.epochs_run, outcome.best_epoch) == (4, 0)
    for ours, theirs in zip(outcome.weights, last.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


STILL: dict[str, Any] = {"optimizer": "sgd", "learning_rate": 1e-30, "epochs": 1}
"""A training that moves nothing: what it meets is what it leaves."""


def test_metrics_of_training_are_of_the_training_rows() -> None:
    """A learning curve would pair the scores of one row with the truth of another."""
    task = replace(TASKS["binary"], train_metrics=True)
    outcome = _trained(configuration(batch_size=7, **STILL), fold("binary"), task)
    assert {metric: outcome.curves[metric][0] for metric in task.metrics} == pytest.approx(outcome.train)
    noisy = _trained(configuration({"dropout": 0.5}, **STILL), fold("binary"), task)
    assert noisy.curves["log_loss"][0] != pytest.approx(noisy.train["log_loss"], rel=1e-3)


def test_reported_losses_are_plain() -> None:
    """Configurations with other weights, penalties or smoothing could not be compared by their loss."""
    made = configuration(l1=1.0, l2=1.0, label_smoothing=0.3, batch_size=7, **STILL)
    made = replace(made, prepare=Prepare(class_weight={"0": 5.0, "1": 0.1}))
    outcome = _trained(made, fold("binary", weighted=True), TASKS["binary"])
    assert outcome.curves["loss"][0] == pytest.approx(outcome.train["log_loss"], rel=1e-5)
    assert outcome.curves["val_loss"][0] == pytest.approx(outcome.val["log_loss"], rel=1e-5)


def test_weights_of_rows_and_classes_multiply() -> None:
    """A rare class, or a row that stands for many, would count like any other."""
    data = fold("binary", weighted=True)
    assert data.train_weight is not None
    made = configuration(epochs=3)
    by_class = np.where(data.train_y == 1, 4.0, 0.5).astype(np.float32)
    both = replace(data, train_weight=data.train_weight * by_class)
    weighted = replace(made, prepare=Prepare(class_weight={"0": 0.5, "1": 4.0}))
    one, other = _trained(weighted, data, TASKS["binary"]), _trained(made, both, TASKS["binary"])
    plain = _trained(made, replace(data, train_weight=None), TASKS["binary"])
    for ours, theirs, neither in zip(one.weights, other.weights, plain.weights, strict=True):
        assert relative(ours, theirs) < 1e-6
        assert relative(ours, neither) > 1e-3


RATE = 2.0**-20


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        # Two steps an epoch: a quarter, a half; three quarters, all; from then on all.
        ({"warmup": 2}, [0.75, 1.75, 2, 2]),
        ({"name": "step", "every": 2, "factor": 0.5}, [2, 2, 1, 1]),
        ({"name": "plateau", "patience": 1, "factor": 0.5, "min_delta": 1e9}, [2, 2, 1, 0.5]),
    ],
)
def test_each_step_is_as_long_as_its_learning_rate(schedule: dict[str, Any], rates: list[float]) -> None:
    """A schedule would be written into the record and not be followed."""
    made = configuration(
        {"hidden": ()},
        optimizer="lion",
        learning_rate=RATE,
        batch_size=40,
        epochs=4,
        schedule=Schedule(**schedule),
    )
    # Lion's step is the rate in size, and a far target keeps its sign.
    data = fold("regression")
    far = replace(data, train_y=data.train_y + np.float32(1000))
    outcomes = NumpyEngine().train([Lineage(made, (1, 2, 3, 4), 0, 3)], {FOLD: far}, TASKS["regression"])
    biases = [0.0, *(float(outcome.weights[0][-1, 0]) for outcome in outcomes)]
    np.testing.assert_allclose(np.diff(biases) / RATE, rates, rtol=1e-5)


def test_penalties_pull_at_the_weights() -> None:
    """A study of l1 and l2 would find that they change nothing."""
    data = fold("regression")
    blank = replace(data, train_x=np.zeros_like(data.train_x))
    made = configuration({"hidden": ()}, optimizer="sgd", learning_rate=0.1, batch_size=60, epochs=1)
    pulled = replace(made, train=made.train.model_copy(update={"l1": 0.02, "l2": 0.5}))
    (free,), (held,) = (_trained(each, blank, TASKS["regression"]).weights for each in (made, pulled))
    np.testing.assert_allclose(held[:-1], 0.9 * free[:-1] - 0.002 * np.sign(free[:-1]), rtol=1e-5)
    np.testing.assert_array_equal(held[-1], free[-1])


def test_moving_averages_follow_the_batches() -> None:
    """A normalised network would be judged and delivered by averages that it never met."""
    data = fold("regression")
    made = configuration({"hidden": (3,), "norm": "batch", "norm_momentum": 0.0}, batch_size=60, **STILL)
    weights, _, _, moving = _trained(made, data, TASKS["regression"]).weights
    sums = data.train_x @ weights[:-1] + weights[-1]
    np.testing.assert_allclose(moving, [sums.mean(axis=0), sums.var(axis=0)], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("convention", ["keras", "torch"])
def test_a_batch_of_one_row_is_normalised(convention: str) -> None:
    """A number of rows that leaves one over would end a study."""
    made = configuration({"norm": "batch"}, convention=convention, batch_size=59, epochs=2)
    outcome = _trained(made, fold("regression"), TASKS["regression"])
    assert outcome.status == "done"
    assert all(np.isfinite(array).all() for array in outcome.weights)


def test_several_targets_are_predicted() -> None:
    """Of many targets only the first would be learnt."""
    data = fold("multilabel")
    targets: NDArray[np.float32] = data.train_x[:, :2] @ np.array([[1, 2], [3, -1]], np.float32)
    checked: NDArray[np.float32] = data.val_x[:, :2] @ np.array([[1, 2], [3, -1]], np.float32)
    made = configuration({"hidden": ()}, optimizer="sgd", learning_rate=0.1, epochs=120)
    task = Task("regression", 2, ())
    outcome = _trained(made, FoldArrays(data.train_x, targets, data.val_x, checked), task)
    assert outcome.predictions is not None
    assert outcome.predictions.shape == checked.shape
    assert relative(outcome.predictions, checked) < 1e-3


@pytest.mark.parametrize("precision", ["auto", "float64"])
def test_the_reference_computes_in_float64_alone(precision: str) -> None:
    """A study would ask for float32, be given float64, and its record would say float32."""
    assert Train(engine="numpy", precision=precision).precision == precision  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="the numpy engine computes in float64: say float64, or auto"):
        Train(engine="numpy", precision="float32")
