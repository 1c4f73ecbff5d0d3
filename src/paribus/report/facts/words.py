"""What moves the chosen network's answer to a text, as the run left it in the record."""

from __future__ import annotations

from pydantic import TypeAdapter

from paribus.explain.facts import StudyWords
from paribus.store.record import Record

_WORDS = TypeAdapter(StudyWords)


def word_facts(record: Record, config_id: str) -> StudyWords | None:
    """None where nothing was kept, or of another configuration than the chosen one."""
    kept = record.fact("words")
    if kept is None or kept["config_id"] != config_id:
        return None
    return _WORDS.validate_python(kept)
