"""Tables of what moves the chosen network's answer to a text."""

from __future__ import annotations

from collections.abc import Iterator

from paribus.report.exports.table import Column, Kind, Table, table
from paribus.report.facts import Facts

SHEET = "words"
OF_A_TEXT = 10
"""Words of a single text that are written, the largest effects first."""


def word_tables(facts: Facts) -> Iterator[Table]:
    """The words by class, then the single texts."""
    found = facts.words
    if found is None:
        return
    columns: dict[str, Kind] = {
        **{"class": "text", "rank": "count", "word": "text"},
        **{"mean_effect": "signed", "texts": "count"},
    }
    rows = [
        (each.name, rank, word.shown, word.effect, word.texts)
        for each in found.classes
        for rank, word in enumerate(each.words, start=1)
    ]
    note = (
        f"mean_effect: on the logit, in the texts that have the word, of {found.texts:,} validation texts, by"
        f" {found.method}; of {found.config_id}, fold {found.fold}, seed {found.seed}."
    )
    yield table(
        "predictions-words", "Words that speak most for each class", columns, rows, (note,), sheet=SHEET
    )
    if found.read:
        yield _texts(facts)


def _texts(facts: Facts) -> Table:
    found = facts.words
    assert found is not None
    columns = [
        *(Column("row", "count"), Column("why"), Column("truth"), Column("called")),
        *(Column("word"), Column("effect", "signed"), Column("length", "count", brief=False)),
    ]
    rows = [
        (each.row, each.why, each.truth, each.called, word.shown, word.effect, each.length)
        for each in found.read
        for word in each.told.words[:OF_A_TEXT]
    ]
    notes = ("row: its place in the data, from 0; effect: on the logit; length: words of the text.",)
    return table("predictions-texts", "Single texts explained", columns, rows, notes, sheet=SHEET)
