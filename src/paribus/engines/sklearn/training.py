"""One lineage's training by scikit-learn: partial_fit, a batch at a time.

scikit-learn trains on half the squared error, and on the sum over labels and targets where paribus means
the mean: its gradient times `scale` is paribus'. So Adam's ε is divided by it, gradient descent's rate
multiplied, and alpha (times ΣW²/2, divided by the batch's rows) is 2 · l2 · rows / scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier, MLPRegressor

from paribus.data.prepare.prepared import Prepared
from paribus.engines.numpy.network import Network
from paribus.engines.numpy.noise import draw
from paribus.engines.training import Arrays, SingleTraining
from paribus.networks.initial import initial_weights
from paribus.population.outcome import FoldArrays, Lineage, Task
from paribus.study.conventions import constants

ACTIVATIONS = {"relu": "relu", "tanh": "tanh", "sigmoid": "logistic", "linear": "identity"}
"""paribus' names, and scikit-learn's."""


class Training(SingleTraining):
    """An MLPClassifier or MLPRegressor on its way."""

    def __init__(self, lineage: Lineage, fold: FoldArrays, task: Task) -> None:
        super().__init__(lineage, fold, task)
        settings = lineage.configuration.network
        halves = 2.0 if task.kind == "regression" else 1.0
        self.scale = halves / (1 if task.kind == "multiclass" else task.n_outputs)
        fresh = initial_weights(settings, fold.size.features, task.n_outputs, lineage.seed, lineage.fold)
        self.model = self._model()
        self._first(fold)
        self._load(fresh)

    def _model(self) -> Any:
        """The estimator, its steps in paribus' scale."""
        train, numbers = self.train, constants(self.train)
        adam = {
            "solver": "adam",
            "beta_1": numbers.beta_1,
            "beta_2": numbers.beta_2,
            "epsilon": numbers.epsilon / self.scale,
            "learning_rate_init": train.learning_rate,
        }
        sgd = {
            "solver": "sgd",
            "momentum": numbers.momentum,
            "nesterovs_momentum": train.nesterov,
            "learning_rate_init": train.learning_rate * self.scale,
        }
        settings = self.lineage.configuration.network
        made = MLPRegressor if self.task.kind == "regression" else MLPClassifier
        return made(
            hidden_layer_sizes=settings.hidden,
            activation=ACTIVATIONS[settings.activation],
            batch_size=1,
            shuffle=False,
            **(adam if train.optimizer == "adam" else sgd),
        )

    def _first(self, fold: FoldArrays) -> None:
        """Let scikit-learn make its arrays; forget the step that it takes for it, and its moments."""
        self._fit(fold.train_x[:1].astype(self.dtype), np.arange(1))
        del self.model._optimizer

    def _fit(self, rows: Any, chosen: NDArray[np.int64]) -> None:
        target = self.fold.train_y[chosen]
        if self.task.kind == "regression":
            self.model.partial_fit(rows, target.astype(self.dtype))
        else:
            n_classes = self.task.n_outputs if self.task.kind == "multiclass" else 2
            labels = np.arange(self.task.n_outputs if self.task.kind == "multilabel" else n_classes)
            self.model.partial_fit(rows, target.astype(np.int64), classes=labels)

    def _train(self, epoch: int, places: NDArray[np.int64], rates: Sequence[float]) -> NDArray[Any]:
        lineage, features = self.lineage, self.fold.size.features
        settings = lineage.configuration.network
        noise = draw(settings, lineage.seed, lineage.fold, epoch, self.n_rows, features)
        met = []
        for batch in self.batches():
            chosen = places[batch]
            rows: Any = self.fold.train_x[chosen].astype(self.dtype)
            if (added := noise.batch(batch).features) is not None:
                rows = (added + rows).astype(self.dtype)
            self.model.batch_size = len(chosen)
            self.model.alpha = 2 * self.train.l2 * len(chosen) / self.scale
            met.append(self._logits(rows))
            try:
                self._fit(rows, chosen)
            except ValueError as error:
                if "non-finite" not in str(error):
                    raise
                # scikit-learn raises where others go on with numbers that are none: it has diverged.
                return np.full((self.n_rows, met[0].shape[1]), np.nan)
        return np.concatenate(met)

    def _logits(self, rows: Prepared) -> NDArray[Any]:
        return Network(self.lineage.configuration.network, self.train.convention, self._arrays()).logits(
            rows.astype(np.float64)
        )

    def _arrays(self) -> Arrays:
        pairs = zip(self.model.coefs_, self.model.intercepts_, strict=True)
        return [np.vstack([weights, bias]) for weights, bias in pairs]

    def _load(self, arrays: Arrays) -> None:
        for weights, bias, array in zip(self.model.coefs_, self.model.intercepts_, arrays, strict=True):
            weights[:], bias[:] = array[:-1], array[-1]
