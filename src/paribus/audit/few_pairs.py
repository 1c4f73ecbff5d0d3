"""PB010: questions have enough pairs."""

from __future__ import annotations

from paribus.audit.evidence import Blank, Evidence, Finding
from paribus.stats.answers.limits import unreachable
from paribus.stats.comparison import pairs_needed

FINDING = Blank("PB010", "Questions have enough pairs", "warning")


def check(evidence: Evidence) -> Finding:
    """With few pairs no test on signs can find anything, however large the difference."""
    if not evidence.study.question:
        return FINDING.not_applicable("For studies with questions.")
    seeds = evidence.study.protocol.seeds
    if evidence.folds > 1:
        return FINDING.passed(f"Differences are repeated over {evidence.folds:,} splits.")
    if seeds >= pairs_needed():
        return FINDING.passed(f"Differences are repeated over {seeds:,} seeds.")
    remedy = f"Set protocol.seeds to {pairs_needed()} or more, 10 for instance, or validate on folds."
    if seeds == 1:
        return FINDING.found("With one seed on one split no question can be answered.", remedy)
    return FINDING.found(unreachable(seeds), remedy)
