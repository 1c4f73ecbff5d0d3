"""A network learns from other words than the user reads, or from none at all."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.data.text import tokens as module
from tests.data.text.corpora import reviews, tokens, words

ASCII = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'


def slowly(text: str) -> list[str]:
    """The words of one text, a character at a time."""
    text = re.sub(r"<br\s*/?>", " ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).lower()
        text = re.sub("[‘’ʼ＇]", "'", text)
    letters = [" " if _parts(letter) else letter for letter in text]
    found = (word.strip("'").lower() for word in "".join(letters).split(" "))
    return [word for word in found if word]


def _parts(letter: str) -> bool:
    kind = unicodedata.category(letter)
    return (
        letter in ASCII
        or letter in "\u200b\ufeff"
        or (letter != "'" and (kind.startswith(("P", "Z")) or kind == "Cc"))
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It's GREAT!<br /><br />Don't miss 'it'.", ["it's", "great", "don't", "miss", "it"]),
        ("10/10, top-notch... (really)", ["10", "10", "top", "notch", "really"]),
        ("“Naïve” — he’d say… ÄRGER\u00a0ß", ["naïve", "he'd", "say", "ärger", "ß"]),
        ("とても良い。映画！", ["とても良い", "映画"]),
        ("good 😀\tfilm\r\n", ["good", "😀", "film"]),
        ("'' ' ...", []),
        ("", []),
    ],
)
def test_words_are_what_stands_between_spaces_and_punctuation(text: str, expected: list[str]) -> None:
    """Else `great!` and `Great` would be other words than `great`."""
    assert words([text]) == [expected]


LETTERS = st.text(st.sampled_from(list("aBc'é’ß \t\n.,-—<br/>😀語。\u200b\u0301É")), max_size=30)


@given(st.lists(LETTERS, min_size=1, max_size=6))
def test_arrays_find_the_words_that_a_loop_finds(texts: list[str]) -> None:
    """Else words would be cut, joined over the ends of texts, or lost."""
    assert words(texts) == [slowly(text) for text in texts]


def test_blocks_and_their_order_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a study could not be repeated on a machine with other cores."""
    texts = [*reviews(40), "", "ünïcode ’tis", "x" * 5000]
    whole = tokens(texts)
    monkeypatch.setattr(module, "BYTES_AT_ONCE", 100)
    parts = tokens(texts)
    assert whole.words == parts.words == tuple(sorted(set(whole.words)))
    assert np.array_equal(whole.codes, parts.codes)
    assert np.array_equal(whole.starts, parts.starts)


def test_some_texts_keep_their_words() -> None:
    """Else a fold would be trained on the words of other rows."""
    texts = [*reviews(10), "", "last one"]
    found, every = tokens(texts), words(texts)
    rows = np.array([11, 3, 10, 3])
    taken = found.take(rows)
    told = [
        [taken.words[code] for code in taken.codes[start:stop]]
        for start, stop in zip(taken.starts[:-1], taken.starts[1:], strict=True)
    ]
    assert told == [every[row] for row in rows]


def test_a_text_of_a_megabyte_is_read() -> None:
    """Else one long review would end the study."""
    found = tokens(["word " * 250_000, "another"])
    assert found.lengths.tolist() == [250_000, 1]
