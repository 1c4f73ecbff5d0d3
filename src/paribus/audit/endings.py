"""PB007: every trial ended well."""

from __future__ import annotations

from paribus.audit.evidence import Blank, Evidence, Finding

FINDING = Blank("PB007", "Every trial ended well", "warning")


def check(evidence: Evidence) -> Finding:
    """Trials that diverged or failed are outcomes: they are counted, never hidden."""
    if evidence.trials is None:
        return FINDING.not_applicable("For trained networks.")
    counts = evidence.trials["status"].value_counts()
    bad = {status: int(counts[status]) for status in ("diverged", "failed", "missing") if status in counts}
    if not bad:
        return FINDING.passed(f"All {len(evidence.trials):,} trials are done.")
    told = ", ".join(f"{count:,} {status}" for status, count in bad.items())
    return FINDING.found(
        f"Of {len(evidence.trials):,} trials: {told}.", "See the column reason of trials.csv."
    )
