"""The audit: one check a file, each for a mistake seen in published studies."""

from paribus.audit import (
    choice,
    confounded_questions,
    confounded_stages,
    duplicates,
    endings,
    family,
    few_pairs,
    one_class,
    other_pixels,
    replication,
    sealed,
    still_metric,
    ungrouped,
)
from paribus.audit.evidence import Check, Evidence, Finding

CHECKS: tuple[Check, ...] = (
    sealed.check,
    replication.check,
    choice.check,
    duplicates.check,
    one_class.check,
    still_metric.check,
    endings.check,
    confounded_questions.check,
    confounded_stages.check,
    few_pairs.check,
    family.check,
    other_pixels.check,
    ungrouped.check,
)


def audit(evidence: Evidence) -> tuple[Finding, ...]:
    """Every check's verdict, in the order of their codes."""
    return tuple(check(evidence) for check in CHECKS)


__all__ = ["CHECKS", "Evidence", "Finding", "audit"]
