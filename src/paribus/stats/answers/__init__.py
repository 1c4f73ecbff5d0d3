"""Answers: what the trials of a record say, as typed values; pages, tables and terminals draw them."""

from paribus.stats.answers.answer import answers
from paribus.stats.answers.records import Answer, LevelAnswer, PairAnswer

__all__ = ["Answer", "LevelAnswer", "PairAnswer", "answers"]
