"""A study of texts doesn't say what moves its network, or says it of another one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import paribus
from paribus.explain.facts import StudyWords
from paribus.report.facts.words import word_facts
from paribus.steps.words import WORDS
from paribus.store.record import Record
from paribus.study.spec import Study
from tests.data.text.corpora import BLAME, PRAISE, frame


def study(represent: str = "counts:22", task: str = "auto") -> Study:
    """A small study of reviews."""
    return Study.model_validate(
        {
            "name": "words",
            "data": {"source": "rows", "target": "y", "text": "text", "task": task},
            "protocol": {"test": 0.0, "validation": "holdout:0.4"},
            "prepare": {"represent": represent},
            "network": {"hidden": [6]},
            "train": {"learning_rate": 0.05, "batch_size": 16, "epochs": 15},
            "deliver": {"model": "none"},
        }
    )


def told(folder: Path) -> StudyWords | None:
    """What the record keeps."""
    with Record.at(folder) as record:
        known = record.fact(WORDS)
        return word_facts(record, known["config_id"]) if known else None


def test_the_report_says_which_words_move_the_chosen_network(tmp_path: Path) -> None:
    """Issue 7: top words by class, and single reviews, in the page and among the tables."""
    paribus.run(study(), tmp_path, frame=frame(200), workers=1)
    found = told(tmp_path)
    assert found is not None
    assert (found.texts, found.method) == (80, "integrated gradients")
    blame, praise = found.classes
    assert {word.word for word in blame.words[:3]} <= set(BLAME)
    assert {word.word for word in praise.words[:3]} <= set(PRAISE)
    assert {each.called for each in found.read} == {"n", "p"}
    for each in found.read:
        assert each.why == ("surest and right" if each.called == each.truth else "surest and wrong")
        as_it_stands = frame(200)["text"][each.row]
        assert " ".join(word.word for word in each.reading) == as_it_stands.removesuffix(".")
        assert each.told.logit == pytest.approx(
            each.told.empty + sum(word.effect for word in each.told.words), abs=0.05
        )
    page = (tmp_path / "report.html").read_text()
    assert 'id="words"' in page
    assert '<p class="reading" dir="auto">' in page
    assert 'class="word against"' in page
    assert (tmp_path / "figures" / "calls-words.svg").is_file()
    sheet = pd.read_excel(tmp_path / "tables.xlsx", sheet_name="words", header=None)
    assert praise.words[0].word in sheet.to_numpy().astype(str)


@pytest.mark.usefixtures("trials_alone")
def test_a_small_study_tells_its_words(tmp_path: Path) -> None:
    """The words that decide stand in few of few texts: those that stand in all would be told instead."""
    paribus.run(study(), tmp_path, frame=frame(60), workers=1)
    found = told(tmp_path)
    assert found is not None
    assert found.texts == 24
    for each, lean in zip(found.classes, (BLAME, PRAISE), strict=True):
        assert each.words[0].word in lean
        assert all(word.texts > 2 for word in each.words)


@pytest.mark.usefixtures("trials_alone")
def test_a_number_has_words_for_lower_and_higher(tmp_path: Path) -> None:
    """The highest text would be told in the network's own units, or as a class."""
    rows = frame(160)
    rows["y"] = 1000.0 + 100 * np.array([each == "p" for each in rows["y"]])
    paribus.run(study(task="regression"), tmp_path, frame=rows, workers=1)
    found = told(tmp_path)
    assert found is not None
    lower, higher = found.classes
    assert {word.word for word in lower.words[:3]} <= set(BLAME)
    assert {word.word for word in higher.words[:3]} <= set(PRAISE)
    assert [each.why for each in found.read] == ["lowest", "highest", "farthest off"]
    low, high = (float(each.called) for each in found.read[:2])
    assert 900 < low < high < 1200


@pytest.mark.usefixtures("trials_alone")
@pytest.mark.parametrize(("represent", "are_words"), [("hashing:2^6", False), ("char_tfidf:40", True)])
def test_only_words_are_told(represent: str, are_words: bool, tmp_path: Path) -> None:
    """Numbers of hashes would stand in the page as words, or texts without spaces would have no colour."""
    paribus.run(study(represent), tmp_path, frame=frame(80), workers=1)
    found = told(tmp_path)
    assert (found is not None) == are_words
    for each in found.read if found else ():
        parts = sum(word.effect for word in each.reading)
        assert parts == pytest.approx(sum(word.effect for word in each.told.words))
        assert parts == pytest.approx(each.told.logit - each.told.empty, abs=0.05)
