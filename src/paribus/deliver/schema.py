"""What a delivered model says of itself: its columns, classes and threshold. It travels inside the file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from paribus.errors import StudyError

KEY = "paribus"
"""Under which name the description stands in an ONNX file's metadata."""

Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Value):
    """One raw column that the model reads, and what the training rows held in it.

    `kind`: number and date are doubles (a date as seconds since 1970-01-01 in UTC), text is a string.
    `levels`: those that a text may have (`closed`), or those that the training rows had; `missing`: the
    share of training rows without a value. `written`: a date's format where the study gives one; `day_first`:
    whether the day stands before the month, where the training rows' texts said so.
    """

    name: Annotated[str, Field(min_length=1)]
    kind: Literal["number", "text", "date"]
    levels: tuple[str, ...] = ()
    closed: bool = False
    low: Finite | None = None
    high: Finite | None = None
    missing: Annotated[float, Field(ge=0, le=1)] = 0.0
    written: str | None = None
    day_first: bool | None = None


class Schema(_Value):
    """A delivered model: what goes in, what comes out, where it comes from."""

    format: Literal[1] = 1
    paribus: str
    study: str
    config_id: str
    made_from: str
    """A digest of study, data, configuration and `[deliver]`: equal models, equal digests."""
    task: Literal["binary", "multiclass", "multilabel", "regression"]
    columns: tuple[Column, ...]
    classes: tuple[str, ...]
    """(negative, positive), or in the order of the probabilities; none for numbers and labels."""
    targets: tuple[str, ...]
    outputs: tuple[str, ...]
    """The names of the file's outputs: label and probabilities, or prediction."""
    model: Literal["refit", "ensemble"]
    members: Annotated[int, Field(ge=1)]
    calibration: str
    threshold: Finite | None = None
    """Of two classes: a row is positive above this probability."""
    threshold_for: str = ""
    threshold_before: bool = False
    """Whether that is the probability before recalibration; else it is the delivered one."""
    rows: Annotated[int, Field(ge=1)]
    """Training rows of the refitted model; all rows outside the sealed part for an ensemble."""
    epochs: int | None = None
    """Of the refitted network."""
    settings: dict[str, Any]
    """The configuration: every setting by its dotted path."""
    agreement: Finite | None = None
    """The largest difference between this file's predictions and the training process', when it was made."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)


def read_schema(text: str, where: str) -> Schema:
    """The description in `text`. Raises StudyError for what is none, and for one of another version."""
    try:
        return Schema.model_validate_json(text)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[0]
        path = ".".join(map(str, found["loc"])) or "the whole"
        raise StudyError(
            f"{where}: its description ('{KEY}' in the file's metadata) can't be used: {path}:"
            f" {found['msg']}. Export the model again with this version: paribus export DIR"
        ) from None
