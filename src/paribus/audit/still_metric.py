"""PB006: every metric moves."""

from __future__ import annotations

from paribus.audit.evidence import Blank, Evidence, Finding

FINDING = Blank("PB006", "Every metric moves", "warning")


def check(evidence: Evidence) -> Finding:
    """A metric with one value in all trials measures nothing."""
    if evidence.trials is None:
        return FINDING.not_applicable("For trained networks.")
    done = evidence.trials[evidence.trials["status"] == "done"]
    if len(done) < 2:
        return FINDING.not_applicable("For two finished trials or more.")
    still = [m for m in evidence.study.protocol.metrics if done[f"val_{m}"].nunique(dropna=False) == 1]
    if not still:
        return FINDING.passed("Every metric takes different values in different trials.")
    return FINDING.found(
        f"{', '.join(still)} has the same value in all {len(done):,} finished trials.",
        "Leave it out of protocol.metrics, or find out why it never moves.",
    )
