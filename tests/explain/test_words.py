"""A reader is told that words speak for a class that they don't speak for, or how much is made up."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import factorial

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array

from paribus.data.parts import TrainingPart
from paribus.data.prepare.preparation import Preparation, fit_preparation
from paribus.data.split import split
from paribus.errors import StudyError
from paribus.explain import WordModel, explain_texts, top_words
from paribus.explain.shapley import shapley_effects
from paribus.networks.build import build
from paribus.study.configuration import Configuration
from paribus.study.spec import Network, Prepare, Protocol, Train
from tests.data.helpers import table
from tests.data.text.corpora import BLAME, PRAISE, frame, training

BASE = Configuration(Prepare(represent="counts:30"), Network(hidden=(6, 4)), Train())


@pytest.fixture(scope="module")
def part() -> TrainingPart:
    """Reviews of two classes."""
    return training(120)


@pytest.fixture(scope="module")
def prepared(part: TrainingPart) -> Preparation:
    """Their 30 commonest words."""
    return fit_preparation(BASE.prepare, part, 7)


def model(asked: Configuration, n_features: int, n_outputs: int = 1) -> WordModel:
    """An untrained network: whatever its weights, effects must add up."""
    network = build(asked, (n_features,), n_outputs, seed=3)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(1)))
    return WordModel(asked, network.arrays(), n_features, n_outputs)


def rows_of(prepared: Preparation, part: TrainingPart) -> csr_array:
    """The training rows, sparse."""
    found = prepared.apply(part)
    assert isinstance(found, csr_array)
    return found


def kind(**network: object) -> Configuration:
    return replace(BASE, network=Network.model_validate({"hidden": [6, 4], **network}))


@pytest.mark.parametrize("n_outputs", [1, 3])
@pytest.mark.parametrize(
    "asked",
    [
        kind(),
        kind(activation="tanh"),
        kind(norm="batch"),
        kind(hidden=[5, 5], residual=True),
    ],
)
def test_effects_add_up_to_the_logit(
    asked: Configuration, n_outputs: int, prepared: Preparation, part: TrainingPart
) -> None:
    """Else part of an answer would be left without a word."""
    rows = csr_array(rows_of(prepared, part)[:12])
    asked_model = model(asked, rows.shape[1], n_outputs)
    empty = asked_model.logits(csr_array(np.zeros((1, rows.shape[1]))))
    for output in range(n_outputs):
        effects = asked_model.effects(rows, output, steps=40)
        whole = asked_model.contrast(asked_model.logits(rows), output) - asked_model.contrast(empty, output)
        np.testing.assert_allclose(effects.sum(axis=1), whole, atol=0.05)
        assert np.array_equal(effects.indices, rows.indices)
        total = asked_model.total_effects(rows, output, steps=40)
        np.testing.assert_allclose(effects.sum(axis=0), total, atol=1e-9)


@pytest.mark.parametrize("asked", [kind(hidden=[]), kind(activation="linear"), kind(hidden=[], norm="batch")])
def test_effects_of_a_linear_network_are_exact(
    asked: Configuration, prepared: Preparation, part: TrainingPart
) -> None:
    """Else a word's weight would be guessed where it stands in the network."""
    rows = rows_of(prepared, part)
    asked_model = model(asked, rows.shape[1])
    assert asked_model.is_linear
    one = [csr_array(np.eye(rows.shape[1])[[word]]) for word in range(rows.shape[1])]
    empty = asked_model.logits(csr_array(np.zeros((1, rows.shape[1]))))
    weight = np.array([asked_model.logits(row)[0, 0] for row in one]) - empty[0, 0]
    np.testing.assert_allclose(asked_model.effects(rows, 0).toarray(), rows.toarray() * weight, atol=1e-9)


def test_effects_are_the_slope_on_the_way_from_a_text_without_words(
    prepared: Preparation, part: TrainingPart
) -> None:
    """Held to the definition, a step at a time."""
    row = csr_array(rows_of(prepared, part)[[0]])
    asked_model = model(kind(activation="tanh"), row.shape[1])
    dense, steps, small = row.toarray()[0].astype(np.float64), 100, 1e-5
    found = np.zeros(len(dense))
    for step in range(steps):
        at = dense * (step + 0.5) / steps
        for word in row.indices:
            moved = at + small * np.eye(len(dense))[word]
            slope = asked_model.logits(csr_array(np.array([moved, at])))[:, 0]
            found[word] += (slope[0] - slope[1]) / small / steps
    np.testing.assert_allclose(asked_model.effects(row, 0).toarray()[0], found * dense, atol=1e-4)


@pytest.mark.heavy
def test_shap_agrees(prepared: Preparation, learned: WordModel) -> None:
    """Another package's answer to the same question: the same where it must be, alike elsewhere."""
    pytest.importorskip("shap")
    row = prepared.apply_to_texts(["good film " + " ".join(PRAISE[:3])])
    assert isinstance(row, csr_array)
    straight, bent = model(kind(activation="linear"), row.shape[1]), model(kind(), row.shape[1])
    np.testing.assert_allclose(
        shapley_effects(straight, row, 0).data, straight.effects(row, 0).data, atol=1e-9
    )
    ours, theirs = bent.effects(row, 0).data, shapley_effects(bent, row, 0, rounds=100).data
    np.testing.assert_allclose(theirs, exactly(bent, row), atol=0.02)
    assert ours.sum() == pytest.approx(theirs.sum(), abs=0.01)
    ours, theirs = learned.effects(row, 0).data, shapley_effects(learned, row, 0).data
    assert np.corrcoef(ours, theirs)[0, 1] > 0.95


def exactly(asked_model: WordModel, row: csr_array) -> list[float]:
    """Shapley's formula over all sets of words."""
    words, n = row.indices.tolist(), len(row.indices)

    def logit(some: tuple[int, ...]) -> float:
        dense = np.zeros((1, row.shape[1]))
        dense[0, list(some)] = row.toarray()[0, list(some)]
        return float(asked_model.logits(csr_array(dense))[0, 0])

    return [
        sum(
            factorial(size) * factorial(n - size - 1) / factorial(n) * (logit((*some, word)) - logit(some))
            for size in range(n)
            for some in combinations([other for other in words if other != word], size)
        )
        for word in words
    ]


@pytest.fixture(scope="module")
def learned(prepared: Preparation, part: TrainingPart) -> WordModel:
    """A small network that has learned the reviews."""
    network = build(BASE, (prepared.n_features,), 1, seed=3)
    rows = torch.from_numpy(rows_of(prepared, part).toarray())
    truth = torch.from_numpy(part.target.astype(np.float32))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    for _ in range(150):
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(network(rows)[:, 0], truth)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return WordModel(BASE, network.arrays(), prepared.n_features, 1)


def test_words_speak_for_their_class(prepared: Preparation, part: TrainingPart, learned: WordModel) -> None:
    """Else `boring` would be told to speak for praise."""
    rows = rows_of(prepared, part)
    blame, praise = top_words(learned, prepared, rows, part.classes, most=5)
    assert (blame.name, praise.name) == ("n", "p")
    assert {word.word for word in blame.words} == set(BLAME)
    assert {word.word for word in praise.words} == set(PRAISE)
    column = prepared.features.index(praise.words[0].word)
    assert praise.words[0].texts == (rows.toarray()[:, column] > 0).sum()
    assert all(
        one.effect >= other.effect > 0 for one, other in zip(praise.words, praise.words[1:], strict=False)
    )
    for each in top_words(learned, prepared, rows, part.classes, least_texts=10**6):
        assert not each.words


def test_a_single_review_is_explained(prepared: Preparation, part: TrainingPart, learned: WordModel) -> None:
    """Else a reader would not know why this review is called praise."""
    one, none = explain_texts(
        learned, prepared, ["A lovely, moving film; the end was dull", "zzz"], part.classes, most=3
    )
    assert one.name == "p"
    assert one.probability is not None
    assert one.probability > 0.5
    assert {word.word for word in one.words} == {"lovely", "moving", "dull"}
    assert [word.effect > 0 for word in one.words if word.word != "dull"] == [True, True]
    assert abs(one.error) < 0.05
    assert (none.words, none.others, none.error) == ((), 0.0, 0.0)
    assert one.method == "integrated gradients"


@pytest.mark.heavy
def test_a_review_is_explained_by_shap(prepared: Preparation, part: TrainingPart, learned: WordModel) -> None:
    """Else who trusts another package's answer could not ask for it."""
    pytest.importorskip("shap")
    told = explain_texts(learned, prepared, ["a lovely film"], part.classes, method="shap")[0]
    assert told.words[0].word == "lovely"


def test_what_has_no_words_is_told(part: TrainingPart) -> None:
    """Else places of words would be told as their effects."""
    ordered = fit_preparation(Prepare(represent="tokens:8"), part, 7)
    with pytest.raises(StudyError, match="words in their order have no effect of their own"):
        explain_texts(model(BASE, 8), ordered, ["a film"])


def test_labels_are_explained_each_by_itself(prepared: Preparation, part: TrainingPart) -> None:
    """Of a text with two labels one alone would be told, by what speaks against the other."""
    text = " ".join(PRAISE[:2])
    network = build(BASE, (prepared.n_features,), 3, seed=3)
    arrays = network.arrays()
    arrays[-1][:] = 0
    arrays[-1][-1] = [2.0, 1.0, -1.0]  # the outputs' own bias: the first two labels are called
    labels = WordModel(BASE, arrays, prepared.n_features, 3, separate=True)
    told = explain_texts(labels, prepared, [text], ("a", "b", "c"))
    assert [each.name for each in told] == ["a", "b"]
    assert [each.logit for each in told] == pytest.approx([2.0, 1.0])
    assert told[1].probability == pytest.approx(1 / (1 + np.exp(-1.0)))
    arrays[-1][-1] = [-3.0, -2.0, -4.0]
    none = explain_texts(WordModel(BASE, arrays, prepared.n_features, 3, True), prepared, [text], "abc")
    assert [each.name for each in none] == ["b"]  # the likeliest, where none is called
    numbers = explain_texts(
        WordModel(BASE, arrays, prepared.n_features, 3, True), prepared, [text], "abc", numbers=True
    )
    assert [each.name for each in numbers] == ["a", "b", "c"]


def test_what_words_can_not_explain_is_refused(prepared: Preparation, part: TrainingPart) -> None:
    """A user would meet a traceback where a setting is wrong."""
    beside = frame(60).assign(age=range(60))
    columns = split(table(beside, text="text"), Protocol(test=0, validation="holdout:0.25"), 7)
    both = fit_preparation(Prepare(represent="counts:30"), columns.folds[0].training, 7)
    with pytest.raises(StudyError, match="other features too"):
        explain_texts(model(BASE, both.n_features), both, ["a film"])
    with pytest.raises(StudyError, match="must be 'gradients' or 'shap'"):
        explain_texts(model(BASE, prepared.n_features), prepared, ["a film"], method="lime")  # type: ignore[arg-type]
    rows = rows_of(both, columns.folds[0].training)
    for each in top_words(model(BASE, both.n_features), both, rows, part.classes, most=100):
        assert "age" not in {word.word for word in each.words}
