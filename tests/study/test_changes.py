"""What is told when a study was changed since its folder was made."""

from __future__ import annotations

from paribus.study.changes import changes, study_hash
from paribus.study.spec import Study
from paribus.study.toml import parse_study
from tests.conftest import SMALL


def test_each_change_is_a_line(small: Study) -> None:
    """Else a user would have to compare two files by eye to learn why a folder is refused."""
    other = parse_study(SMALL.replace("epochs = 6", "epochs = 7").replace('"minmax"', '"robust"'))
    assert changes(small, other) == (
        "stage.preparation.factors.prepare.scale: ['standard', 'minmax'] → ['standard', 'robust']",
        "train.epochs: 6 → 7",
    )
    assert changes(small, small) == ()


def test_a_stage_that_came_or_went_is_one_line(small: Study) -> None:
    """Else its every key would be listed, and push the other changes out of sight."""
    renamed = parse_study(SMALL.replace('name = "network"', 'name = "nets"'))
    assert changes(small, renamed) == ("stage 'nets': added", "stage 'network': removed")
    fewer = small.model_copy(update={"question": ()})
    assert changes(small, fewer) == ("question 'width': removed",)


def test_every_change_changes_the_hash(small: Study) -> None:
    """Else results of two studies would be mixed in one folder."""
    texts = [
        SMALL.replace("seed = 3", "seed = 4"),
        SMALL.replace("patience = 2", "patience = 3"),
        SMALL.replace('keep = "top:2"', 'keep = "best"'),
        SMALL.replace("[[4], [8], [8, 4]]", "[[8], [4], [8, 4]]"),
        SMALL.replace('metric = "recall"', 'metric = "accuracy"'),
    ]
    assert len({study_hash(small), *(study_hash(parse_study(text)) for text in texts)}) == 6
    assert study_hash(parse_study(SMALL + "\n# a comment")) == study_hash(small)
