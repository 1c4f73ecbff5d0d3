"""Each check finds its mistake, and passes where it isn't made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from paribus.audit import CHECKS, Evidence, audit
from paribus.study.spec import Data, Network, Prepare, Protocol, Question, Stage, Study

DEPTH = Question(
    name="depth", vary="network.layers", levels=(1, 2), hold={"network.units": 8}, metric="accuracy"
)
STUDY = Study(
    name="x",
    data=Data(source="rows", target="y"),
    protocol=Protocol(seeds=6, metrics=("recall", "accuracy")),
    question=(DEPTH,),
)


FACTORS: dict[str, Any] = {"network.hidden": ([8], [8, 8]), "train.loss": ("auto", "mse")}
CROSSED = Stage(name="crossed", factors=FACTORS)
MIXED = Stage(name="table", design="list", factors=FACTORS)
"""The published depth table: its row of two layers is the model with another loss."""
STUDY = STUDY.model_copy(update={"stage": (CROSSED,)})
DATA: dict[str, Any] = {
    "n_rows": 569,
    "classes": ["benign", "malignant"],
    "class_counts": {"benign": 357, "malignant": 212},
    "leaked_duplicates": 0,
    "parts": {"train": 399, "val": 85, "test": 85},
    "folds": [{"train": 399, "val": 85, "stop": 0, "repeat": 0, "outer": None, "judges": False}],
}
LAYOUT = Question(name="layout", vary="network.hidden", levels=([8], [16, 4]), metric="accuracy")
TRIALS = pd.DataFrame(
    {
        "status": ["done", "done"],
        "one_class": [False, False],
        "val_recall": [0.5, 0.6],
        "val_accuracy": [0.5, 0.7],
    }
)
SOUND = Evidence(STUDY, DATA, TRIALS, n_configurations=2)
OF_IMAGES = {"PB012", "PB013"}
IMAGES = STUDY.model_copy(update={"data": Data(source="patches", target="y", image="id"), "question": ()})
ALIKE: dict[str, Any] = {
    **{"groups": 40, "judged": 170, "judged_alike": 168, "example": "C100P61ThinF"},
    "pattern": "^[^_. -]+",
}
"""File names that tell of patients, on both sides of a split."""


def found(evidence: Evidence) -> set[str]:
    return {finding.code for finding in audit(evidence) if finding.status == "found"}


def protocol(**changes: Any) -> Evidence:
    return replace(
        SOUND,
        study=STUDY.model_copy(update={"protocol": Protocol(metrics=("recall", "accuracy"), **changes)}),
    )


def test_a_sound_study_passes_every_check() -> None:
    """A check that always cries is never read."""
    told = {finding.code: finding.status for finding in audit(SOUND)}
    assert {status for code, status in told.items() if code not in OF_IMAGES} == {"passed"}
    assert {told[code] for code in OF_IMAGES} == {"not applicable"}


@pytest.mark.parametrize(
    ("evidence", "code"),
    [
        (replace(SOUND, data={**DATA, "parts": {"train": 484, "val": 85}}), "PB001"),
        (protocol(seeds=1), "PB002 PB010"),
        (protocol(seeds=5), "PB010"),
        (replace(SOUND, study=STUDY.model_copy(update={"stage": (MIXED,)})), "PB009"),
        (replace(SOUND, study=STUDY.model_copy(update={"question": (LAYOUT,)})), "PB008"),
        (replace(SOUND, n_configurations=1620), "PB003"),
        (replace(SOUND, data={**DATA, "leaked_duplicates": 3}), "PB004"),
        (replace(SOUND, trials=TRIALS.assign(one_class=[True, False])), "PB005"),
        (replace(SOUND, trials=TRIALS.assign(val_recall=0.660714)), "PB006"),
        (replace(SOUND, trials=pd.concat([TRIALS, TRIALS.assign(status="diverged")])), "PB007"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_mistake_is_found_by_its_check(evidence: Evidence, code: str) -> None:
    """A mistake seen in published studies would go unsaid."""
    assert found(evidence) == set(code.split())
    finding = next(each for each in audit(evidence) if each.code in code)
    assert finding.message
    assert finding.remedy


def message(evidence: Evidence, code: str) -> str:
    return next(each.message for each in audit(evidence) if each.code == code)


def test_the_confounder_of_a_table_is_named() -> None:
    """The published depth table, with another loss in one row, would be read as an effect of depth."""
    told = message(replace(SOUND, study=STUDY.model_copy(update={"stage": (MIXED,)})), "PB009")
    assert "'network.hidden' and 'train.loss' change together" in told
    searched = MIXED.model_copy(update={"design": "adaptive", "configurations": 40})
    told = message(replace(SOUND, study=STUDY.model_copy(update={"stage": (searched,)})), "PB009")
    assert "'network.hidden' and 'train.loss' are drawn near levels that did well together" in told
    told = message(replace(SOUND, study=STUDY.model_copy(update={"question": (LAYOUT,)})), "PB008")
    assert "'network.hidden' changes the number of layers (1 to 2) together with their widths" in told


def test_five_pairs_are_told_what_they_cannot_reach() -> None:
    """p = 0.0625 would be read as nearly a finding."""
    told = message(protocol(seeds=5), "PB010")
    assert "can't fall below 0.0625 two-sided; 6 are needed" in told


def test_questions_are_counted_as_one_family() -> None:
    """Forty comparisons would be read one by one, two of them found by chance."""
    wide = DEPTH.model_copy(update={"name": "wide", "levels": tuple(range(1, 10))})
    told = message(replace(SOUND, study=STUDY.model_copy(update={"question": (DEPTH, wide)})), "PB011")
    assert "2 questions compare 37 pairs of levels; one by one about 1.9" in told


def test_a_study_without_questions_is_not_asked_about_them() -> None:
    """A grid would be told off for what it doesn't do."""
    plain = audit(replace(SOUND, study=STUDY.model_copy(update={"question": (), "stage": ()})))
    assert {each.code for each in plain if each.status == "not applicable"} == {
        *("PB008", "PB009", "PB010", "PB011"),
        *OF_IMAGES,
    }


def test_folds_are_replicates() -> None:
    """Ten-fold cross-validation would be told that it was trained once."""
    folds = {**DATA, "folds": DATA["folds"] * 10}
    assert not found(replace(protocol(seeds=1), data=folds))


def test_outer_folds_judge_like_a_sealed_part() -> None:
    """Nested validation would be told that nothing judges its choice."""
    nested = protocol(seeds=6, validation="nested:5x3")
    assert not found(replace(nested, data={**DATA, "parts": {"train": 484, "val": 85}}))


def test_before_a_run_the_checks_of_trials_do_not_apply() -> None:
    """`paribus check` would pass judgement on what was never trained."""
    before = audit(replace(SOUND, trials=None))
    assert {finding.code for finding in before if finding.status == "not applicable"} == {
        "PB005",
        "PB006",
        "PB007",
        *OF_IMAGES,
    }


def pretrained(pixels: str, **changes: Any) -> Evidence:
    network = Network.model_validate({"kind": "pretrained", "weights": "efficientnet_lite0", **changes})
    asked = {"network": network, "prepare": Prepare.model_validate({"pixels": pixels}), "stage": ()}
    return replace(SOUND, study=IMAGES.model_copy(update=asked))


def test_a_pretrained_network_fed_other_pixels_is_found() -> None:
    """The published mistake: 'transfer learning failed' would be read as a finding."""
    assert found(pretrained("unit")) == {"PB012"}
    assert "efficientnet_lite0 with pixels = 'unit'" in message(pretrained("unit"), "PB012")
    for sound in (pretrained("auto"), pretrained("own"), pretrained("unit", fresh=True)):
        assert "PB012" not in found(sound)
    reads = pretrained("auto").study.model_copy(update={"prepare": Prepare(represent="tokenizer:minilm:9")})
    (told,) = (each for each in audit(replace(SOUND, study=reads)) if each.code == "PB012")
    assert told.status == "not applicable"  # texts have no pixels


def test_other_pixels_are_found_in_stages_and_questions() -> None:
    """A study whose pretrained network stands in one stage alone would pass."""
    stage = Stage(
        name="three",
        design="list",
        factors={
            "network.kind": ("simple_cnn", "pretrained"),
            "network.weights": (None, "efficientnet_lite0"),
            "prepare.pixels": ("unit", "unit"),
        },
    )
    study = IMAGES.model_copy(update={"network": Network.model_validate({"kind": "simple_cnn"})})
    assert "PB012" in found(replace(SOUND, study=study.model_copy(update={"stage": (stage,)})))
    asked = Question(name="pixels", vary="prepare.pixels", levels=("own", "unit"), metric="accuracy")
    own = pretrained("own").study.model_copy(update={"question": (asked,)})
    assert "PB012" in found(replace(SOUND, study=own))


def test_images_of_one_patient_on_both_sides_are_hinted_at() -> None:
    """Cells of one patient would judge networks that were trained on the others."""
    torn = replace(SOUND, study=IMAGES, data={**DATA, "names_alike": ALIKE})
    assert found(torn) == {"PB013"}
    assert "168 of 170" in message(torn, "PB013")
    whole = IMAGES.model_copy(update={"data": IMAGES.data.model_copy(update={"group": "^[^_]+"})})
    for sound in (
        replace(torn, study=whole),
        replace(torn, data={**DATA, "names_alike": None}),
        replace(torn, data={**DATA, "names_alike": {**ALIKE, "judged_alike": 0}}),
    ):
        assert not found(sound)


def test_codes_are_unique_and_rising() -> None:
    """Two checks would share a name in audit.json."""
    codes = [check(SOUND).code for check in CHECKS]
    assert codes == sorted(set(codes))
