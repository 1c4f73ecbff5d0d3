"""scikit-learn's MLPClassifier. It has no dropout, so it trains the configurations without any."""

from __future__ import annotations

import warnings
from functools import cache
from time import perf_counter
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from paribus.population.outcome import FoldArrays
from paribus.study.configuration import Configuration
from paribus.study.conventions import constants
from peers.peer import Array, Fit, Peer, Watch, patience_of

NEVER = 10**6


def _without_dropout(configuration: Configuration) -> bool:
    return configuration.network.dropout == 0


def _classifier(configuration: Configuration, seed: int) -> MLPClassifier:
    """The classifier: Adam, logistic loss, no weight decay, and never its own early stopping.

    A generator, not a number, is its seed: with a number every `partial_fit` would meet the rows in
    the same order.
    """
    train, usual = configuration.train, constants(configuration.train)
    return MLPClassifier(
        hidden_layer_sizes=configuration.network.hidden,
        activation=configuration.network.activation,
        solver="adam",
        alpha=0.0,
        learning_rate_init=train.learning_rate,
        beta_1=usual.beta_1,
        beta_2=usual.beta_2,
        epsilon=usual.epsilon,
        batch_size=train.batch_size,
        max_iter=train.epochs,
        early_stopping=False,
        n_iter_no_change=NEVER,
        random_state=np.random.RandomState(seed),
    )


def _log_loss(probability: Array, truth: Array) -> float:
    likelihood = np.where(truth == 1, probability, 1 - probability).astype(np.float64)
    return float(-np.log(np.clip(likelihood, np.finfo(np.float64).eps, 1)).mean())


def _epoch_by_epoch(model: MLPClassifier, configuration: Configuration, fold: FoldArrays) -> int:
    """Train with the study's early stopping; the epochs that were run."""
    watch, best, epoch = Watch(patience_of(configuration)), (model, model), 0
    while epoch < configuration.train.epochs and not watch.stops:
        epoch += 1
        model.partial_fit(fold.train_x, fold.train_y, classes=np.array([0, 1]))
        if watch.improved(_log_loss(model.predict_proba(fold.val_x)[:, 1], fold.val_y)):
            best = ([w.copy() for w in model.coefs_], [b.copy() for b in model.intercepts_])
    model.coefs_, model.intercepts_ = best
    return epoch


def _all_epochs(model: MLPClassifier, configuration: Configuration, fold: FoldArrays) -> int:
    """Train for all epochs in one call; validation rows are not looked at."""
    model.fit(fold.train_x, fold.train_y)
    return configuration.train.epochs


@cache
def _warm_up() -> None:
    """A first fit in this process, which no clock sees."""
    rows = np.random.default_rng(0).normal(size=(64, 4)).astype(np.float32)
    MLPClassifier((4,), max_iter=2).fit(rows, rows[:, 0] > 0)


def _timed(train: Any, configuration: Configuration, fold: FoldArrays, seed: int) -> Fit:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore", ConvergenceWarning)
        _warm_up()
        started = perf_counter()
        model = _classifier(configuration, seed)
        try:
            epochs = train(model, configuration, fold)
        except ValueError:  # weights that are no finite numbers
            seconds, epochs, found = perf_counter() - started, 0, np.full(len(fold.val_y), np.nan)
        else:
            seconds, found = perf_counter() - started, model.predict_proba(fold.val_x)[:, 1]
    return Fit(configuration.config_id, configuration.train.epochs, seconds, epochs, found)


def fit_with_stopping(configuration: Configuration, fold: FoldArrays, seed: int) -> Fit:
    """One `partial_fit` an epoch, the validation loss after each, the best weights restored."""
    return _timed(_epoch_by_epoch, configuration, fold, seed)


def fit_plainly(configuration: Configuration, fold: FoldArrays, seed: int) -> Fit:
    """One call of `fit`: all epochs, no validation, the last weights."""
    return _timed(_all_epochs, configuration, fold, seed)


PEERS = (
    Peer("scikit-learn, partial_fit with early stopping", fit_with_stopping, _without_dropout),
    Peer("scikit-learn, plain fit, no validation", fit_plainly, _without_dropout),
)
