"""PB005: networks tell the classes apart."""

from __future__ import annotations

from paribus.audit.evidence import Blank, Evidence, Finding

FINDING = Blank("PB005", "Networks tell the classes apart", "warning")


def check(evidence: Evidence) -> Finding:
    """A network that calls every row alike stands in medians like any other, without a word."""
    if evidence.trials is None or not evidence.data["classes"]:
        return FINDING.not_applicable("For trained classifiers.")
    done = evidence.trials[evidence.trials["status"] == "done"]
    if "one_class" not in done:
        return FINDING.not_applicable("For trained classifiers.")
    alike = int(done["one_class"].sum())
    if not alike:
        return FINDING.passed("Every trained network uses more than one class.")
    return FINDING.found(
        f"{alike:,} of {len(done):,} trials predict one class for every validation row;"
        " they count in medians.",
        "Look at their settings: a learning rate too high or too few epochs are the usual causes.",
    )
