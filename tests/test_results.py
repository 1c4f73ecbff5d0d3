"""A finished study in a notebook: it draws itself, and gives its numbers and figures."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
import vl_convert

from paribus.errors import StudyError
from paribus.report.facts import gather
from paribus.report.figures import figures
from paribus.results import Results
from paribus.store.record import Record
from tests.report.records import DEPTH, EPOCHS, ROWS, record, study

HOSTILE = "<script>alert(1)</script>\"'& 🎉"


@pytest.fixture
def results(tmp_path: Path) -> Results:
    asked = study(HOSTILE, question=(DEPTH.model_copy(update={"name": HOSTILE, "ask": HOSTILE}),))
    record(tmp_path, asked, classes=(HOSTILE, "yes")).close()
    return Results(tmp_path)


def test_a_notebook_shows_the_answer_and_not_an_object(results: Results) -> None:
    """Else the last line of a cell says `<Results at 0x7f...>`, or runs what a name holds."""
    shown = results._repr_html_()
    parser = _Text()
    parser.feed(shown)
    assert "script" not in parser.tags
    assert HOSTILE in parser.text
    with Record.at(results.folder) as found:
        facts = gather(found, results.study)
    assert facts.best.config_id in parser.text
    assert facts.answers[0].sentence in parser.text
    assert f"{facts.best.scores[0].value:.3f}" in parser.text
    assert repr(results).startswith("Results(")


class _Text(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_every_figure_is_a_chart_that_can_be_drawn(results: Results) -> None:
    """Else who wants one figure in the thesis has to draw it anew."""
    with Record.at(results.folder) as found:
        drawn = figures(gather(found, results.study))
    assert results.figures == tuple(figure.name for figure in drawn)
    for name in results.figures[:2]:
        chart = results.figure(name).to_dict()
        assert "<svg" in vl_convert.vegalite_to_svg(chart)
        assert json.dumps(chart)


def test_a_misspelt_figure_gets_the_nearest(results: Results) -> None:
    """Else a typing error ends in a KeyError."""
    with pytest.raises(StudyError, match="did you mean 'parameters-val'"):
        results.figure("parameter-val")


def test_curves_and_predictions_of_a_configuration(results: Results) -> None:
    """Else who wants to look at one network reads safetensors out of SQLite."""
    with Record.at(results.folder) as found:
        best = gather(found, results.study).best
    curves = results.curves(best.config_id[:6])
    assert list(curves["epoch"]) == list(range(1, EPOCHS + 1)) * best.n_trials
    assert curves["is_best"].sum() == best.n_trials
    assert {"loss", "val_loss"} <= set(curves.columns)
    predictions = results.predictions(best.config_id)
    assert len(predictions) == ROWS * best.n_trials
    assert (predictions["p_yes"] + predictions[f"p_{HOSTILE}"]).tolist() == pytest.approx([1.0] * ROWS)
    assert set(predictions["truth"]) == {HOSTILE, "yes"}
    assert len(results.predictions(best.config_id, "test")) == ROWS * best.n_trials
    with pytest.raises(StudyError, match="must be 'val' or 'test'"):
        results.predictions(best.config_id, "sealed")
    with pytest.raises(StudyError, match="the nearest is"):
        results.curves("zzz")


def test_what_was_not_opened_has_no_sealed_predictions(results: Results) -> None:
    """Else a reader takes another configuration's sealed rows for this one's."""
    with Record.at(results.folder) as found:
        last = gather(found, results.study).board["config_id"].iloc[-1]
    with pytest.raises(StudyError, match="was not opened for it"):
        results.predictions(last, "test")


@pytest.mark.parametrize("kind", ["multiclass", "regression"])
def test_predictions_of_other_tasks(tmp_path: Path, kind: str) -> None:
    """Else predictions of three classes or of a number can't be read."""
    metrics = ("accuracy",) if kind == "multiclass" else ("rmse",)
    asked = study(protocol={"metrics": metrics}, question=())
    with record(tmp_path, asked, kind) as found:
        best = gather(found, asked).best.config_id
    frame = Results(tmp_path).predictions(best)
    if kind == "multiclass":
        assert frame[["p_a", "p_b", "p_c"]].sum(axis=1).tolist() == pytest.approx([1.0] * ROWS, abs=1e-6)
    else:
        assert {"truth", "prediction"} <= set(frame.columns)


def test_questions_are_a_frame(results: Results) -> None:
    """Else they are read back from a file."""
    found = results.questions()
    assert isinstance(found, pd.DataFrame)
    assert list(found["level"]) == ["2", "8"]


def test_a_study_that_has_not_begun_says_so(tmp_path: Path) -> None:
    """Else a cell of a run that was stopped in its first second shows a traceback."""
    with record(tmp_path, study(HOSTILE), open_sealed=False) as found:
        found.connection.execute("delete from trials")
    shown = Results(tmp_path)._repr_html_()
    assert "0 trials" in shown
    assert "<script" not in shown
