"""PB013: images of one patient or slide stand on one side of every split."""

from __future__ import annotations

from paribus.audit.evidence import Blank, Evidence, Finding

FINDING = Blank("PB013", "Images of one origin stand on one side of every split", "note")


def check(evidence: Evidence) -> Finding:
    """Images of one patient are alike: a network that knows some of them judges the others too well.

    Nobody but the owner knows the patients. Names that begin alike are a hint, no proof.
    """
    study = evidence.study
    if not study.data.image:
        return FINDING.not_applicable("For studies of images.")
    if study.data.group:
        return FINDING.passed(f"Images are kept whole by data.group ({study.data.group}).")
    found = evidence.data.get("names_alike")
    if not found or not found["judged_alike"]:
        return FINDING.passed(
            "No file names of validation or test images begin like those of training images."
        )
    return FINDING.found(
        f"{found['judged_alike']:,} of {found['judged']:,} validation and test images have names that begin"
        f" like those of training images, as in '{found['example']}' ({found['groups']:,} beginnings)."
        " If these tell a patient, a slide or a device, the scores are too good.",
        f"If they do, keep them together, as in data.group = '{found['pattern']}'.",
    )
