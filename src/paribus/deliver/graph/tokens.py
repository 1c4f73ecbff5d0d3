"""A pretrained network that reads texts as operators: PyTorch's own export takes it apart."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from paribus.data.text.model_tokens import FIRST
from paribus.deliver.graph.builder import Builder, Value
from paribus.deliver.graph.traced import traced
from paribus.deliver.schema import TextInput
from paribus.networks.reader import TextReader

_TRACED = 7
"""Texts that the network is shown to be taken apart. Such a number elsewhere is taken as fixed."""
_NOTHING = float(np.finfo(np.float32).min)
"""Added to the attention's score of a token that isn't there."""


class _Read(nn.Module):
    """What is computed outside of training, of tokens that were counted from 0 and masked before."""

    def __init__(self, network: TextReader, length: int) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("positions", network.body.positions(length))

    def forward(self, numbers: Tensor, there: Tensor, added: Tensor) -> Tensor:
        """Logits, (row, output), of tokens' numbers (row, length), where they are `there`, 1 or 0; `added` to
        the attention's scores, (row, 1, 1, length).
        """
        tokens = self.network.body(numbers, added, self.positions)
        return self.network.from_summaries(self.network.summary(tokens, there))


def read_tokens(b: Builder, told: TextInput, length: int, network: TextReader) -> Value:
    """Logits, (row, output) float32, of places of tokens, (row, length).

    Raises UnwrittenError for a network with a part that can't be written.
    """
    numbers = b.add("Max", b.add("Sub", told.places, b.constant(FIRST, np.int64)), b.constant(0, np.int64))
    there = b.cast(b.add("Greater", told.places, b.constant(0, np.int64)), np.float32)
    first = np.zeros((1, length), dtype=np.float32)
    first[0, 0] = 1  # as in training, of a text without tokens the first place is seen
    seen = b.add("Max", there, b.constant(first, np.float32))
    hidden = b.chain(seen, ("Sub", 1.0), ("Mul", -_NOTHING), kind=np.float32)
    added = b.add("Unsqueeze", hidden, b.constant([1, 2], np.int64))
    examples = (
        torch.ones(_TRACED, length, dtype=torch.int64),
        torch.ones(_TRACED, length),
        torch.zeros(_TRACED, 1, 1, length),
    )
    return traced(b, _Read(network, length).eval(), (numbers, there, added), examples)
