"""Predictions of one network, made again from its weights alone."""

from __future__ import annotations

import numpy as np
import pytest

from paribus.engines import ENGINES
from paribus.networks.predict import predict
from paribus.population.outcome import Lineage
from tests.draw import KINDS, TASKS, configuration, fold


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("convention", ["keras", "torch"])
@pytest.mark.parametrize("norm", ["none", "layer", "batch"])
def test_one_network_predicts_what_the_population_predicted(norm: str, convention: str, kind: str) -> None:
    """The sealed part would be judged by another network than the one that was chosen."""
    data, asked = fold(kind), configuration({"norm": norm}, convention=convention, epochs=3)
    lineage = Lineage(asked, (3,), 0, 1)
    (outcome,) = ENGINES["population"].train([lineage], {lineage.data: data}, TASKS[kind])
    predicted = predict(asked, outcome.weights, data.val_x, kind, TASKS[kind].n_outputs)
    assert outcome.predictions is not None
    assert predicted.shape == outcome.predictions.shape
    np.testing.assert_allclose(predicted, outcome.predictions, rtol=1e-5, atol=1e-6)
