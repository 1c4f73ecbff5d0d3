"""PB012: pretrained networks see the pixels that they were trained on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from paribus.audit.evidence import Blank, Evidence, Finding
from paribus.study.configuration import Configuration
from paribus.study.plan import plan
from paribus.study.sections.levels import Range
from paribus.study.spec import Study

FINDING = Blank("PB012", "Pretrained networks see the pixels that they were trained on", "warning")
PRETRAINED, OWN = "pretrained", ("auto", "own")
_KIND = "network.kind"


def check(evidence: Evidence) -> Finding:
    """A pretrained network that is fed other numbers looks bad, and transfer learning with it.

    The published study fed a frozen ResNet-50 pixels of 0 to 1, and read an AUC of 0.79 as a finding.
    """
    found = list(_pretrained(evidence.study))
    if not found:
        return FINDING.not_applicable("For studies with pretrained networks of images.")
    others = {
        (str(each.network.weights), each.prepare.pixels) for each in found if each.prepare.pixels not in OWN
    }
    if not others:
        return FINDING.passed("Every pretrained network gets pixels as it was trained on them.")
    told = "; ".join(f"{weights} with pixels = '{pixels}'" for weights, pixels in sorted(others))
    return FINDING.found(
        f"Pretrained networks are fed other pixels than their own: {told}. What their weights make of them"
        " says little of what they can do.",
        "Leave prepare.pixels to auto, or set it to own.",
    )


def _pretrained(study: Study) -> Iterator[Configuration]:
    """The configurations whose weights others have trained."""
    if PRETRAINED not in _kinds(study):  # and a large plan need not be drawn
        return
    for stage in plan(study):
        for each in stage.configurations:
            if each.network.kind == PRETRAINED and not each.network.fresh and not each.reads_text:
                yield each


def _kinds(study: Study) -> set[Any]:
    """Every kind of network that the study names."""
    listed = [stage.factors.get(_KIND, ()) for stage in study.stage]
    asked = [question.levels for question in study.question if question.vary == _KIND]
    held = {question.hold.get(_KIND) for question in study.question}
    return held.union(
        [study.network.kind], *(levels for levels in (*listed, *asked) if not isinstance(levels, Range))
    )
