"""Convolutional networks against Keras' own layers: parameters, predictions, float64 trainings.

Run with `pytest -m keras` where Keras and TensorFlow are installed (the extra `bench`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from paribus.engines.torch.training import Training
from paribus.networks.build import build
from paribus.networks.noise import order
from paribus.population.outcome import FoldArrays
from paribus.study.convolution import PRESETS
from tests.oracle.cases import OPTIMIZERS, TASKS, apart, lineage
from tests.oracle.marks import KERAS

pytestmark = KERAS

SIDE, ROWS, BATCH, EPOCHS = 12, 26, 6, 4
"""Five steps an epoch, the last of 2 images."""
UNDROPPED = {
    name: [" ".join(word for word in block.split() if ":" not in word) for block in blocks]
    for name, blocks in PRESETS.items()
}
"""The networks without dropout, whose noise Keras draws otherwise."""
TRAINED = {
    "sgd": OPTIMIZERS["sgd, momentum"],
    "adam": {**OPTIMIZERS["adam"], "beta_1": 1 - 2**-3, "beta_2": 1 - 2**-10},
}


def published(keras: Any, kind: str, side: int, dropout: bool) -> Any:
    """Study D's networks as a notebook writes them, up to the logits."""
    layers = keras.layers

    def convolution(filters: int) -> Any:
        return layers.Conv2D(filters, 3, padding="same", activation="relu")

    def dropped(rate: float) -> list[Any]:
        return [layers.Dropout(rate)] if dropout else []

    simple = [
        *(convolution(32), layers.MaxPooling2D()),
        *(convolution(64), layers.MaxPooling2D()),
        *(convolution(128), layers.GlobalAveragePooling2D()),
    ]
    enhanced = [
        *(convolution(32), layers.BatchNormalization(), convolution(32), layers.MaxPooling2D()),
        *(*dropped(0.25), convolution(64), layers.BatchNormalization(), convolution(64)),
        *(layers.MaxPooling2D(), *dropped(0.25), convolution(128), layers.BatchNormalization()),
        *(layers.GlobalAveragePooling2D(), *dropped(0.5)),
    ]
    body = simple if kind == "simple_cnn" else enhanced
    return keras.Sequential([keras.Input((side, side, 3)), *body, layers.Dense(1)])


def given(arrays: tuple[NDArray[Any], ...]) -> list[NDArray[Any]]:
    """Our arrays as Keras has them: a kernel is (height, width, channel, filter)."""
    turned = {4: lambda array: array.transpose(2, 3, 1, 0), 2: lambda array: array.T}
    return [turned.get(array.ndim, lambda each: each)(array) for array in arrays]


def images() -> FoldArrays:
    """Images whose class shows in how neighbours differ."""
    random = np.random.default_rng(4)
    labels = random.integers(0, 2, ROWS + 8)
    stripes = np.indices((SIDE, SIDE)) % 2
    rows = np.stack([stripes[label] for label in labels])[:, None] + random.normal(
        0, 0.5, (len(labels), 3, SIDE, SIDE)
    )
    given_rows: NDArray[np.float32] = rows.astype(np.float32)
    return FoldArrays(given_rows[:ROWS], labels[:ROWS], given_rows[ROWS:], labels[ROWS:])


@pytest.mark.parametrize("kind", PRESETS)
def test_the_published_networks_have_keras_parameters(kind: str) -> None:
    """The published figures would be met by other networks."""
    from tests.oracle.keras import floats

    asked = lineage("keras", {"kind": kind, "hidden": ()})
    ours = build(asked.configuration, (3, 96, 96), 1)
    with floats("float32") as keras:
        model = published(keras, kind, 96, dropout=True)
        assert sum(array.size for array in ours.arrays()) == model.count_params()
        assert sum(weight.shape.num_elements() for weight in model.trainable_weights) == sum(
            each.numel() for each in ours.parameters()
        )
        model.set_weights(given(ours.arrays()))
        rows = np.random.default_rng(0).random((5, 3, 96, 96), dtype=np.float32)
        expected = model.predict(np.moveaxis(rows, 1, -1), verbose=0)
    np.testing.assert_allclose(ours.logits(rows), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("optimizer", TRAINED)
@pytest.mark.parametrize("kind", PRESETS)
def test_training_agrees_with_keras(kind: str, optimizer: str) -> None:
    """A network that is named as in a Keras notebook would train otherwise than there."""
    from tests.oracle.keras import floats, loss_of, optimizer_of

    data, task = images(), TASKS["binary"]
    asked = lineage(
        "keras",
        {"kind": "cnn", "blocks": UNDROPPED[kind], "hidden": ()},
        **{
            **TRAINED[optimizer],
            "loss": "binary_crossentropy",
            "batch_size": BATCH,
            "epochs": EPOCHS,
            "engine": "torch",
            "precision": "float64",
        },
    )
    ours = Training(asked, data, task)
    begun = given(ours.network.arrays())
    (outcome,) = ours.outcomes()
    assert outcome.status == "done"
    rule = asked.configuration.train
    with floats("float64") as keras:
        model = published(keras, kind, SIDE, dropout=False)
        model.set_weights(begun)
        model.compile(optimizer=optimizer_of(rule, 5), loss=loss_of(rule, task), jit_compile=False)
        rows, truth = np.moveaxis(np.asarray(data.train_x), 1, -1), data.train_y[:, None]
        for epoch in range(1, EPOCHS + 1):
            places = order(asked.seed, asked.fold, epoch, ROWS)
            for start in range(0, ROWS, BATCH):
                batch = places[start : start + BATCH]
                model.train_on_batch(rows[batch], truth[batch])
        expected = model.get_weights()
    assert apart(given(ours.network.arrays()), expected) < 1e-8
