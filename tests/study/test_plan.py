"""The plan: what a study asks for, and what it refuses before anything is trained."""

from __future__ import annotations

from typing import Any

import pytest

from paribus.errors import StudyError
from paribus.study.factors import factor_paths
from paribus.study.plan import SETTINGS, configurations, few, plan, question_configurations, trials
from paribus.study.spec import Question, Stage, Study


def study(*stages: dict[str, Any], **sections: Any) -> Study:
    listed = tuple(Stage(name=f"s{position}", **stage) for position, stage in enumerate(stages, 1))
    return Study(name="x", data={"source": "a", "target": "b"}, stage=listed, **sections)


def refused(asked: Study) -> str:
    with pytest.raises(StudyError) as caught:
        plan(asked)
    return str(caught.value)


def test_a_grid_is_every_combination_the_last_factor_fastest() -> None:
    """Else the table of a grid would lack rows, or list them in a surprising order."""
    (stage,) = plan(study({"factors": {"network.dropout": (0.0, 0.1), "train.epochs": (1, 2, 3)}}))
    made = [(each.network.dropout, each.train.epochs) for each in stage.configurations]
    assert made == [(0.0, 1), (0.0, 2), (0.0, 3), (0.1, 1), (0.1, 2), (0.1, 3)]


def test_rows_kept_for_early_stopping_are_watched() -> None:
    """Else a share of the training rows would be given away for nothing."""
    asked = study(protocol={"stopping": 0.2})
    assert "no training stops early: remove it, or add train.early_stopping" in refused(asked)
    plan(study(protocol={"stopping": 0.2}, train={"early_stopping": {}}))
    plan(study({"factors": {"train.early_stopping": ({"patience": 3},)}}, protocol={"stopping": 0.2}))
    plan(study(protocol={"stopping": 0.2}, train={"schedule": {"name": "plateau"}}))


def test_a_list_takes_levels_side_by_side() -> None:
    """Else pairs chosen by hand would become a grid."""
    (stage,) = plan(
        study({"design": "list", "factors": {"network.dropout": (0.0, 0.1), "train.epochs": (1, 2)}})
    )
    assert [(each.network.dropout, each.train.epochs) for each in stage.configurations] == [
        (0.0, 1),
        (0.1, 2),
    ]


def test_no_stage_runs_the_settings_themselves() -> None:
    """Else the simplest study of all would run nothing."""
    (stage,) = plan(study())
    assert (stage.name, stage.n_configurations) == (SETTINGS, 1)


def test_each_kept_configuration_starts_the_next_stage() -> None:
    """Else check would announce fewer trials than run trains."""
    epochs = {"factors": {"train.epochs": (1, 2, 3)}}
    dropout = {"factors": {"network.dropout": (0.0, 0.1)}}
    sizes = [stage.n_configurations for stage in plan(study({**epochs, "keep": "top:2"}, dropout, dropout))]
    assert sizes == [3, 4, 2]


def test_equal_configurations_from_two_bases_stand_once(small: Study) -> None:
    """Else a trial would be counted, and weighed, twice."""
    bases = plan(study({"factors": {"train.epochs": (1, 2)}}))[0].configurations
    assert len(configurations(Stage(name="s", factors={"train.epochs": (1, 2, 3)}), bases)) == 3


def test_a_trial_is_a_configuration_a_fold_and_a_seed(small: Study) -> None:
    """Else folds or seeds would be left out, and their rows in trials.csv."""
    compared = plan(small)[0].configurations
    made = trials("preparation", compared, range(2), small)
    assert len({trial.trial_id for trial in made}) == len(made) == len(compared) * 2 * 2
    assert {trial.seed for trial in made} == {3, 4}


def test_layers_and_units_are_hidden_layers_of_one_width(small: Study) -> None:
    """Else a question about depth would vary the width with it."""
    asked = Question(name="d", vary="network.layers", levels=(0, 2), hold={"network.units": 5}, metric="f1")
    made = [each.network.hidden for _, each in question_configurations(small, asked)]
    assert made == [(), (5, 5)]


@pytest.mark.parametrize(
    ("factor", "levels", "told"),
    [
        ("train.learning_rate", (0.1, -1.0), "'train.learning_rate'[2]: must be above 0, received -1.0"),
        ("train.learning_rate", (float("nan"),), "must be a finite number, received nan"),
        ("train.epochs", (True,), "must be a whole number, received true"),
        ("train.batch_size", (10**20,), "must be at most 1,000,000,000"),
        ("network.hidden", (16,), "must be a list in [brackets], received 16"),
        ("network.hidden", ([8, -1],), "'network.hidden'[1][2]: must be 1 or more, received -1"),
        ("network.layers", (10**9,), "must be a whole number, 0 to 64, received 1000000000"),
        ("prepare.scale", ('it\'s "x"',), "is no scaler"),
        ("train.early_stopping.patience", (1,), "needs early_stopping = { ... } in [train]"),
        ("train.momentum", (0.9,), "0.9 has no effect with optimizer = 'adam'"),
        ("train.leraning_rate", (0.1,), "did you mean 'train.learning_rate'?"),
        ("learning_rate", (0.1,), "did you mean 'train.learning_rate'?"),
        ("data.target", ("a",), "'data.target' is no factor"),
    ],
)
def test_a_level_that_cannot_be_is_refused_where_it_stands(factor: str, levels: Any, told: str) -> None:
    """Else it would come up in the middle of a run, or not at all."""
    message = refused(study({"factors": {factor: levels}}))
    assert message.startswith("stage[1].factors.")
    assert told in message


def test_layers_alone_need_equal_widths() -> None:
    """Else the width would be chosen for the user, unasked."""
    asked = study({"factors": {"network.layers": (1, 2)}}, network={"hidden": (8, 4)})
    assert "say the width too, as in 'network.units' = 8" in refused(asked)


def test_what_an_earlier_stage_may_hand_on_is_refused_at_once() -> None:
    """Else a study would stop in its second stage, hours after it began."""
    message = refused(
        study(
            {"factors": {"train.optimizer": ("sgd", "adam")}},
            {"factors": {"train.momentum": (0.0, 0.9)}},
            train={"optimizer": "sgd"},
        )
    )
    assert message.startswith(
        "stage[2].factors.'train.momentum'[2]: 0.9 has no effect with optimizer = 'adam'"
    )
    assert message.endswith("(if stage 's1' hands on train.optimizer = 'adam')")


def test_few_keep_every_level() -> None:
    """Else a level would escape the check above."""
    drawn = [{"a": a, "b": b} for a in range(5) for b in range(7)]
    kept = list(few(drawn))
    assert {each["a"] for each in kept} == set(range(5))
    assert {each["b"] for each in kept} == set(range(7))
    assert len(kept) == 11


def test_every_setting_may_be_a_factor(small: Study) -> None:
    """Else a setting of the file could not be varied."""
    for section in ("prepare", "network", "train"):
        for key in getattr(small, section).model_dump():
            assert f"{section}.{key}" in factor_paths()
