"""Every table of a report, in its order."""

from __future__ import annotations

from itertools import chain

from paribus.report.exports.choice_tables import choice_tables
from paribus.report.exports.data_tables import data_tables
from paribus.report.exports.outcome_tables import outcome_tables
from paribus.report.exports.prediction_tables import prediction_tables
from paribus.report.exports.provenance_tables import provenance_tables
from paribus.report.exports.question_tables import question_tables
from paribus.report.exports.table import Table
from paribus.report.exports.trial_tables import trial_tables
from paribus.report.exports.word_tables import word_tables
from paribus.report.facts import Facts


def tables(facts: Facts) -> tuple[Table, ...]:
    """What the facts say, as tables: every renderer draws these and nothing else."""
    makers = (
        *(outcome_tables, question_tables, trial_tables, data_tables),
        *(choice_tables, prediction_tables, word_tables, provenance_tables),
    )
    return tuple(chain.from_iterable(maker(facts) for maker in makers))
