"""One network: shapes, parameters, fresh weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.networks.initial import initial_weights
from paribus.networks.mlp import MLP, n_parameters
from paribus.study.spec import Network


@pytest.mark.parametrize(
    ("hidden", "features", "parameters"),
    [
        ((16, 8), 6, 257),
        ((16,), 10_000, 160_033),
        ((16, 16), 10_000, 160_305),
        ((64, 64), 10_000, 644_289),
        ((), 6, 7),
    ],
)
def test_the_count_forgets_no_layer(hidden: tuple[int, ...], features: int, parameters: int) -> None:
    """A published table said 249 where 257 is right: it left out the output's weights."""
    assert n_parameters(Network(hidden=hidden), features, 1) == parameters


@given(
    hidden=st.lists(st.integers(1, 20), max_size=5), features=st.integers(1, 20), outputs=st.integers(1, 4)
)
def test_the_count_is_that_of_pytorch(hidden: list[int], features: int, outputs: int) -> None:
    """The parameters in every table would be wrong."""
    for norm in ("none", "batch", "layer"):
        network = Network(hidden=tuple(hidden), norm=norm)
        state = MLP(network, features, outputs).state_dict()
        counted = sum(tensor.numel() for name, tensor in state.items() if "num_batches" not in name)
        assert n_parameters(network, features, outputs) == counted


def test_layers_of_equal_shape_start_equal() -> None:
    """Two networks would differ by luck where the study says that other things are equal."""
    one = initial_weights(Network(hidden=(16, 8)), 30, 1, seed=1, fold=0)
    other = initial_weights(Network(hidden=(32, 16, 8)), 30, 1, seed=1, fold=0)
    np.testing.assert_array_equal(one[1], other[2])
    np.testing.assert_array_equal(one[2], other[3])
    same = initial_weights(Network(hidden=(16, 8), dropout=0.5), 30, 1, seed=1, fold=0)
    for a, b in zip(one, same, strict=True):
        np.testing.assert_array_equal(a, b)


def test_twin_layers_of_one_network_differ() -> None:
    """Two layers of a network would be copies of each other."""
    weights = initial_weights(Network(hidden=(8, 8, 8)), 8, 1, seed=1, fold=0)
    assert not np.array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[1], weights[2])


@pytest.mark.parametrize("other", [{"seed": 2, "fold": 0}, {"seed": 1, "fold": 1}])
def test_every_fold_and_seed_has_its_own(other: dict[str, int]) -> None:
    """A later fold would start from weights that have seen its validation rows."""
    one = initial_weights(Network(), 9, 1, seed=1, fold=0)
    assert not np.array_equal(one[0], initial_weights(Network(), 9, 1, **other)[0])


def test_scales_are_those_of_their_papers() -> None:
    """Networks would start too loud or too quiet to learn."""
    he = initial_weights(Network(hidden=(400,), activation="relu"), 300, 1, seed=1, fold=0)[0]
    glorot = initial_weights(Network(hidden=(400,), activation="tanh"), 300, 1, seed=1, fold=0)[0]
    assert he[:-1].std() == pytest.approx(np.sqrt(2 / 300), rel=0.02)
    assert np.abs(glorot[:-1]).max() == pytest.approx(np.sqrt(6 / 700), rel=0.01)
    assert not he[-1].any()
    assert not glorot[-1].any()


def test_dropout_stands_where_it_was_asked_for() -> None:
    """One dropout before the output would become one after every layer."""
    assert Network(hidden=(4, 3, 2), dropout=0.3, dropout_at="last").dropouts == (0.0, 0.0, 0.3)
    assert Network(hidden=(4, 3, 2), dropout=0.3).dropouts == (0.3, 0.3, 0.3)
    assert Network(hidden=(4, 3), dropout=(0.1, 0.2)).dropouts == (0.1, 0.2)
    assert Network(hidden=()).dropouts == ()
