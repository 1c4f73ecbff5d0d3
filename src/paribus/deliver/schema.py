"""What a delivered model says of itself: its columns, classes and threshold. It travels inside the file."""

from __future__ import annotations

from math import prod
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError, model_validator

from paribus.errors import StudyError

KEY = "paribus"
"""Under which name the description stands in an ONNX file's metadata."""

LARGEST_IMAGE = 2**26
"""Numbers of an image that a model may ask for: 4,700 by 4,700 in colour."""
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Value(BaseModel):
    """A part of a description: frozen, and nothing else in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(Value):
    """One raw column that the model reads, and what the training rows held in it.

    `kind`: number and date are doubles (a date as seconds since 1970-01-01 in UTC), text is a string, one of
    few; words are a text that is taken apart (its inputs: `Schema.texts`), an image is uint8 (row, height,
    width, channel) of the `shape` (height, width, channel), `resized` to it or refused if of another size.
    `levels`: those that a text may have (`closed`), or those that the training rows had; `low` and `high`:
    the least and the most of a number or a date, of the characters of words, of an image's mean pixel;
    `missing`: the share of training rows without a value. `written`: a date's format where the study gives
    one; `day_first`: whether the day stands before the month, where the training rows' texts said so.
    """

    name: Annotated[str, Field(min_length=1)]
    kind: Literal["number", "text", "date", "words", "image"]
    shape: tuple[PositiveInt, PositiveInt, PositiveInt] | None = None
    resized: bool = False
    levels: tuple[str, ...] = ()
    closed: bool = False
    low: Finite | None = None
    high: Finite | None = None
    missing: Annotated[float, Field(ge=0, le=1)] = 0.0
    written: str | None = None
    day_first: bool | None = None

    @model_validator(mode="after")
    def _fits(self) -> Column:
        if (self.kind == "image") != (self.shape is not None):
            raise ValueError("an image has a shape, and nothing else has one")
        if self.shape is not None and prod(self.shape) > LARGEST_IMAGE:
            raise ValueError(f"an image of {self.shape} is larger than any that is read")
        return self


class TextInput(Value):
    """What goes in for a column of words, as `vocabulary.json` describes it.

    `places`: the input (row, entry) int64, features by their place from 1, or words in their order; 0 where
    nothing is. `values`: the input (row, entry) float32, what each feature is worth; "" for words in order.
    """

    column: str
    places: Annotated[str, Field(min_length=1)]
    values: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The inputs' names."""
        return (self.places, self.values) if self.values else (self.places,)


class Schema(Value):
    """A delivered model: what goes in, what comes out, where it comes from."""

    format: Literal[1] = 1
    paribus: str
    study: str
    config_id: str
    made_from: str
    """A digest of study, data, configuration and `[deliver]`: equal models, equal digests."""
    task: Literal["binary", "multiclass", "multilabel", "regression"]
    columns: tuple[Column, ...]
    texts: tuple[TextInput, ...] = ()
    """Inputs that stand for columns of words; several where the networks of an ensemble know other words."""
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

    @model_validator(mode="after")
    def _fits(self) -> Schema:
        has_classes = self.task in ("binary", "multiclass")
        if len(set(self.classes)) != len(self.classes) or bool(self.classes) != has_classes:
            raise ValueError("classes are those of one target, each once, and nothing else has any")
        if self.task == "binary" and len(self.classes) != 2:
            raise ValueError("a binary task has two classes")
        if not self.targets or len(self.outputs) != (1 if self.task == "regression" else 2):
            raise ValueError("there is no target, or there are other outputs than the task has")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)

    @property
    def n_outputs(self) -> int:
        """Outputs of each network."""
        return len(self.classes) if self.task == "multiclass" else len(self.targets)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the file's inputs."""
        plain = tuple(column.name for column in self.columns if column.kind != "words")
        return (*plain, *(name for text in self.texts for name in text.names))


Described = TypeVar("Described", bound=BaseModel)


def read_schema(text: str, where: str) -> Schema:
    """The description in `text`. Raises StudyError for what is none, and for one of another version."""
    return read_value(Schema, KEY, text, where)


def read_value(kind: type[Described], key: str, text: str, where: str) -> Described:
    """What stands under `key` in a file's metadata. Raises StudyError for what isn't of this kind."""
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[0]
        path = ".".join(map(str, found["loc"])) or "the whole"
        raise StudyError(
            f"{where}: its description ('{key}' in the file's metadata) can't be used: {path}:"
            f" {found['msg']}. Export the model again with this version: paribus export DIR"
        ) from None
