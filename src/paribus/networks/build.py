"""The network that a configuration asks for, by its kind."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import torch

from paribus.networks.cnn import convolutional_network
from paribus.networks.initial import initial_weights
from paribus.networks.mlp import MLP
from paribus.networks.module import own_network
from paribus.networks.network import BuiltNetwork
from paribus.networks.pretrained import pretrained_network
from paribus.networks.words import word_network
from paribus.seeds import stream
from paribus.study.configuration import Configuration

Builder = Callable[[Configuration, tuple[int, ...], int, int, int], BuiltNetwork]
"""(configuration, shape of a row, outputs, seed, fold) → the network as it starts.

What a builder draws by PyTorch's generator is equal for equal seed and fold.
"""


def build(
    asked: Configuration, shape: tuple[int, ...], n_outputs: int, seed: int = 0, fold: int = 0
) -> BuiltNetwork:
    """The network as it starts, on the processor, float32. Equal seed and fold give equal bits."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(stream(seed, "network", fold).integers(2**63)))
        made = KINDS[asked.network.kind](asked, shape, n_outputs, seed, fold)
    if made.own_pixels and asked.prepare.pixels in ("auto", "own"):
        made.pixels = made.own_pixels
    return made


def _mlp(asked: Configuration, shape: tuple[int, ...], n_outputs: int, seed: int, fold: int) -> BuiltNetwork:
    features = prod(shape)  # of images, one for each pixel
    fresh = initial_weights(asked.network, features, n_outputs, seed, fold)
    return MLP(asked.network, features, n_outputs, asked.train.convention).load(fresh)


KINDS: dict[str, Builder] = {
    "mlp": _mlp,
    **dict.fromkeys(("embedding", "text_cnn", "gru", "lstm"), word_network),
    **dict.fromkeys(("simple_cnn", "enhanced_cnn", "cnn"), convolutional_network),
    "pretrained": pretrained_network,
    "module": lambda asked, shape, n_outputs, *_: own_network(asked, shape, n_outputs),
}
"""Every `network.kind`; a new one is a module of this room and a line here."""
