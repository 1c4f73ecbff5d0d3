"""PB004: no row stands on both sides of a split."""

from __future__ import annotations

from paribus.audit.evidence import Blank, Evidence, Finding

FINDING = Blank("PB004", "No row stands on both sides of a split", "warning")


def check(evidence: Evidence) -> Finding:
    """A row that was trained on judges nothing."""
    leaked = evidence.data["leaked_duplicates"]
    if not leaked:
        return FINDING.passed("No validation or test row equals a training row.")
    sealed = evidence.data.get("sealed_duplicates", 0)
    among = f" {sealed} test rows equal a row outside the test part." if sealed else ""
    return FINDING.found(
        f"{leaked} validation or test rows equal a training row in every feature.{among}",
        "Remove duplicated rows from the data, or keep them together with data.group.",
    )
