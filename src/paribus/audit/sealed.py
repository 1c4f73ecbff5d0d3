"""PB001: a test part is sealed."""

from __future__ import annotations

from paribus.audit.evidence import Blank, Evidence, Finding

FINDING = Blank("PB001", "A test part is sealed", "warning")


def check(evidence: Evidence) -> Finding:
    """Without sealed rows the chosen configuration's score has no judge that took no part in the choice."""
    if "test" in evidence.data["parts"]:
        return FINDING.passed(f"{evidence.data['parts']['test']} rows are sealed until the end.")
    if evidence.study.protocol.folds.name == "nested":
        return FINDING.passed("No rows are sealed; the outer folds judge what the inner ones choose.")
    return FINDING.found(
        "protocol.test = 0: the score of the chosen configuration comes from the rows that chose it.",
        "Set protocol.test, 0.15 for instance.",
    )
