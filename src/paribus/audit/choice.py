"""PB003: the choice is not among too many for its rows."""

from __future__ import annotations

from paribus.audit.evidence import Blank, Evidence, Finding

FINDING = Blank("PB003", "The choice is not among too many for its rows", "warning")


def check(evidence: Evidence) -> Finding:
    """The best of many is partly the luckiest: the fewer rows judge, the more so."""
    study, counts = evidence.study, evidence.data["class_counts"]
    rows = evidence.data["parts"]["val"]
    if counts:
        rows = round(min(counts.values()) / evidence.data["n_rows"] * rows)
    compared = evidence.n_configurations
    told = f"{compared:,} configurations are compared on {rows} validation rows of the rarest class."
    if not counts:
        told = f"{compared:,} configurations are compared on {rows} validation rows."
    if compared <= rows:
        return FINDING.passed(told)
    return FINDING.found(
        f"{told} The best {study.protocol.metrics[0]} will be too good.",
        "Quote the corrected score and the sealed part's, never the best validation score;"
        " give more rows to validation, or let folds share it out among all rows.",
    )
