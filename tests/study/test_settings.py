"""`--set path=value`."""

from __future__ import annotations

import pytest

from paribus.errors import StudyError
from paribus.study.toml import parse_study
from tests.conftest import SMALL


def test_values_are_put_over_those_of_the_file() -> None:
    """Else a quick try would need a second file."""
    study = parse_study(
        SMALL,
        settings=[
            "train.epochs=9",
            "prepare.scale=robust",
            "study.name=it's me",
            "data.drop=['mean_area']",
            "stage.network.keep=top:2",
            'stage.network.factors."train.epochs"=[1, 2, 3]',
            "question.width.metric=roc_auc",
        ],
    )
    assert (study.train.epochs, study.prepare.scale, study.name) == (9, "robust", "it's me")
    assert study.data.drop == ("mean_area",)
    assert study.stage[1].keep == "top:2"
    assert study.stage[1].factors["train.epochs"] == (1, 2, 3)
    assert study.question[0].metric == "roc_auc"


def test_the_last_of_two_settings_wins() -> None:
    """Else a setting added to a long command would be ignored."""
    assert parse_study(SMALL, settings=["train.epochs=1", "train.epochs=2"]).train.epochs == 2


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("train.epochs", "must be path=value, as in --set train.epochs=5"),
        ("=3", "must be path=value"),
        ("train..epochs=3", "'train..epochs' is no dotted path"),
        ("train.epochs=", "train.epochs: must be a whole number, received ''"),
        ("train.epochs=0", "train.epochs: must be 1 or more, received 0"),
        ("train.epoch=3", "did you mean 'epochs'?"),
        ("train.epochs.x=3", "'epochs' is 6, and no table with keys of its own"),
        ("train=3", "train: must be a table, received 3"),
        ("seed=3", "seed: belongs in [study]"),
        ("stage.netwrok.keep=best", "none is named 'netwrok', did you mean 'network'?"),
        ("stage.network=1", "say which key, as in stage.network.keep=best"),
        ("stage.network.keep=tip", "stage[2].keep: 'tip' is no keep"),
    ],
)
def test_a_wrong_setting_is_told_as_such_and_not_by_a_line(setting: str, told: str) -> None:
    """Else the message would blame a line of the file that is right."""
    with pytest.raises(StudyError) as caught:
        parse_study(SMALL, "s.toml", [setting])
    assert str(caught.value).startswith(f"--set {setting}: ")
    assert told in str(caught.value)
