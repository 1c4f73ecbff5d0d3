"""A study of texts that can't mean what it says would be trained, or a right one refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from paribus.errors import StudyError
from paribus.study.configuration import Configuration
from paribus.study.fit import check_fit, check_representations
from paribus.study.representation import Representation, parse_representation
from paribus.study.spec import Network, Study
from paribus.study.text import reading_problem


def make(text: str | None = "text", stage: dict[str, Any] | None = None, **prepare: Any) -> Study:
    stages = [{"name": "s", "factors": stage}] if stage else []
    return Study(name="t", data={"source": "a", "target": "y", "text": text}, prepare=prepare, stage=stages)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("none", Representation("none")),
        ("multi_hot:10000", Representation("multi_hot", "word", 10_000)),
        ("tfidf:20000:1-2", Representation("tfidf", "word", 20_000, 1, 2)),
        ("counts:5:3", Representation("counts", "word", 5, 3, 3)),
        ("char_tfidf:20000", Representation("tfidf", "character", 20_000, 3, 5)),
        ("char_counts:9:1-3", Representation("counts", "character", 9, 1, 3)),
        ("hashing:2^18", Representation("hashing", "word", 262_144)),
        ("tokens:256", Representation("tokens", "word", 10_000, length=256)),
        ("tokens:64:500", Representation("tokens", "word", 500, length=64)),
        ("vectors:own:2.txt", Representation("vectors", source="own:2.txt")),
        ("sentence:minilm", Representation("sentence", source="minilm")),
        ("sentence:a/b:128", Representation("sentence", source="a/b", length=128)),
        (
            r"sentence:C:\m:64:bfloat16",
            Representation("sentence", source=r"C:\m", length=64, precision="bfloat16"),
        ),
    ],
)
def test_a_representation_means_what_it_says(text: str, expected: Representation) -> None:
    """Else other words would be counted than those asked for."""
    assert parse_representation(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("multi_hott:10", "did you mean 'multi_hot'"),
        ("multi_hot", "needs a number, as in 'multi_hot:10000'"),
        ("multi_hot:0", "must be a whole number of 1 to"),
        ("multi_hot:1e4", "received '1e4'"),
        ("hashing:2^30", "must be a whole number of 1 to 16,777,216"),
        ("tfidf:10:2-1", "words in a row must be"),
        ("tfidf:10:1-6", "of 1 to 5"),
        ("char_tfidf:10:1-9", "of 1 to 8"),
        ("tfidf:10:1-2:3", "needs a number"),
        ("tokens", "needs a number, as in 'tokens:256'"),
        ("none:5", "'none' takes no number"),
        ("sentence", "needs a source, as in 'sentence:minilm'"),
        ("sentence:minilm:0", "must be a whole number of 1 to"),
    ],
)
def test_what_is_no_representation_is_told(text: str, message: str) -> None:
    """Else a slip would end in a fault of ours, or in other features."""
    with pytest.raises(StudyError, match=message.replace("(", r"\(")):
        make(represent=text)


@pytest.mark.parametrize(
    ("study", "n_columns", "message"),
    [
        (make(), 0, "prepare.represent: 'none' leaves nothing of the text"),
        (make(None, represent="tfidf:10"), 3, "'tfidf:10' represents a text, and no column is named as one"),
        (make(represent="tfidf:10", select="pca:3"), 0, "'pca:3' needs dense features"),
        (
            make(represent="sentence:minilm"),
            1,
            "'sentence:minilm' is dense, beside which columns can't stand",
        ),
        (make(represent="tfidf:10", select="kbest:11"), 0, "'kbest:11' asks for more than"),
        (make(represent="tfidf:10", resample="smote"), 0, "use none, oversample, undersample"),
        (make(represent="tfidf:10", scale="minmax"), 0, "'minmax' has no column to act on"),
        (make(represent="tfidf:10", missing_flag=True), 0, "true has no column to act on"),
        (
            make(represent="tfidf:10", stage={"prepare.represent": ["tfidf:10", "none"]}),
            0,
            "'none' leaves nothing of the text",
        ),
    ],
)
def test_what_does_not_fit_a_text_is_refused_before_training(
    study: Study, n_columns: int, message: str
) -> None:
    """Else a study would fail after an hour, or ignore what it asks for."""
    with pytest.raises(StudyError) as error:
        check_fit(study, "binary", n_columns, ("n", "p"))
    assert message in str(error.value)


def test_a_slip_is_told_before_texts_are_encoded() -> None:
    """A transformer would read for ten minutes, and the study be refused then."""
    check_representations(make(represent="sentence:minilm"))
    for wrong in (make(), make(None, represent="sentence:minilm")):
        with pytest.raises(StudyError, match=r"a text|of the text"):
            check_representations(wrong)


@pytest.mark.parametrize(
    ("study", "n_columns"),
    [
        (make(represent="tfidf:10", select="kbest:5", resample="undersample"), 0),
        (make(represent="tfidf:10", scale="none"), 0),
        (make(represent="tfidf:10", scale="minmax"), 2),
        (make(represent="tfidf:10", stage={"prepare.represent": ["tfidf:10", "hashing:2^12"]}), 0),
    ],
)
def test_what_fits_a_text_is_let_through(study: Study, n_columns: int) -> None:
    """Else a right study would be refused."""
    check_fit(study, "binary", n_columns, ("n", "p"))


@pytest.mark.parametrize(
    ("represent", "kind", "select", "message"),
    [
        ("tokens:64", "mlp", "none", "network.kind = 'mlp' takes amounts"),
        ("multi_hot:64", "gru", "none", "network.kind = 'gru' reads words in their order"),
        ("tokens:64", "embedding", "kbest:3", "prepare.select = 'kbest:3' compares features"),
        ("tokens:64", "embedding", "none", ""),
        ("multi_hot:64", "mlp", "kbest:3", ""),
        ("sentence:minilm", "mlp", "none", ""),
        ("sentence:minilm", "gru", "none", "network.kind = 'gru' reads words in their order"),
    ],
)
def test_a_network_takes_what_the_text_becomes(represent: str, kind: str, select: str, message: str) -> None:
    """Else places of words would be trained on as amounts, or training would end in a fault of ours."""
    base = Configuration.base(make(represent=represent, select=select))
    found = reading_problem(replace(base, network=Network(kind=kind)))
    assert found.startswith(message) if message else not found


@pytest.mark.parametrize(
    "data", [{"target": "text"}, {"drop": ["text"]}, {"weight": "text"}, {"columns": {"text": "category"}}]
)
def test_a_text_has_one_role(data: dict[str, Any]) -> None:
    """Else the target could be learned from itself."""
    with pytest.raises(StudyError, match="a column has one role"):
        Study(name="t", data={"source": "a", "target": "y", "text": "text", **data})


@pytest.mark.parametrize("key", ["group", "split"])
def test_a_text_is_no_mark(key: str) -> None:
    """Else a text would say which part its row is of."""
    with pytest.raises(StudyError, match=r"is data\.text too"):
        Study(name="t", data={"source": "a", "target": "y", "text": "text", key: "text"})


@pytest.mark.parametrize(
    ("validation", "right"), [("holdout:10000", True), ("holdout:1.5", False), ("holdout:1", False)]
)
def test_a_holdout_may_be_a_number_of_rows(validation: str, right: bool) -> None:
    """Else 10,000 of 25,000 training rows could not be asked for where test rows are given."""
    asked = {"name": "t", "data": {"source": "a", "target": "y"}, "protocol": {"validation": validation}}
    if right:
        assert Study(**asked).protocol.share == 10_000
    else:
        with pytest.raises(StudyError, match="or be a whole number of rows, 2 or more"):
            Study(**asked)


def test_a_level_of_a_list_may_come_again() -> None:
    """Else no table of configurations in which two share a setting could be asked for."""
    factors = {"train.epochs": [5, 5, 9], "network.hidden": [[4], [8], [4]]}
    study = Study(
        name="t",
        data={"source": "a", "target": "y"},
        stage=[{"name": "s", "design": "list", "factors": factors}],
    )
    assert study.stage[0].factors["train.epochs"] == (5, 5, 9)
