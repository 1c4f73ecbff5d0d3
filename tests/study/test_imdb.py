"""studies/imdb.toml is no longer the published study."""

from __future__ import annotations

from pathlib import Path

import pytest

from paribus.networks.mlp import n_parameters
from paribus.study.plan import plan
from paribus.study.toml import read_study

STUDIES = Path(__file__).parents[2] / "studies"
PUBLISHED = [
    *(160_305, 160_033, 160_577, 160_849, 80_089, 321_121, 644_289, 1_296_769, 2_626_305),
    *(160_305, 644_289, 160_305, 644_289, 160_305),
    *[644_289] * 6,
]
"""Parameters of the 20 configurations, in the table's order."""


def test_the_table_has_its_20_configurations_with_their_parameters() -> None:
    """Else another network would stand beside the published figure."""
    study = read_study(STUDIES / "imdb.toml")
    planned = plan(study)[0].configurations
    assert [n_parameters(each.network, 10_000, 1) for each in planned] == PUBLISHED
    assert len({each.config_id for each in planned}) == 20
    told = [(each.train.optimizer, each.train.loss, each.network.activation) for each in planned]
    assert told[10] == ("rmsprop", "mse", "relu")
    assert told[13] == ("rmsprop", "binary_crossentropy", "sigmoid")
    assert told[19] == ("sgd", "binary_crossentropy", "relu")
    assert [each.network.dropout for each in planned[14:18]] == [0.3, 0.5, 0.0, 0.3]
    assert [each.train.l2 for each in planned[14:18]] == [0.0, 0.0, 1e-3, 1e-3]


def test_its_questions_need_no_configuration_beyond_the_table() -> None:
    """Else a minute's study would take two."""
    first, *questions = plan(read_study(STUDIES / "imdb.toml"))
    known = {each.config_id for each in first.configurations}
    asked = {each.config_id for question in questions for each in question.configurations}
    assert asked <= known


@pytest.mark.parametrize("name", ["imdb.toml", "imdb_finalists.toml"])
def test_a_worked_study_of_texts_is_a_study(name: str) -> None:
    """Else the first thing that a user tries would be refused."""
    assert read_study(STUDIES / name).prepare.representation.size == 10_000
