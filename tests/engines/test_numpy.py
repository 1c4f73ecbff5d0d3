"""The reference's networks and losses, against what owes them nothing: central differences, PyTorch's
layers and losses.
"""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
import torch
from torch.nn import functional

from paribus.engines.numpy.dropout import drop
from paribus.engines.numpy.losses import PREDICTED, Loss, by_penalty
from paribus.engines.numpy.matrix import Matrix
from paribus.engines.numpy.network import Network
from paribus.engines.numpy.noise import Noise, draw
from paribus.networks.mlp import MLP, blocks
from paribus.networks.noise import input_noise
from paribus.population.losses import ALLOWED_LOSSES, resolve_loss
from paribus.population.outcome import Task
from paribus.study.conventions import loss_shape
from paribus.study.options import names
from paribus.study.spec import Network as Settings
from paribus.study.spec import Train
from tests.draw import KINDS, random_network

ROWS, FEATURES = 9, 4
OUTPUTS = {"binary": 1, "multiclass": 4, "multilabel": 3, "regression": 2}
LOSSES = [(kind, loss) for kind in KINDS for loss in ALLOWED_LOSSES[kind]]


@pytest.fixture(autouse=True)
def arithmetic() -> None:
    """The reference has one arithmetic, whatever the population has."""


class Case:
    """One batch of a random network in training: arrays, rows, truth, noise, weights, all drawn."""

    def __init__(self, settings: Settings, train: Train, kind: str, seed: int) -> None:
        random = np.random.default_rng(seed)
        self.train, self.kind, outputs = train, kind, OUTPUTS[kind]
        self.loss = Loss(train, Task(kind, outputs, ()))  # type: ignore[arg-type]
        drawn = [random.normal(0, 0.6, block.shape) for block in blocks(settings, FEATURES, outputs)]
        self.network = Network(settings, train.convention, drawn)
        self.rows = random.standard_normal((ROWS, FEATURES))
        self.truth = _truth(random, kind)
        units = tuple(
            random.random((ROWS, width), dtype=np.float32) if rate else None
            for width, rate in zip(settings.hidden, settings.dropouts, strict=True)
        )
        self.noise = Noise(settings.input_noise * random.standard_normal(self.rows.shape), units)
        self.weights = random.uniform(0.2, 3, (ROWS, outputs if kind == "multilabel" else 1))

    def objective(self) -> float:
        """What is trained on, the loss by PyTorch."""
        logits = self.network.forward(self.rows, self.noise).logits
        parts = losses_by_torch(logits, self.truth, self.train, self.kind)
        matrices = [weights[:-1] for weights in self.network.weights]
        absolute, squares = (
            sum(float((np.abs(each) ** power).sum()) for each in matrices) for power in (1, 2)
        )
        return float((self.weights * parts).mean()) + self.train.l1 * absolute + self.train.l2 * squares

    def gradients(self) -> list[Matrix]:
        """As the reference trains by them."""
        way = self.network.forward(self.rows, self.noise)
        delta = self.loss.gradient(way.logits, self.truth, self.weights)
        found = self.network.backward(way, delta)
        for layer, weights in enumerate(self.network.weights):
            found[layer] += by_penalty(self.train, weights)
        return found

    def differences(self, step: float = 1e-6) -> list[Matrix]:
        """The slope of the objective by each number in turn."""
        found = [np.zeros_like(array) for array in self.network.trained]
        for array, slopes in zip(self.network.trained, found, strict=True):
            for place in np.ndindex(array.shape):
                own = array[place]
                array[place] = own + step
                above = self.objective()
                array[place] = own - step
                slopes[place] = (above - self.objective()) / (2 * step)
                array[place] = own
        return found

    def check(self) -> None:
        """Raise AssertionError where a gradient is another than its slope."""
        for slopes, gradient in zip(self.differences(), self.gradients(), strict=True):
            scale = max(float(np.abs(slopes).max()), 1e-2)
            np.testing.assert_allclose(gradient, slopes, rtol=0, atol=1e-6 * scale)


def _truth(random: np.random.Generator, kind: str) -> Matrix:
    """(row, output)."""
    if kind == "multiclass":
        return np.eye(OUTPUTS[kind])[random.integers(0, OUTPUTS[kind], ROWS)]
    if kind == "regression":
        return random.standard_normal((ROWS, OUTPUTS[kind]))
    return random.integers(0, 2, (ROWS, OUTPUTS[kind])).astype(np.float64)


def losses_by_torch(logits: Matrix, truth: Matrix, train: Train, kind: str) -> Matrix:
    """Each row's loss, one an output, or (row, 1) over classes."""
    z, y = torch.from_numpy(logits), torch.from_numpy(truth)
    name, smoothing = resolve_loss(train.loss, kind), train.label_smoothing
    found = _of_classes(z, y, name, smoothing, train) if kind == "multiclass" else None
    if found is None:
        p = z if kind == "regression" else torch.sigmoid(z)
        found = {
            "binary_crossentropy": lambda: functional.binary_cross_entropy_with_logits(
                z, y * (1 - smoothing) + smoothing / 2, reduction="none"
            ),
            "mse": lambda: functional.mse_loss(p, y, reduction="none"),
            "mae": lambda: functional.l1_loss(p, y, reduction="none"),
            "huber": lambda: functional.huber_loss(z, y, reduction="none", delta=loss_shape(train)),
            "hinge": lambda: functional.relu(1 - (2 * y - 1) * z),
            "focal": lambda: _focal(torch.where(y == 1, p, 1 - p), train),
        }[name]()
    array: Matrix = found.numpy()
    return array


def _of_classes(z: torch.Tensor, y: torch.Tensor, name: str, smoothing: float, train: Train) -> torch.Tensor:
    p, right = torch.softmax(z, dim=1), y.argmax(dim=1)
    return {
        "categorical_crossentropy": lambda: functional.cross_entropy(
            z, right, reduction="none", label_smoothing=smoothing
        )[:, None],
        "mse": lambda: functional.mse_loss(p, y, reduction="none").mean(dim=1, keepdim=True),
        "mae": lambda: functional.l1_loss(p, y, reduction="none").mean(dim=1, keepdim=True),
        "hinge": lambda: functional.multi_margin_loss(z, right, reduction="none")[:, None],
        "focal": lambda: _focal((p * y).sum(dim=1, keepdim=True), train),
    }[name]()


def _focal(q: torch.Tensor, train: Train) -> torch.Tensor:
    return (1 - q) ** loss_shape(train) * -torch.log(q)


def _any_train(loss: str, seed: int) -> Train:
    """Each of the loss's settings at one of the first seeds."""
    return Train(
        loss=loss,
        label_smoothing=[0.0, 0.2][seed % 2] if loss.endswith("crossentropy") else 0.0,
        focal_gamma=[None, 0.5, 3.0][seed % 3] if loss == "focal" else None,
        huber_delta=[None, 0.4][seed % 2] if loss == "huber" else None,
        l1=[0.0, 0.05, 0.0][seed % 3],
        l2=[0.0, 0.0, 0.05][seed % 3],
    )


@pytest.mark.parametrize(("kind", "loss"), LOSSES)
@pytest.mark.parametrize("seed", range(5))
def test_gradients_are_the_slopes_of_the_loss(kind: str, loss: str, seed: int) -> None:
    """The reference would go downhill on another loss than the one asked for, and all engines with it."""
    random = Random(f"{kind} {loss} {seed}")
    Case(random_network(random, widest=6), _any_train(loss, seed), kind, seed).check()


@pytest.mark.parametrize("activation", names("activation"))
@pytest.mark.parametrize("norm", names("norm"))
@pytest.mark.parametrize("dropout", names("dropout"))
def test_gradients_of_every_layer(activation: str, norm: str, dropout: str) -> None:
    """One activation, normalisation or dropout would be trained wrongly wherever it is asked for."""
    for residual, hidden in ((False, (5, 3)), (True, (4, 4, 4))):
        settings = Settings(
            hidden=hidden,
            activation=activation,
            norm=norm,
            dropout=0.3,
            dropout_kind=dropout,
            residual=residual,
            input_noise=0.5,
        )
        Case(settings, Train(l2=0.01), "regression", len(activation)).check()


@pytest.mark.parametrize(("kind", "loss"), LOSSES)
def test_losses_are_pytorchs(kind: str, loss: str) -> None:
    """A reported loss would not be the one that its name stands for."""
    random = np.random.default_rng(3)
    task = Task(kind, OUTPUTS[kind], ())  # type: ignore[arg-type]
    train, truth = Train(loss=loss), _truth(random, kind)
    logits = random.normal(0, 3, truth.shape)
    theirs = losses_by_torch(logits, truth, train, kind).mean(axis=1)
    np.testing.assert_allclose(Loss(train, task).plain(logits, truth), theirs, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("kind", "loss"), LOSSES)
def test_a_certain_network_has_a_loss_and_a_gradient(kind: str, loss: str) -> None:
    """A network that is sure, rightly or wrongly, would count as diverged."""
    task = Task(kind, OUTPUTS[kind], ())  # type: ignore[arg-type]
    truth = _truth(np.random.default_rng(3), kind)
    for sure in (-800.0, 800.0):
        logits, trained = sure * (2 * truth - 1), Loss(Train(loss=loss), task)
        assert np.isfinite(trained.plain(logits, truth)).all()
        assert np.isfinite(trained.gradient(logits, truth, np.ones((ROWS, 1)))).all()


@pytest.mark.parametrize("kind", KINDS)
def test_predictions_are_probabilities_or_values(kind: str) -> None:
    """Scores would be taken of logits."""
    logits = np.array([[-1.0, 0.5, 2.0], [0.0, 0.0, 0.0]])
    z = torch.from_numpy(logits)
    theirs = {"multiclass": torch.softmax(z, 1), "regression": z}.get(kind, torch.sigmoid(z))
    np.testing.assert_allclose(PREDICTED[kind](logits), theirs.numpy(), rtol=1e-12)


@pytest.mark.parametrize("activation", names("activation"))
@pytest.mark.parametrize("norm", names("norm"))
@pytest.mark.parametrize("residual", [False, True])
def test_the_network_is_pytorchs(activation: str, norm: str, residual: bool) -> None:
    """The network that is trained would not be the one that is delivered."""
    settings = Settings(hidden=(6, 6, 3), activation=activation, norm=norm, residual=residual)
    random = np.random.default_rng(1)
    drawn = [random.uniform(0.1, 1, block.shape) for block in blocks(settings, FEATURES, 2)]
    rows = random.standard_normal((ROWS, FEATURES))
    ours = Network(settings, "torch", drawn)
    theirs = MLP(settings, FEATURES, 2, "torch").double().load(drawn)
    for training in (True, False):
        logits = theirs.train(training)(torch.from_numpy(rows)).detach().numpy()
        if training:
            way = ours.forward(rows, Noise(None, (None,) * 3))
            ours.move_averages(way)
        np.testing.assert_allclose(way.logits if training else ours.logits(rows), logits, rtol=1e-9)
    for array, block in zip(ours.arrays, theirs.arrays(), strict=True):
        np.testing.assert_allclose(array, block, rtol=1e-12)


def test_dropout_keeps_what_it_promises() -> None:
    """Values would grow or shrink with the rate: a rate would be a scale too."""
    random = np.random.default_rng(0)
    values = random.standard_normal((2000, 100))
    noise = random.random(values.shape, dtype=np.float32)
    standard, slopes = drop(values + 1, noise, 0.3, "standard")
    assert standard.mean() == pytest.approx(1, abs=0.01)
    assert (standard == 0).mean() == pytest.approx(0.3, abs=0.01)
    np.testing.assert_array_equal(slopes, np.where(noise < np.float32(0.3), 0, 1 / 0.7))
    alpha, _ = drop(values, noise, 0.3, "alpha")
    assert alpha.mean() == pytest.approx(0, abs=0.01)
    assert alpha.var() == pytest.approx(1, abs=0.01)


def test_noise_is_named_by_the_layers_before() -> None:
    """Trials that differ in one rate would differ in all their noise: not other things equal."""
    one, other = (Settings(hidden=(4, 3, 4), dropout=rates) for rates in ((0.5, 0.5, 0.5), (0.0, 0.0, 0.2)))
    every, last = (draw(settings, 7, 0, 1, 10, FEATURES) for settings in (one, other))
    assert last.units[:2] == (None, None)
    first, third, same = every.units[0], every.units[2], last.units[2]
    assert first is not None
    assert third is not None
    assert same is not None
    np.testing.assert_array_equal(third, same)
    assert not np.array_equal(first, third)
    _, second = draw(Settings(hidden=(4, 4), dropout=0.5), 7, 0, 1, 10, FEATURES).units
    assert second is not None
    np.testing.assert_array_equal(third, second)


def test_input_noise_is_added_to_the_features() -> None:
    """A study of input noise would compare networks without any, or all with the same."""
    settings = Settings(hidden=(4,), input_noise=0.2)
    noise = draw(settings, 7, 0, 1, ROWS, FEATURES)
    assert noise.features is not None
    np.testing.assert_allclose(noise.features, 0.2 * input_noise(7, 0, 1, ROWS, FEATURES), rtol=1e-6)
    arrays = [np.ones(block.shape) for block in blocks(settings, FEATURES, 1)]
    network, rows = Network(settings, "keras", arrays), np.ones((ROWS, FEATURES))
    added = network.forward(rows + noise.features, Noise(None, (None,))).logits
    np.testing.assert_array_equal(network.forward(rows, noise).logits, added)
