"""A plan would promise minutes for hours, or memory that isn't there."""

from __future__ import annotations

import pytest

from paribus.networks.cost import cost
from paribus.study.configuration import Configuration
from paribus.study.spec import Network, Prepare, Train
from tests.draw import configuration


def test_a_convolution_costs_its_products() -> None:
    """Counted by hand: two operations for each weight at each place, and for each weight of the output."""
    asked = configuration({"kind": "cnn", "blocks": ["4 pool", "6", "average"]})
    found = cost(asked, (3, 8, 8), 2)
    assert found.operations == 2 * (3 * 9 * 4 * 64 + 4 * 9 * 6 * 16 + 6 * 2)
    assert found.parameters == (3 * 9 + 1) * 4 + (4 * 9 + 1) * 6 + (6 + 1) * 2
    assert found.numbers >= 4 * 64 + 6 * 16


@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_a_recurrent_layer_costs_its_weights_at_each_word(kind: str) -> None:
    """PyTorch's counter doesn't see an LSTM: it would look free beside the GRU."""
    asked = Configuration(Prepare(represent="tokens:50:100"), Network(kind=kind, units=8, hidden=()), Train())
    found = cost(asked, (50,), 1, words=True)
    gates = 3 if kind == "gru" else 4
    assert found.operations >= 50 * 2 * 2 * gates * 8 * (32 + 8)
