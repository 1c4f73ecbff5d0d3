"""PB009: tables by level compare like with like."""

from __future__ import annotations

from paribus.audit.evidence import Blank, Evidence, Finding

FINDING = Blank("PB009", "Tables by level compare like with like", "note")
TOGETHER = {"list": "change together", "adaptive": "are drawn near levels that did well together"}
"""The designs that move their factors together, and how."""


def check(evidence: Evidence) -> Finding:
    """Where one setting changes with another, a table by level shows both: a depth table with an MSE row."""
    if not evidence.study.stage:
        return FINDING.not_applicable("For studies with stages.")
    mixed = [
        f"in stage '{stage.name}' {' and '.join(map(repr, stage.factors))} {TOGETHER[stage.design]}"
        for stage in evidence.study.stage
        if stage.design in TOGETHER and len(stage.factors) > 1
    ]
    if not mixed:
        return FINDING.passed("No stage changes two factors together without crossing them.")
    return FINDING.found(
        f"{'; '.join(mixed)}: a difference between levels of one could be due to the others.",
        "Read no cause off these tables. Ask a [[question]], which holds all else,"
        " or choose design 'ofat', 'pairs' or 'grid'.",
    )
