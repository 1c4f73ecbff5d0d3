"""A text's words are coloured by other effects than those that moved its network."""

from __future__ import annotations

import pytest

from paribus.explain.facts import WordEffect
from paribus.explain.reading import shares_of_words
from paribus.study.representation import parse_representation

TEXT = ["not", "good", "not", "bad"]


def shares(represent: str, effects: dict[str, float], text: list[str] | None = None) -> list[float]:
    return list(map(float, shares_of_words(text or TEXT, effects, parse_representation(represent))))


def test_a_word_has_its_own_effect_where_it_stands() -> None:
    """Else a word that stands twice would be told twice over."""
    assert shares("counts:9", {"not": -2.0, "bad": -1.0}) == [-1, 0, -1, -1]


def test_words_in_a_row_share_their_effect() -> None:
    """Else what a pair of words moves would be seen nowhere in the text."""
    assert shares("tfidf:9:1-2", {"not bad": 3.0, "not": -2.0, "good": 1.0}) == [-1, 1, 0.5, 1.5]


def test_pieces_of_words_add_up_in_their_word() -> None:
    """Else a text in Chinese, or of pieces of words, would have no colour at all."""
    found = shares("char_counts:9:1-3", {"好": 2.0, "很好 ": 1.0, " ": 4.0, "absent": 9.0}, ["很好", "不好"])
    assert found == [4, 3]
    assert shares("char_counts:9:8", {"longer": 1.0}) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("piece", "shown"), [(" a", "␣a"), ("film ", "film␣"), (" ", "␣"), ("not good", "not good"), ("好", "好")]
)
def test_the_end_of_a_word_is_seen(piece: str, shown: str) -> None:
    """Else a bar would have no name, and `a` and ` a` the same one."""
    assert WordEffect(piece, 1.0).shown == shown
