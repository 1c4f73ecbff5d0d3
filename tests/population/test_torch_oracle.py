"""The population against PyTorch's own modules, autograd and optimizers, step by step."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from paribus.engines import ENGINES
from paribus.networks.mlp import MLP, initial_weights
from paribus.networks.predict import predict
from paribus.population.outcome import FoldArrays, Lineage
from paribus.population.rows import order
from tests.draw import FOLD, KINDS, TASKS, configuration, fold, relative

EPOCHS = 5


def trained_by_torch(lineage: Lineage, data: FoldArrays, kind: str) -> MLP:
    """The same training written the way its documentation shows. No dropout: its noise is PyTorch's own."""
    network, rule = lineage.configuration.network, lineage.configuration.train
    outputs = TASKS[kind].n_outputs
    model = MLP(network, data.size[2], outputs)
    model.load(initial_weights(network, data.size[2], outputs, lineage.seed, lineage.fold)).double()
    optimizer = {  # type: ignore[no-untyped-call]
        "sgd": lambda: torch.optim.SGD(model.parameters(), rule.learning_rate, momentum=rule.momentum),
        # PyTorch adds epsilon to the corrected root: made small here, it makes no difference.
        "adam": lambda: torch.optim.Adam(model.parameters(), rule.learning_rate, eps=rule.epsilon),
        # PyTorch adds epsilon beside the root, Keras and paribus under it.
        "rmsprop": lambda: torch.optim.RMSprop(
            model.parameters(), rule.learning_rate, alpha=rule.rho, eps=rule.epsilon
        ),
    }[rule.optimizer]()
    rows = torch.from_numpy(data.train_x.astype(np.float64))
    for epoch in range(1, EPOCHS + 1):
        places = order(lineage.seed, lineage.fold, epoch, len(rows))
        for start in range(0, len(rows), rule.batch_size):
            chosen = places[start : start + rule.batch_size]
            optimizer.zero_grad()
            loss_of(model(rows[chosen]), torch.from_numpy(data.train_y[chosen]), kind, rule.loss).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return model


def loss_of(logits: torch.Tensor, truth: torch.Tensor, kind: str, loss: str) -> torch.Tensor:
    functional = torch.nn.functional
    if kind == "multiclass":
        if loss == "auto":
            return functional.cross_entropy(logits, truth)
        return functional.mse_loss(torch.softmax(logits, 1), functional.one_hot(truth, 3).double())
    if kind == "binary" and loss == "auto":
        return functional.binary_cross_entropy_with_logits(logits[:, 0], truth.double())
    output = torch.sigmoid(logits) if kind == "binary" else logits
    return functional.mse_loss(output[:, 0], truth.double())


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "linear"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
@pytest.mark.parametrize(("kind", "loss"), [(kind, loss) for kind in KINDS for loss in ("auto", "mse")])
def test_weights_agree_with_pytorch(kind: str, loss: str, optimizer: str, activation: str) -> None:
    """The engine would train something that only looks like the network that was asked for."""
    made = configuration(
        {"hidden": (9, 4), "activation": activation},
        optimizer=optimizer,
        momentum=0.5 if optimizer == "sgd" else 0.0,
        learning_rate=0.03 if optimizer == "sgd" else 1e-3,
        epsilon=1e-14,
        batch_size=16,
        epochs=EPOCHS,
        loss=loss,
    )
    lineage, data = Lineage(made, (EPOCHS,), 0, 5), fold(kind, 4)
    (outcome,) = ENGINES["population"].train([lineage], {FOLD: data}, TASKS[kind])
    model = trained_by_torch(lineage, data, kind)
    linear = [layer for layer in model.layers if isinstance(layer, torch.nn.Linear)]
    for matrix, layer in zip(outcome.weights, linear, strict=True):
        assert relative(matrix[:-1], layer.weight.detach().numpy().T) < 1e-4
        assert relative(matrix[-1], layer.bias.detach().numpy()) < 1e-3


@pytest.mark.parametrize("kind", KINDS)
def test_one_network_predicts_what_the_population_predicted(kind: str) -> None:
    """The sealed part would be judged by another network than the one that was chosen."""
    data = fold(kind)
    (outcome,) = ENGINES["population"].train(
        [Lineage(configuration(epochs=3), (3,), 0, 1)], {FOLD: data}, TASKS[kind]
    )
    predicted = predict(configuration().network, outcome.weights, data.val_x, kind)
    assert outcome.predictions is not None
    assert predicted.shape == outcome.predictions.shape
    np.testing.assert_allclose(predicted, outcome.predictions, rtol=1e-5, atol=1e-6)
