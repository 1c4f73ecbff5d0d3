"""PB008: each question varies its factor alone."""

from __future__ import annotations

from paribus.audit.evidence import Blank, Evidence, Finding
from paribus.stats.answers.isolation import isolate
from paribus.study.plan import question_configurations

FINDING = Blank("PB008", "Each question varies its factor alone", "warning")


def check(evidence: Evidence) -> Finding:
    """A difference between levels is due to the factor only where nothing else differs."""
    study = evidence.study
    if not study.question:
        return FINDING.not_applicable("For studies with questions.")
    mixed = []
    for question in study.question:
        compared = [made for _, made in question_configurations(study, question)]
        found = isolate(compared, question.vary)
        causes = [f"'{path}' differs too" for path in found.confounders]
        causes += [f"'{question.vary}' changes {moved}" for moved in found.moves_along if "layers" in moved]
        mixed += [f"question '{question.name}': {', '.join(causes)}"] if causes else []
    if not mixed:
        return FINDING.passed("Every setting but the factor is equal in all levels of each question.")
    return FINDING.found(
        f"{'; '.join(mixed)}: a difference could be due to either.",
        "Ask two questions, each with the other held: network.layers with network.units in hold, and the"
        " other way round.",
    )
