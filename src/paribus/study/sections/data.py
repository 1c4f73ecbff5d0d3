"""`[data]`: where the rows come from and what is asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, model_validator

from paribus.errors import nearest
from paribus.study.fields import Section
from paribus.study.options import names
from paribus.study.problems import RuleError, shown
from paribus.study.sections.given import GivenRows, given_rows
from paribus.study.sources import check_source


def _one_value(value: Any) -> Any:
    if value is not None and not isinstance(value, str | int | float):
        raise ValueError(f"must be one value of the target, received {shown(value)}")
    return value


def _target(value: Any) -> str | tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if (
        not isinstance(listed, list | tuple)
        or not listed
        or not all(isinstance(n, str) and n for n in listed)
    ):
        raise ValueError(f"must be the name of a column, or a list of names, received {shown(value)}")
    if len(set(listed)) < len(listed):
        raise ValueError(f"names a column twice: {shown(value)}")
    return listed[0] if len(listed) == 1 else tuple(listed)


def _columns(value: Any) -> dict[str, ColumnKind]:
    if not isinstance(value, Mapping):
        raise ValueError(
            f'must be a table, as in {{ age = "numeric", grade = {{ ordinal = ["low", "high"] }} }},'
            f" received {shown(value)}"
        )
    return {str(name): _column(kind, str(name)) for name, kind in value.items()}


def _column(kind: Any, name: str) -> ColumnKind:
    allowed = [known for known in names("column") if known != "ordinal"]
    if isinstance(kind, str) and kind in allowed:
        return kind
    if isinstance(kind, Mapping) and len(kind) == 1:
        key, inner = next(iter(kind.items()))
        if key == "date" and isinstance(inner, str):
            return {"date": inner}
        if (
            key == "ordinal"
            and isinstance(inner, list | tuple)
            and len(set(map(str, inner))) == len(inner) > 1
        ):
            return {"ordinal": [str(level) for level in inner]}
    hint = nearest(kind, allowed) if isinstance(kind, str) else ""
    raise ValueError(
        f"'{name}' must be one of {', '.join(allowed)},"
        ' { ordinal = ["low", "mid", "high"] } (two or more levels in order) or'
        f' {{ date = "%d.%m.%Y" }}, received {shown(kind)}{hint}'
    )


def _sides(value: Any) -> Any:
    listed = [value, value] if isinstance(value, int) else value
    return tuple(listed) if isinstance(listed, list) else listed


Side = Annotated[int, Field(ge=1, le=16_384)]
ColumnKind = str | dict[str, str | list[str]]
"""A kind by its name, `{"ordinal": levels in order}` or `{"date": format}`."""


class Data(Section):
    """Where the rows come from and which column is asked for."""

    source: Annotated[str, Field(min_length=1), AfterValidator(check_source)]
    target: Annotated[str | tuple[str, ...], PlainValidator(_target)]
    """The column that is asked for; several: numbers, or labels of 0 and 1."""
    positive: Annotated[str | int | float | bool | None, PlainValidator(_one_value)] = None
    """The target's value that counts as positive; without it, the last of the two in sorted order."""
    task: Literal["auto", "binary", "multiclass", "multilabel", "regression"] = "auto"
    columns: Annotated[dict[str, ColumnKind], PlainValidator(_columns)] = Field(default_factory=dict)
    """What columns hold, where it is not what they look like."""
    drop: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Columns that are no features: ids, names, dates."""
    text: Annotated[str, Field(min_length=1)] | None = None
    """The column with a text in each row, which prepare.represent turns into features."""
    image: Annotated[str, Field(min_length=1)] | None = None
    """The column with an image in each row: file names, or what they are called where the source is a folder
    for each class."""
    labels: Annotated[str, Field(min_length=1)] | None = None
    """A table with a row for each image: in the source, beside it, or where sources are."""
    size: Annotated[tuple[Side, Side], BeforeValidator(_sides)] | None = None
    """(height, width) that every image is brought to; without it, the commonest of them is asked of all."""
    channels: Literal["auto", "grey", "rgb"] | None = None
    """auto, as where nothing is said: grey where every image is."""
    broken: Literal["refuse", "drop"] | None = None
    """What is done with images that can't be read, have another size or no label; refuse where nothing is
    said."""
    share: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 1.0
    """The share of the data that is used: of whole groups where there are, else of the rows of each class."""
    weight: Annotated[str, Field(min_length=1)] | None = None
    """The column that says how much a row counts in training; never a feature."""
    group: Annotated[str, Field(min_length=1)] | None = None
    """A column whose equal values stay on one side of every split: a patient, a device. Of images also a
    pattern (a regular expression) on the file name: what its first parenthesis finds, or the whole."""
    time: Annotated[str, Field(min_length=1)] | None = None
    """The column that orders the rows for validation = "time:..."; without it, their own order."""
    split: Annotated[str | GivenRows | None, BeforeValidator(given_rows)] = None
    """A column that says train, validation or test for each row; or rules on a column's values."""
    test: Annotated[str, Field(min_length=1), AfterValidator(check_source)] | None = None
    """A source of the sealed rows, with the same columns as `source`."""

    @property
    def targets(self) -> tuple[str, ...]:
        """The columns that are asked for, one or more."""
        return (self.target,) if isinstance(self.target, str) else self.target

    @property
    def dropped(self) -> tuple[str, ...]:
        """The columns that the study says are no features."""
        return (*self.drop, *(name for name, kind in self.columns.items() if kind == "drop"))

    @property
    def split_column(self) -> str | None:
        """The column that says which rows judge."""
        return self.split.column if isinstance(self.split, GivenRows) else self.split

    @property
    def set_aside(self) -> tuple[str, ...]:
        """The columns that are no features."""
        marks = (self.weight, self.group, self.time, self.split_column)
        return (*self.targets, *self.dropped, *(name for name in marks if name))

    @model_validator(mode="after")
    def _once(self) -> Self:
        roles = dict.fromkeys(self.targets, "target")
        for name, role in [
            *((n, "drop") for n in self.dropped),
            *([(self.weight, "weight")] * bool(self.weight)),
            *([(self.text, "text")] * bool(self.text)),
            *([(self.image, "image")] * bool(self.image)),
            *((n, "columns") for n in self.columns if n in (self.text, self.image)),
        ]:
            if roles.setdefault(str(name), role) != role:
                raise RuleError(
                    f"names '{name}', which is data.{roles[str(name)]}: a column has one role", role
                )
        return self

    @model_validator(mode="after")
    def _of_images(self) -> Self:
        if self.image and self.text:
            raise RuleError("a study reads texts or images: remove one of text and image", "image")
        given = {"labels": self.labels, "size": self.size, "channels": self.channels, "broken": self.broken}
        for key, value in given.items():
            if value is not None and not self.image:
                raise RuleError(
                    f"{shown(list(value) if isinstance(value, tuple) else value)} is of images, and no column"
                    ' is named as one: add image = "..." to [data], or remove it',
                    key,
                )
        return self
