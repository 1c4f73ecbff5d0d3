"""PB011: many comparisons are judged as one family."""

from __future__ import annotations

from math import comb

from paribus.audit.evidence import Blank, Evidence, Finding
from paribus.stats.comparison import ALPHA

FINDING = Blank("PB011", "Many comparisons are judged as one family", "note")
SHOWN = 5


def check(evidence: Evidence) -> Finding:
    """One in twenty comparisons of nothing has a p value below 0.05."""
    questions = evidence.study.question
    if not questions:
        return FINDING.not_applicable("For studies with questions.")
    by = evidence.study.protocol.adjust.replace("_", " and ").title()
    compared = sum(comb(len(question.levels), 2) for question in questions)
    told = (
        f"{len(questions):,} question{'s' * (len(questions) > 1)} compare {compared:,}"
        f" pair{'s' * (compared > 1)} of levels; one by one about {ALPHA * compared:.1f} would differ by"
        f" chance alone, so p values are adjusted over all of them (protocol.adjust: {by})."
    )
    alone = [
        f"{answer.question.name}: {answer.levels[pair.one].level} − {answer.levels[pair.other].level}"
        for answer in evidence.answers
        for pair in answer.pairs
        if pair.hidden_by_family
    ]
    if not alone:
        return FINDING.passed(told)
    more = f" and {len(alone) - SHOWN:,} more" if len(alone) > SHOWN else ""
    return FINDING.found(
        f"{told} Findings alone, and none among so many: {', '.join(alone[:SHOWN])}{more}.",
        "Don't report them as findings. Ask fewer questions of fewer levels, or raise protocol.seeds.",
    )
