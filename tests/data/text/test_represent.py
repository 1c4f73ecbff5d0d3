"""A text's features aren't what their name says, or are learned from rows that judge."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest, f_classif

from paribus.data.parts import TrainingPart, take
from paribus.data.prepare.preparation import fit_preparation, prepare_training
from paribus.data.prepare.prepared import Prepared
from paribus.data.prepare.text import represent
from paribus.data.prepare.text.represent import TextFeatures, most_text_features, vocabulary_notes
from paribus.data.split import split
from paribus.errors import DataError
from paribus.study.representation import parse_representation
from paribus.study.spec import Prepare, Protocol
from tests.data.helpers import table
from tests.data.text.corpora import frame, reviews, tokens, training, words

TEXTS = [*reviews(60), "", "Good? good film, GOOD end!", "unheard"]


def fitted(name: str, texts: list[str]) -> TextFeatures:
    return TextFeatures(parse_representation(name), tokens(texts))


def dense(rows: Prepared) -> NDArray[Any]:
    """The rows as an array, once they are seen to be what engines are promised."""
    assert isinstance(rows, csr_array)
    assert rows.dtype == np.float32
    assert rows.indices.dtype == np.int32
    for first, stop in zip(rows.indptr[:-1], rows.indptr[1:], strict=True):
        assert (np.diff(rows.indices[first:stop]) > 0).all()
    return np.asarray(rows.toarray())


def commonest(grams: Callable[[list[str]], list[str]], texts: list[str], size: int) -> list[str]:
    """The commonest n-grams by counting one at a time: of equals the shorter, then the first by its words."""
    counts = Counter(gram for text in words(texts) for gram in grams(text))
    by_words = sorted(counts, key=lambda gram: (-counts[gram], len(gram.split(" ")), gram.split(" ")))
    return by_words[:size]


def in_a_row(low: int, high: int) -> Callable[[list[str]], list[str]]:
    return lambda text: [
        " ".join(text[at : at + n]) for n in range(low, high + 1) for at in range(len(text) - n + 1)
    ]


@pytest.mark.parametrize(("low", "high"), [(1, 1), (1, 2), (2, 2), (1, 3), (3, 4)])
@pytest.mark.parametrize("size", [5, 40, 10_000])
def test_the_vocabulary_is_the_commonest_words_of_the_training_texts(low: int, high: int, size: int) -> None:
    """Else another vocabulary than the one asked for would be learned, or another one each time."""
    found = fitted(f"counts:{size}:{low}-{high}", TEXTS).names
    assert list(found) == commonest(in_a_row(low, high), TEXTS, size)


@pytest.mark.parametrize("span", ["1", "1-2", "2-3"])
@pytest.mark.parametrize("name", ["multi_hot", "counts", "tfidf"])
def test_words_are_counted_as_scikit_learn_counts_them(name: str, span: str) -> None:
    """Else a study's tf-idf would not be the field's."""
    made = fitted(f"{name}:30:{span}", TEXTS)
    low, high = (int(end) for end in (span.split("-") * 2)[:2])
    kind = TfidfVectorizer if name == "tfidf" else CountVectorizer
    theirs = kind(
        tokenizer=lambda text: words([text])[0], token_pattern=None, lowercase=False, vocabulary=made.names,
        ngram_range=(low, high), binary=name == "multi_hot",
    )  # fmt: skip
    unseen = ["good film, good film. The end was unheard", "zzz"]
    expected = theirs.fit_transform(TEXTS).toarray()
    np.testing.assert_allclose(dense(made.rows(tokens(TEXTS))), expected, rtol=1e-6)
    np.testing.assert_allclose(
        dense(made.rows(tokens(unseen))), theirs.transform(unseen).toarray(), rtol=1e-6
    )


@pytest.mark.parametrize("name", ["char_multi_hot", "char_counts", "char_tfidf"])
def test_pieces_of_words_are_counted_as_scikit_learn_counts_them(name: str) -> None:
    """Else what is learned of a language without spaces would be other pieces than those told."""
    plain = [" ".join(text) for text in words([*TEXTS, "日本語の映画 良い映画"])]
    made = fitted(f"{name}:200:1-3", plain)
    kind = TfidfVectorizer if name == "char_tfidf" else CountVectorizer
    theirs = kind(
        analyzer="char_wb", vocabulary=made.names, ngram_range=(1, 3), binary=name == "char_multi_hot"
    )
    expected = theirs.fit_transform(plain).toarray()
    np.testing.assert_allclose(dense(made.rows(tokens(plain))), expected, rtol=1e-6)
    every = CountVectorizer(analyzer="char_wb", ngram_range=(1, 3)).fit(plain)
    assert set(fitted("char_counts:100000:1-3", plain).names) == set(every.get_feature_names_out())


def test_hashing_needs_no_vocabulary_and_tells_words_apart() -> None:
    """Else texts with other words would look alike, or a hash would differ from one process to the next."""
    made = fitted("hashing:2^14", ["anything"])
    rows = dense(made.rows(tokens(["good good film", "good good film", "bad film", ""])))
    assert rows.shape == (4, 2**14)
    assert np.array_equal(rows[0], rows[1])
    assert np.sort(np.abs(rows[0][rows[0] != 0])).tolist() == pytest.approx([1 / 5**0.5, 2 / 5**0.5])
    assert np.count_nonzero(rows[0] * rows[2]) == 1
    assert not rows[3].any()
    assert np.flatnonzero(rows[2]).tolist() == HASHED


HASHED = [7346, 12402]
"""Where `bad` and `film` are, on every machine."""


def test_hashed_pairs_know_their_order() -> None:
    """Else `not good` and `good not` would be one feature."""
    made = fitted("hashing:2^16:2", ["anything"])
    one, other = dense(made.rows(tokens(["not good", "good not"])))
    assert np.count_nonzero(one) == np.count_nonzero(other) == 1
    assert not (one * other).any()


def test_blocks_of_texts_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a large table would be prepared otherwise than a small one."""
    made, found = fitted("tfidf:50:1-2", TEXTS), tokens(TEXTS)
    whole = made.rows(found)
    monkeypatch.setattr(represent, "TOKENS_AT_ONCE", 30)
    parts = made.rows(found)
    assert isinstance(whole, csr_array)
    assert isinstance(parts, csr_array)
    for one, other in (
        (whole.data, parts.data),
        (whole.indices, parts.indices),
        (whole.indptr, parts.indptr),
    ):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)


@pytest.mark.parametrize("name", ["multi_hot:20", "tfidf:30:1-2", "char_tfidf:60", "hashing:256"])
def test_nothing_is_learned_from_other_rows(name: str) -> None:
    """Else held-out rows would speak in what they judge."""
    rows = training().rows
    other = frame()
    outside = np.setdiff1d(np.arange(len(other)), rows)
    other.loc[outside, "text"] = [f"the the scene scene strange {place}" for place in outside]
    prepare = Prepare(represent=name)
    (one, first), (two, second) = (
        prepare_training(prepare, take(TrainingPart, table(each, text="text"), np.array(rows)), 42)
        for each in (frame(), other)
    )
    assert pickle.dumps(one) == pickle.dumps(two)
    assert isinstance(first.features, csr_array)
    assert np.array_equal(dense(first.features), dense(second.features))


def test_a_preparation_knows_its_words_and_prepares_new_texts() -> None:
    """Else nobody could explain a prediction, or predict a new review."""
    part = training()
    made = pickle.loads(pickle.dumps(fit_preparation(Prepare(represent="multi_hot:12"), part, 7)))
    new = made.apply_to_texts(["a GOOD film<br />", ""])
    found = [made.features[column] for column in np.flatnonzero(dense(new)[0])]
    assert sorted(found) == sorted({"a", "film", "good"} & set(made.features))
    assert len(made.features) == made.n_features == 12
    assert np.array_equal(dense(made.apply(part)), dense(prepare_training(made.prepare, part, 7)[1].features))


def test_numbers_stand_beside_the_words() -> None:
    """Else a column beside the text would be lost, or not scaled."""
    both = frame().assign(stars=np.arange(80.0), kind=["a", "b"] * 40)
    parts = split(table(both, text="text"), Protocol(test=0, validation="holdout:0.25"), 7).folds[0]
    made, rows = prepare_training(Prepare(represent="multi_hot:10"), parts.training, 7)
    assert made.features[:3] == ("stars", "kind=a", "kind=b")
    found = dense(rows.features)
    assert found.shape == (60, 13)
    assert found[:, 0].mean() == pytest.approx(0, abs=1e-6)
    alone = fit_preparation(Prepare(represent="multi_hot:10"), training(), 7)
    assert made.features[3:] == alone.features
    assert dense(made.apply(parts.validation)).shape == (20, 13)


def test_the_best_words_are_selected_as_scikit_learn_selects_them() -> None:
    """Else prepare.select would keep other words than those that tell the classes apart."""
    part = training()
    made, rows = prepare_training(Prepare(represent="counts:40", select="kbest:6"), part, 7)
    every = dense(prepare_training(Prepare(represent="counts:40"), part, 7)[1].features)
    theirs = SelectKBest(f_classif, k=6).fit(every.astype(np.float64), part.target)
    assert np.array_equal(dense(rows.features), every[:, theirs.get_support()])
    assert made.n_features == 6


@pytest.mark.parametrize("sampler", ["oversample", "undersample"])
def test_rows_are_resampled_without_becoming_dense(sampler: str) -> None:
    """Else unequal classes of texts could not be balanced within memory."""
    unequal = frame().assign(y=["p" if row % 4 == 0 else "n" for row in range(80)])
    part = (
        split(table(unequal, text="text"), Protocol(test=0, validation="holdout:0.25"), 7).folds[0].training
    )
    rows = prepare_training(Prepare(represent="counts:40", resample=sampler), part, 7)[1]
    counts = np.bincount(rows.target)
    assert counts[0] == counts[1] == (45 if sampler == "oversample" else 15)
    every = {
        row.tobytes() for row in dense(prepare_training(Prepare(represent="counts:40"), part, 7)[1].features)
    }
    assert {row.tobytes() for row in dense(rows.features)} <= every


def test_a_vocabulary_larger_than_there_is_uses_all_and_says_so() -> None:
    """Else a user would think that 10,000 words were learned from."""
    part = training()
    found = fit_preparation(Prepare(represent="multi_hot:10000"), part, 7).n_features
    asked = parse_representation("multi_hot:10000")
    assert found == most_text_features(asked, part.features.texts.tokens) < 100
    (note,) = vocabulary_notes(["multi_hot:10000", "multi_hot:5", "hashing:2^18", "tfidf:20:1-2"], part)
    assert note.startswith(
        f"prepare.represent = 'multi_hot:10000': the training texts have {found} such words"
    )


def test_training_texts_without_a_feature_are_refused() -> None:
    """Else a network with no input would be trained."""
    with pytest.raises(DataError, match="has 4 words in a row"):
        fitted("counts:10:4", ["one two three", "four"])


def test_words_in_order_are_those_of_the_text() -> None:
    """Else a recurrent network would read another text, or padding as words."""
    part = training()
    made = fit_preparation(Prepare(represent="tokens:6:10"), part, 7)
    assert made.text is not None
    assert made.text.ordered is not None
    known = made.text.ordered.vocabulary
    assert known == fit_preparation(Prepare(represent="counts:10"), part, 7).features
    new = ["the film unheard", "", "a a a a a a a a"]
    found = made.apply_to_texts(new)
    assert isinstance(found, np.ndarray)
    assert found.dtype == np.int32
    place = {word: number for number, word in enumerate(known, start=2)}
    expected = [[place.get(word, 1) for word in text][:6] for text in words(new)]
    assert found.tolist() == [[*row, *[0] * (6 - len(row))] for row in expected]
    assert made.n_features == 6
    assert made.prepare.n_places == 12
    rows, again = prepare_training(made.prepare, part, 7)[1].features, made.apply(part)
    assert not isinstance(rows, csr_array)
    assert not isinstance(again, csr_array)
    assert np.array_equal(rows, again)
