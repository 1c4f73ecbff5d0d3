"""The references: all that a study used, and nothing that it didn't."""

from __future__ import annotations

from pathlib import Path

from paribus.report.facts import gather
from paribus.report.references import references
from paribus.study.sections.augment import Augment
from paribus.study.sections.levels import Range
from paribus.study.spec import Data, Network, Schedule, Stage, Study, Train
from tests.report.records import EPOCHS, STAGE, record, study

SOBOL = Stage(
    name="drawn",
    design="sobol",
    factors={"train.learning_rate": Range(low=1e-4, high=1e-1, log=True), "network.dropout": (0.0, 0.3)},
    configurations=8,
)
FRACTION = Stage(
    name="fraction",
    design="factorial",
    resolution=3,
    factors={"train.l2": (0.0, 1e-3), "train.batch_size": (16, 32), "train.optimizer": ("adam", "sgd")},
)


def cited(folder: Path, asked: Study) -> dict[str, str]:
    with record(folder, asked) as found:
        return dict(references(gather(found, asked)))


def test_designs_options_and_data_are_cited(tmp_path: Path) -> None:
    """A thesis would use a design that it can't cite."""
    asked = study(
        data=Data(source="builtin:breast_cancer", target="diagnosis"),
        train=Train(epochs=EPOCHS, schedule=Schedule(name="cosine"), augment=Augment(stain=0.05)),
        network=Network(hidden=(4,), norm="layer"),
        stage=(SOBOL, FRACTION),
    )
    found = cited(tmp_path, asked)
    assert found["sobol (stage.design)"].startswith("Sobol'")
    assert found["factorial (stage.design)"].startswith("Box & Hunter")
    assert found["cosine (train.schedule.name)"].startswith("Loshchilov")
    assert found["stain (train.augment.stain)"].startswith("Tellez")
    assert not [name for name in found if "augment" in name and "stain" not in name]
    assert found["sgd (train.optimizer)"].startswith("Polyak")
    assert found["breast_cancer (data.source)"].startswith("Street")
    assert {"standard (network.dropout_kind)", "layer (network.norm)", "one_standard_error"} <= found.keys()


def test_what_was_not_used_is_not_cited(tmp_path: Path) -> None:
    """A list of references would claim methods that had no part in the study."""
    whole = FRACTION.model_copy(update={"resolution": None})
    found = cited(tmp_path, study(stage=(STAGE, whole)))
    assert not [name for name in found if "stage.design" in name or "dropout" in name or "encode" in name]
