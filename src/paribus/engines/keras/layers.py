"""A fully connected network of Keras' layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.networks.dropout import ALPHA
from paribus.networks.mlp import Block, blocks, residual_layers
from paribus.study.conventions import negative_slope
from paribus.study.spec import Network, Train


class Layers:
    """The layers of one network, and the two models that share them.

    `training` takes rows and, for each hidden layer that drops, uniform noise (row, unit); `plain` takes
    rows. Both give logits.
    """

    def __init__(self, keras: Any, network: Network, train: Train, features: int, outputs: int) -> None:
        self.keras, self.network = keras, network
        self.blocks = blocks(network, features, outputs)
        penalty = keras.regularizers.L1L2(l1=train.l1, l2=train.l2) if train.l1 or train.l2 else None
        self.dense = [
            keras.layers.Dense(units, kernel_regularizer=penalty) for units in (*network.hidden, outputs)
        ]
        self.norms = [self._norm() for _ in network.hidden] if network.norm != "none" else []
        rows = keras.Input((features,))
        noises = [keras.Input((units,)) for units in network.hidden]
        used = [noise for noise, rate in zip(noises, network.dropouts, strict=True) if rate]
        self.training = keras.Model([rows, *used], self._logits(rows, noises))
        self.plain = keras.Model(rows, self._logits(rows, None))

    def load(self, arrays: Sequence[NDArray[Any]]) -> None:
        """Put arrays in, in the order of `blocks`."""
        for block, array in zip(self.blocks, arrays, strict=True):
            parts = [array[:-1], array[-1]] if block.kind == "weights" else list(array)
            for variable, values in zip(self._places(block), parts, strict=True):
                variable.assign(values)

    def arrays(self) -> list[NDArray[Any]]:
        """Copies of the arrays, in the order of `blocks`."""
        return [np.vstack([each.numpy() for each in self._places(block)]) for block in self.blocks]

    def kernels(self) -> list[Any]:
        """The weights of all layers, no biases."""
        return [layer.kernel for layer in self.dense]

    def _places(self, block: Block) -> list[Any]:
        """The two variables that a block fills."""
        if block.kind == "weights":
            return [self.dense[block.layer].kernel, self.dense[block.layer].bias]
        norm = self.norms[block.layer]
        return [norm.gamma, norm.beta] if block.kind == "norm" else [norm.moving_mean, norm.moving_variance]

    def _logits(self, values: Any, noises: Sequence[Any] | None) -> Any:
        for layer, added in enumerate(residual_layers(self.network)):
            before = values
            values = self.dense[layer](values)
            values = self.norms[layer](values) if self.norms else values
            values = self._activation()(values)
            rate = self.network.dropouts[layer]
            values = self._dropped(values, noises[layer], rate) if noises and rate else values
            values = values + before if added else values
        return self.dense[-1](values)

    def _dropped(self, values: Any, noise: Any, rate: float) -> Any:
        """The values that stay: noise of 1 and more keeps all, at the scale of training."""
        kept = self.keras.ops.cast(noise >= rate, values.dtype)
        if self.network.dropout_kind == "standard":
            return values * kept / (1 - rate)
        scale = ((1 - rate) * (1 + rate * ALPHA**2)) ** -0.5
        return scale * (kept * values + (1 - kept) * ALPHA) - scale * rate * ALPHA

    def _norm(self) -> Any:
        network, given = self.network, {}
        if network.norm_epsilon is not None:
            given["epsilon"] = network.norm_epsilon
        if network.norm_momentum is not None:
            given["momentum"] = network.norm_momentum
        layers = self.keras.layers
        kinds = {"batch": layers.BatchNormalization, "layer": layers.LayerNormalization}
        return kinds[network.norm](**given)

    def _activation(self) -> Any:
        if self.network.activation == "leaky_relu":
            return self.keras.layers.LeakyReLU(negative_slope=negative_slope(self.network))
        return self.keras.layers.Activation(self.network.activation)


def optimizer(keras: Any, train: Train, clips: bool = True) -> Any:
    """Keras' optimizer: its defaults, and what the configuration gives."""
    optimizers = keras.optimizers
    classes = {
        "sgd": optimizers.SGD,
        "rmsprop": optimizers.RMSprop,
        "adam": optimizers.Adam,
        "adamw": optimizers.AdamW,
        "nadam": optimizers.Nadam,
        "adamax": optimizers.Adamax,
        "adagrad": optimizers.Adagrad,
        "adadelta": optimizers.Adadelta,
        "lion": optimizers.Lion,
    }
    names = ("rho", "beta_1", "beta_2", "epsilon")
    given: dict[str, Any] = {name: value for name in names if (value := getattr(train, name)) is not None}
    if train.momentum:
        given |= {"momentum": train.momentum, **({"nesterov": True} if train.nesterov else {})}
    if clips:
        given |= {"global_clipnorm": train.clip_norm, "clipvalue": train.clip_value}
    decay = train.weight_decay or (0.0 if train.optimizer == "adamw" else None)
    return classes[train.optimizer](learning_rate=train.learning_rate, weight_decay=decay, **given)
