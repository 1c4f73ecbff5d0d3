"""PB002: differences have replicates."""

from __future__ import annotations

from paribus.audit.evidence import Blank, Evidence, Finding

FINDING = Blank("PB002", "Differences have replicates", "warning")


def check(evidence: Evidence) -> Finding:
    """One split and one seed say nothing about chance."""
    seeds = evidence.study.protocol.seeds
    if seeds > 1:
        return FINDING.passed(f"Every configuration is trained with {seeds} seeds.")
    return FINDING.found(
        "Every configuration is trained once, on one split:"
        " small differences between configurations are chance.",
        "Raise protocol.seeds; read the intervals, not the order, of the leaderboard.",
    )
