"""Figures: what the record holds is drawn, in files that other programs open."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from paribus.report.facts import gather
from paribus.report.figures import figures
from tests.report.records import EPOCHS, record, study


def test_every_figure_is_an_image_in_both_formats(tmp_path: Path) -> None:
    """Else: the figure of the thesis does not open."""
    asked = study(protocol={"seeds": 2})
    with record(tmp_path, asked) as found:
        drawn = figures(gather(found, asked))
    names = [figure.name for figure in drawn]
    assert names == [
        "optimism",
        "data-classes",
        "leaders",
        "parallel",
        "question-1",
        "cost",
        "stage-1-importance",
        "stage-1-network-hidden",
        "stage-1-train-learning_rate",
        "stage-1-network-layers",
        "stage-1-interactions",
        "stage-1-pair-1",
        "parameters-val",
        "parameters-train",
        "curves-loss",
        "curves-metrics",
        "reliability",
        "calls-roc",
        "calls-precision-recall",
        "calls-confusion",
        "calls-scores",
    ]
    for figure in drawn:
        assert ElementTree.fromstring(figure.svg).tag == "{http://www.w3.org/2000/svg}svg"
        assert figure.png().startswith(b"\x89PNG")


def test_a_figure_table_holds_what_was_drawn(tmp_path: Path) -> None:
    """Else: who reads the numbers instead of the picture reads others."""
    asked = study()
    with record(tmp_path, asked) as found:
        facts = gather(found, asked)
    drawn = {figure.name: figure for figure in figures(facts)}
    effect = facts.stages[0].effects["train.learning_rate"]
    table = drawn["stage-1-train-learning_rate"].table
    assert list(table["level"]) == ["0.001", "0.01"]
    assert list(table["accuracy, median"]) == list(effect["val_accuracy_median"])
    answered = drawn["question-1"].table
    assert list(answered["accuracy"]) == [each.estimate for each in facts.answers[0].levels]
    assert list(drawn["parameters-val"].table["accuracy"]) == list(facts.board["val_accuracy"])
    assert len(drawn["curves-loss"].table) == EPOCHS * len(facts.curves)


def test_a_hostile_name_stays_text_in_a_figure(tmp_path: Path) -> None:
    """Else: a name opens a hole in the page through its figure."""
    stage = study().stage[0].model_copy(update={"name": "</svg><script>\x07\"'"})
    asked = study(stage=(stage,))
    with record(tmp_path, asked) as found:
        drawn = figures(gather(found, asked))
    elements = [element for figure in drawn for element in ElementTree.fromstring(figure.svg).iter()]
    assert any("<script>" in (element.text or "") for element in elements)
    assert "script" not in {element.tag.rpartition("}")[2] for element in elements}
