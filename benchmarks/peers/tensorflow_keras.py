"""Keras on TensorFlow, as in the published notebook: build, compile, fit with a callback."""

from __future__ import annotations

from functools import cache
from time import perf_counter

import keras
import numpy as np

from paribus.population.outcome import FoldArrays
from paribus.study.configuration import Configuration
from paribus.study.conventions import constants
from peers.peer import Array, Fit, Peer, patience_of


def network(configuration: Configuration, n_features: int) -> keras.Sequential:
    """The configuration's network, compiled: dropout after every hidden layer, or once before the output."""
    asked, rule = configuration.network, configuration.train
    model = keras.Sequential([keras.Input((n_features,))])
    for place, units in enumerate(asked.hidden, start=1):
        model.add(keras.layers.Dense(units, activation=asked.activation, kernel_initializer="he_normal"))
        if asked.dropout and (asked.dropout_at == "every" or place == len(asked.hidden)):
            model.add(keras.layers.Dropout(asked.dropout))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    usual = constants(rule)
    adam = keras.optimizers.Adam(rule.learning_rate, usual.beta_1, usual.beta_2, usual.epsilon)
    model.compile(optimizer=adam, loss="binary_crossentropy")
    return model


def train(model: keras.Sequential, configuration: Configuration, fold: FoldArrays) -> int:
    """Train with early stopping and the best weights restored; the epochs that were run."""
    patience = patience_of(configuration)
    stopping = keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True)
    history = model.fit(
        fold.train_x,
        fold.train_y,
        batch_size=configuration.train.batch_size,
        epochs=configuration.train.epochs,
        validation_data=(fold.val_x, fold.val_y),
        callbacks=[stopping],
        verbose=0,
    )
    return len(history.epoch)


@cache
def _warm_up() -> None:
    """A first fit in this process, which no clock sees."""
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile(loss="mse")
    model.fit(np.ones((8, 4)), np.ones(8), verbose=0)


def fit(configuration: Configuration, fold: FoldArrays, seed: int) -> Fit:
    """One network, from `keras.Sequential` to its restored weights."""
    _warm_up()
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    started = perf_counter()
    model = network(configuration, fold.train_x.shape[1])
    epochs = train(model, configuration, fold)
    seconds = perf_counter() - started
    found = np.asarray(model(fold.val_x, training=False))[:, 0]
    return Fit(configuration.config_id, configuration.train.epochs, seconds, epochs, found)


def fit_plain(configuration: Configuration, x: Array, y: Array, held_out: Array, seed: int) -> Fit:
    """One network for all its epochs, nothing watched; the clock stops with the held-out predictions."""
    _warm_up()
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    started = perf_counter()
    model = network(configuration, x.shape[1])
    rule = configuration.train
    model.fit(x, y, batch_size=rule.batch_size, epochs=rule.epochs, verbose=0)
    found = np.asarray(model(held_out, training=False))[:, 0]
    return Fit(configuration.config_id, rule.epochs, perf_counter() - started, rule.epochs, found)


PEERS = (Peer("Keras on TensorFlow", fit, alone=True),)
