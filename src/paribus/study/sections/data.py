"""`[data]`: where the rows come from and what is asked of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator

from paribus.study.fields import Section
from paribus.study.problems import shown


def _one_value(value: Any) -> Any:
    if value is not None and not isinstance(value, str | int | float):
        raise ValueError(f"must be one value of the target, received {shown(value)}")
    return value


class Data(Section):
    """Where the rows come from and which column is asked for."""

    source: Annotated[str, Field(min_length=1)]
    target: Annotated[str, Field(min_length=1)]
    positive: Annotated[str | int | float | bool | None, PlainValidator(_one_value)] = None
    """The target's value that counts as positive; without it, the last of the two in sorted order."""
    task: Literal["auto", "binary", "multiclass", "regression"] = "auto"
    drop: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Columns that are no features: ids, names, dates."""
