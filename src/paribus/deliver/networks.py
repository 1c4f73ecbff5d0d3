"""A delivered network as PyTorch's modules, from its settings and arrays."""

from __future__ import annotations

from paribus.deliver.schema import Schema
from paribus.networks.build import build
from paribus.networks.network import BuiltNetwork, Weights
from paribus.study.configuration import Configuration


def network_of(asked: Configuration, weights: Weights, schema: Schema) -> BuiltNetwork:
    """A network that reads words or images, with its trained weights."""
    shape: tuple[int, ...] = (1,)  # a text may be of any length
    for column in schema.columns:
        if column.shape is not None:
            height, width, channels = column.shape
            shape = channels, height, width
    return build(asked, shape, schema.n_outputs).load(weights)
