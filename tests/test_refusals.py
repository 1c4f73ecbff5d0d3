"""What can't be trained is told, in whichever stage it comes up."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import paribus
from paribus.errors import StudyError
from paribus.study.toml import parse_study

TEXTS = pd.DataFrame(
    {
        "text": [f"{word} film number {n}" for n in range(30) for word in ("good", "bad")],
        "label": [1, 0] * 30,
    }
)
STUDY = """
[study]
name = "texts"
[data]
source = "rows"
target = "label"
text = "text"
[protocol]
test = 0.0
metrics = ["accuracy"]
[prepare]
represent = "{represent}"
[network]
kind = "{kind}"
hidden = [4]
input_noise = {noise}
[train]
epochs = 2
precision = "{precision}"
[deliver]
model = "none"
"""


def study(
    represent: str = "multi_hot:20", kind: str = "mlp", noise: float = 0.0, precision: str = "auto"
) -> str:
    return STUDY.format(represent=represent, kind=kind, noise=noise, precision=precision)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (study(noise=0.5), "input_noise = 0.5 is added to numbers"),
        (study("tokens:6:20", "gru", noise=0.5), "input_noise = 0.5 is added to numbers"),
        (study("tokens:6:20", "embedding", precision="bfloat16"), "rounds products of an mlp"),
        (study("tokens:6:20"), "takes amounts"),
        (study("vectors:nowhere.txt"), "neither a file of word vectors"),
        (study("vectors:glov"), r"did you mean 'glove'\? \(prepare.represent"),
    ],
)
def test_what_would_have_no_effect_is_refused(asked: str, told: str, tmp_path: Path) -> None:
    """A setting that does nothing would be compared, and found to make no difference."""
    with pytest.raises(StudyError, match=told):
        paribus.run(parse_study(asked), tmp_path, frame=TEXTS, workers=1)


def test_a_later_stage_asks_again(tmp_path: Path) -> None:
    """What the first stage handed on would be trained by an engine that leaves out half of it."""
    stages = """
[[stage]]
name = "kind"
design = "list"
keep = "top:2"
factors."network.kind" = ["mlp", "embedding"]
factors."prepare.represent" = ["multi_hot:20", "tokens:6:20"]
[[stage]]
name = "noise"
factors."network.input_noise" = [0.0, 0.5]
"""
    with pytest.raises(StudyError, match=r"'noise'.*input_noise"):
        paribus.run(parse_study(study() + stages), tmp_path, frame=TEXTS, workers=1)
