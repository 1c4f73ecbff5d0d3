"""PB002: differences have replicates."""

from __future__ import annotations

from paribus.audit.evidence import Blank, Evidence, Finding

FINDING = Blank("PB002", "Differences have replicates", "warning")


def check(evidence: Evidence) -> Finding:
    """One split and one seed say nothing about chance."""
    seeds = evidence.study.protocol.seeds
    folds = sum(not fold["judges"] for fold in evidence.data["folds"])
    if seeds > 1 or folds > 1:
        of_folds = f" on each of {folds:,} folds" if folds > 1 else ""
        with_seeds = f" with {seeds} seeds" if seeds > 1 else ""
        return FINDING.passed(f"Every configuration is trained{with_seeds}{of_folds}.")
    return FINDING.found(
        "Every configuration is trained once, on one split:"
        " small differences between configurations are chance.",
        "Raise protocol.seeds, or validate on folds; read the intervals, not the order, of the leaderboard.",
    )
