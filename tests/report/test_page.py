"""The page: complete, true to its facts, safe to open, whatever the study was and however it ended."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from paribus.data.column_profile import ColumnProfile, ImageProfile
from paribus.data.profile import TableProfile
from paribus.errors import StudyError
from paribus.population.outcome import Status
from paribus.report import formats
from paribus.report.facts import Facts
from paribus.report.question_files import COLUMNS
from paribus.report.write import write_report
from paribus.study.spec import Question, Stage, Study
from tests.report.records import DEPTH, STAGE, record, study

SCRIPTS, DATA = 8, 3
"""Script elements of a page, and how many of them, the first, are data."""
HOSTILE = "<script>alert(1)</script>\"'&amp; 🎉 {{ 7 * 7 }}"


class _Page(HTMLParser):
    """Tags, text, the table rows, and whether every element is closed in order."""

    VOID = frozenset({"meta", "br", "img", "link", "input", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.rows: list[str] = []
        self.scripts: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append("")
        if tag == "script":
            self.scripts.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
            return
        self.text += data
        if "tr" in self.open:
            self.rows[-1] += f" {data.strip()}"


def _written(folder: Path, asked: Study, kind: str = "binary", **how: Any) -> tuple[Facts, _Page]:
    with record(folder, asked, kind, **how) as found:
        facts = write_report(found, asked, folder)
    page = _Page((folder / "report.html").read_text(encoding="utf-8"))
    assert not page.open
    return facts, page


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> _Page:
    """A whole page."""
    return _written(tmp_path_factory.mktemp("drawn"), study())[1]


def test_a_reader_without_a_network_sees_everything(drawn: _Page) -> None:
    """Else: blank figures and no style on a train, and a server that learns who reads the report."""
    for tag, attributes in drawn.tags:
        assert tag not in {"link", "iframe", "img", "object"}
        for name in ("src", "href", "xlink:href", "action"):
            assert (attributes.get(name) or "#").startswith("#")
    assert "@import" not in drawn.text
    assert not re.search(r"url\((?!#)", drawn.text)


def test_who_cannot_see_a_figure_is_told_what_it_shows(drawn: _Page) -> None:
    """Else: a screen reader says "image", and the numbers are lost."""
    drawings = [attributes for tag, attributes in drawn.tags if tag == "svg"]
    assert len(drawings) >= 6
    for attributes in drawings:
        assert attributes["role"] == "img"
        assert len(attributes["aria-label"] or "") > 40
    figures = sum(tag == "figure" for tag, _ in drawn.tags)
    assert figures == len(drawings)
    tables = ("The numbers of this figure", "The numbers: validation", ", with 95 % intervals over")
    cost = "What choosing cost: accuracy on validation"
    assert sum(drawn.text.count(beside) for beside in (*tables, cost)) == figures


def test_figures_share_no_id(drawn: _Page) -> None:
    """Else: one figure is clipped by another's frame."""
    ids = [attributes["id"] for _, attributes in drawn.tags if "id" in attributes]
    assert len(set(ids)) == len(ids)


def test_headings_stand_in_order_and_the_contents_lead_to_them(drawn: _Page) -> None:
    """Else: who jumps by headings or by the contents gets lost."""
    levels = [int(tag[1]) for tag, _ in drawn.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = {attributes.get("id") for _, attributes in drawn.tags}
    for tag, attributes in drawn.tags:
        if tag == "a":
            assert (attributes["href"] or "").removeprefix("#") in ids


@pytest.mark.usefixtures("unrendered")
@pytest.mark.parametrize("name", [HOSTILE, "n" * 200, "e\u0301tude 🎉"])
def test_names_are_text_and_never_markup(tmp_path: Path, name: str) -> None:
    """Else: a study from a stranger runs a script in the reader's browser, or breaks the page."""
    factors: dict[str, Any] = {"train.learning_rate": (1e-3, 1e-2)}
    asked = study(
        name,
        stage=(Stage(name=name, factors=factors),),
        question=(DEPTH.model_copy(update={"name": name, "ask": name}),),
    )
    _, page = _written(tmp_path, asked, classes=(name, f"{name}2"))
    assert len(page.scripts) == SCRIPTS
    for text in page.scripts[:DATA]:
        json.loads(text)
    assert page.text.count(name) >= 5


@pytest.mark.usefixtures("undrawn")
def test_the_page_says_what_the_files_say(tmp_path: Path) -> None:
    """Else: the meeting sees one number and the thesis another."""
    facts, page = _written(tmp_path, study(protocol={"seeds": 2}))
    summary = json.loads((tmp_path / "summary.json").read_text())
    best = summary["best"]
    for metric in facts.study.protocol.metrics:
        row = next(row for row in page.rows if row.strip().startswith(metric))
        for part in ("val", "test"):
            low, high = best[f"{part}_{metric}_interval"]
            assert formats.score(best[f"{part}_{metric}"]) in row
            assert f"{formats.score(low)} to {formats.score(high)}" in row
    for key in ("naive", "corrected", "optimism"):
        assert formats.score(summary["optimism"][key]) in page.text
    for line in pd.read_csv(tmp_path / "leaderboard.csv").itertuples():
        shown = (
            f"{formats.score(line.val_accuracy)} ± {formats.spread(line.val_accuracy_sd, line.val_accuracy)}"
        )
        assert any(
            row.strip().startswith(f"{line.rank} {line.config_id}") and shown in row for row in page.rows
        )
    for answer in facts.answers:
        assert answer.sentence in page.text
    assert summary["study_hash"] in page.text
    assert summary["data_fingerprint"] in page.text


@pytest.mark.usefixtures("unrendered")
def test_images_that_can_not_be_used_are_named(tmp_path: Path) -> None:
    """Who reads the report alone would not learn that files were left out, nor which."""
    image = ImageProfile(
        *((9, 8, 3), (("RGB", 20),), (((9, 8), 20),), 1, (10.0, 20.0, 30.0), (1.0, 2.0, 3.0)),
        broken=((f"a/{HOSTILE}.png", "is cut off"),),
        n_broken=3,
        equal=1,
        equal_names=(("b.png", "c.png"),),
    )
    columns = (ColumnProfile("image", "image", 20, 0, 20, image=image),)
    asked = study()
    with record(tmp_path, asked) as found:
        told = asdict(TableProfile(columns, (), (), (), ()))
        found.put_facts(data={**found.fact("data"), "profile": told})
        write_report(found, asked, tmp_path)
    page = _Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert f"a/{HOSTILE}.png is cut off" in page.text
    assert "3 files that can’t be used" in page.text
    assert "and 2 more" in page.text
    assert "1 has the pixels of an earlier one, as b.png and c.png" in page.text
    assert len(page.scripts) == SCRIPTS


@pytest.mark.usefixtures("undrawn")
def test_without_a_sealed_part_the_page_says_so(tmp_path: Path) -> None:
    """Else: a score that chose itself is quoted as if rows had judged it."""
    _, page = _written(tmp_path, study(protocol={"test": 0}))
    assert "There is no sealed part" in page.text
    assert "This is the number to quote" not in page.text


@pytest.mark.usefixtures("undrawn")
def test_an_unopened_sealed_part_is_not_claimed(tmp_path: Path) -> None:
    """Else: an interrupted study looks judged."""
    _, page = _written(tmp_path, study(), open_sealed=False)
    assert "has not been opened yet" in page.text


@pytest.mark.usefixtures("unrendered")
def test_one_configuration_is_reported_as_chosen_by_nobody(tmp_path: Path) -> None:
    """Else: the simplest study crashes, or claims a choice that never was."""
    facts, page = _written(tmp_path, study(stage=(), question=()))
    assert facts.optimism is None
    assert "Nothing was chosen" in page.text


@pytest.mark.parametrize(
    ("kind", "metrics"), [("regression", ("rmse", "r2")), ("multiclass", ("accuracy", "log_loss"))]
)
def test_every_task_has_its_page(tmp_path: Path, kind: str, metrics: tuple[str, ...]) -> None:
    """Else: only who has two classes gets a report."""
    question = Question(name="width", vary="network.units", levels=(2, 8), metric=metrics[0])
    facts, page = _written(
        tmp_path, study(question=(question,), protocol={"metrics": metrics, "seeds": 3}), kind
    )
    assert formats.score(facts.best.scores[0].value) in page.text
    assert ("positive:" in page.text) == (kind == "binary")


def _half(place: int) -> Status | None:
    return "done" if place % 2 else None


def _worse(place: int) -> Status | None:
    return "diverged" if place % 2 else "done"


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (_half, "missing"),
        (_worse, "diverged"),
        (lambda place: None, "no answer yet"),
        (lambda place: "diverged", "no answer yet"),
        (lambda place: "failed", "no answer yet"),
    ],
)
@pytest.mark.parametrize("seeds", [1, 2])
def test_a_study_that_ended_badly_still_has_a_page(
    tmp_path: Path, ends: Any, said: str, seeds: int, request: pytest.FixtureRequest
) -> None:
    """Else: who was interrupted, or whose networks diverged, gets a traceback instead of the reasons."""
    if seeds == 1 or ends is _half:
        request.getfixturevalue("unrendered")
    _, page = _written(tmp_path, study(protocol={"seeds": seeds}), ends=ends)
    assert said in page.text
    assert "nan" not in page.text.lower().replace("nan at epoch", "")


@pytest.mark.usefixtures("unrendered")
def test_a_metric_that_is_never_defined_is_a_dash(tmp_path: Path) -> None:
    """Else: the page crashes, or says nan."""
    asked = study(stage=(STAGE,), protocol={"metrics": ("accuracy", "roc_auc")})
    with record(tmp_path, asked) as found:
        found.connection.execute(
            "update outcomes set metrics = json_set(metrics, '$.val.roc_auc', null, '$.train.roc_auc', null)"
        )
        write_report(found, asked, tmp_path)
    page = _Page((tmp_path / "report.html").read_text())
    assert formats.NOTHING in next(row for row in page.rows if row.strip().startswith("roc_auc"))
    assert "nan" not in page.text.lower()


def test_a_study_without_any_trial_is_refused_with_the_remedy(tmp_path: Path) -> None:
    """Else: who stopped a run in its first second is shown a traceback."""
    asked = study()
    with record(tmp_path, asked, open_sealed=False) as found:
        found.connection.execute("delete from trials")
        with pytest.raises(StudyError, match="run the study again"):
            write_report(found, asked, tmp_path)


@pytest.mark.usefixtures("undrawn")
def test_every_column_of_the_questions_is_documented(tmp_path: Path) -> None:
    """Else: who reads questions.csv guesses what a column means."""
    _written(tmp_path, study(protocol={"seeds": 3}))
    table = pd.read_csv(tmp_path / "questions.csv")
    page = (Path(__file__).parents[2] / "docs" / "questions.md").read_text(encoding="utf-8")
    for name in table.columns:
        assert f"| {name} | {COLUMNS[name]} |" in page
    assert list(table["level"]) == [2, 8]
    assert table["is_best"].sum() == 1


@pytest.mark.usefixtures("undrawn")
def test_numbers_of_questions_are_raw(tmp_path: Path) -> None:
    """Else: a reader of the files computes with rounded numbers, or can't find the pairs."""
    facts, _ = _written(tmp_path, study(protocol={"seeds": 3}))
    table = pd.read_csv(tmp_path / "questions.csv")
    (answer,) = facts.answers
    assert list(table["estimate"]) == pytest.approx([each.estimate for each in answer.levels], abs=1e-15)
    (told,) = json.loads((tmp_path / "summary.json").read_text())["questions"]
    assert told["sentence"] == answer.sentence
    assert told["pairs"][0]["p_value"] == answer.pairs[0].main.p_value
    assert told["held"]["train.optimizer"] == "adam"
