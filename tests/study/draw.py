"""Random studies that can be run."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from paribus.study.options import names
from paribus.study.sections.given import GivenRows
from paribus.study.spec import Data, EarlyStopping, Network, Prepare, Protocol, Question, Stage, Study, Train

rates = st.floats(0, 0.99)
printable = st.characters(exclude_categories=("C", "Z"), include_characters=" ")
words = st.text(printable, min_size=1, max_size=20).filter(lambda text: bool(text.strip(" .")))
hidden = st.lists(st.integers(1, 99), max_size=4)

LEVELS: dict[str, st.SearchStrategy[Any]] = {
    "prepare.scale": st.sampled_from(names("scaler")),
    "prepare.select": st.sampled_from(["none", "sfs:6", "pca:2"]),
    "network.hidden": hidden,
    "network.activation": st.sampled_from(names("activation")),
    "network.dropout": rates,
    "train.learning_rate": st.floats(1e-12, 1e3),
    "train.batch_size": st.integers(1, 512),
    "train.epochs": st.integers(1, 1000),
    "train.optimizer": st.sampled_from(names("optimizer")),
}


def levels(path: str, least: int = 1) -> st.SearchStrategy[list[Any]]:
    """Distinct levels of one factor."""
    return st.lists(LEVELS[path], min_size=least, max_size=3, unique_by=repr)


@st.composite
def stages(draw: st.DrawFn) -> Stage:
    """A grid over up to three factors."""
    paths = draw(st.lists(st.sampled_from(list(LEVELS)), max_size=3, unique=True))
    return Stage(
        name=draw(words),
        factors={path: tuple(draw(levels(path))) for path in paths},
        keep=draw(st.sampled_from(["best", "top:3"])),
    )


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """A question about one factor."""
    path = draw(st.sampled_from(list(LEVELS)))
    return Question(
        name=draw(words),
        ask=draw(st.text(max_size=20)),
        vary=path,
        levels=tuple(draw(levels(path, 2))),
        metric="f1",
    )


@st.composite
def studies(draw: st.DrawFn) -> Study:
    """A whole study, texts of any alphabet."""
    stopping = st.builds(EarlyStopping, patience=st.integers(1, 9), restore_best=st.booleans())
    early = draw(st.none() | stopping)
    source, target, group, *drop = draw(st.lists(words, min_size=3, max_size=5, unique=True))
    return Study(
        name=draw(words),
        seed=draw(st.integers(0, 2**63 - 1)),
        data=Data(
            source=source,
            target=target,
            group=group,
            positive=draw(st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | words),
            drop=tuple(drop),
            split=draw(st.none() | st.just(GivenRows(column="patient of the ward", test="39..72"))),
        ),
        protocol=Protocol(
            test=draw(st.floats(0, 0.4)),
            validation=draw(st.sampled_from(["holdout:0.2", "repeated_kfold:5x10", "nested:3x2", "loocv"])),
            stopping=draw(st.floats(0.01, 0.5)) if early else 0.0,
            seeds=draw(st.integers(1, 9)),
            metrics=("f1", "recall"),
        ),
        prepare=Prepare(scale=draw(LEVELS["prepare.scale"])),
        network=Network(hidden=tuple(draw(hidden)), dropout=draw(rates)),
        train=Train(learning_rate=draw(st.floats(1e-12, 1e3)), early_stopping=early),
        stage=tuple(draw(st.lists(stages(), max_size=3, unique_by=lambda stage: stage.name))),
        question=tuple(draw(st.lists(questions(), max_size=2, unique_by=lambda question: question.name))),
    )
