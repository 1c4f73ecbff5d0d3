"""The study as frozen values: what is asked, before anything is read or trained.

The sections and their keys are those of the study file. A value that exists is a value that can be
used: every rule that needs no data is checked when it is made.
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from paribus.study.fields import Name, Section
from paribus.study.problems import RuleError, WrongStudyError, problems
from paribus.study.sections.augment import Augment
from paribus.study.sections.data import Data
from paribus.study.sections.deliver import Deliver, Track
from paribus.study.sections.network import MOST_LAYERS, MOST_UNITS, Network
from paribus.study.sections.prepare import Prepare
from paribus.study.sections.protocol import Protocol, check_split_columns
from paribus.study.sections.stage import MOST_CONFIGURATIONS, Question, Stage
from paribus.study.sections.train import EarlyStopping, Schedule, Train

__all__ = [
    "MOST_CONFIGURATIONS",
    "MOST_LAYERS",
    "MOST_UNITS",
    "Augment",
    "Data",
    "Deliver",
    "EarlyStopping",
    "Network",
    "Prepare",
    "Protocol",
    "Question",
    "Schedule",
    "Section",
    "Stage",
    "Study",
    "Track",
    "Train",
]


class Study(Section):
    """A whole study; its fields are the tables of the study file.

    Raises `StudyError` naming the key, the value received and what is allowed.
    """

    name: Name
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 42
    data: Data
    protocol: Protocol = Protocol()
    prepare: Prepare = Prepare()
    network: Network = Network()
    train: Train = Train()
    deliver: Deliver = Deliver()
    track: Track = Track()
    stage: Annotated[tuple[Stage, ...], Field(strict=False)] = ()
    question: Annotated[tuple[Question, ...], Field(strict=False)] = ()

    def __init__(self, **sections: Any) -> None:
        try:
            super().__init__(**sections)
        except ValidationError as error:
            raise WrongStudyError(problems(error, Study)) from None

    @model_validator(mode="after")
    def _names(self) -> Self:
        for kind, listed in (("stage", self.stage), ("question", self.question)):
            names = [item.name for item in listed]
            for position, name in enumerate(names):
                if name in names[:position]:
                    raise RuleError(
                        f"two {kind}s are named '{name}': give each {kind} its own name",
                        kind,
                        position,
                        "name",
                    )
        return self

    @model_validator(mode="after")
    def _split_columns(self) -> Self:
        check_split_columns(self.protocol, self.data)
        return self
