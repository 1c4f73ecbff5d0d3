"""`[prepare]`: what happens to the features and classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import PlainValidator

from paribus.study.fields import Section, choose, one_of, word
from paribus.study.options import names
from paribus.study.problems import shown
from paribus.study.values import Word, parse_word


def _class_weight(value: Any) -> str | dict[str, float]:
    if isinstance(value, str):
        return choose(value, "class weight", names("class_weight"))
    if not isinstance(value, Mapping) or not value:
        raise ValueError(
            f"must be none, balanced or a table of weights by class, as in {{ 0 = 1.5, 1 = 2.85 }},"
            f" received {shown(value)}"
        )
    for weight in value.values():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < float("inf"):
            raise ValueError(f"each weight must be a number above 0, received {shown(weight)}")
    return {str(label): float(weight) for label, weight in value.items()}


class Prepare(Section):
    """What happens to the features, fitted on the training part of each fold alone."""

    scale: Annotated[str, one_of("scaler")] = "standard"
    select: Annotated[str, word("selector")] = "none"
    resample: Literal["none"] = "none"
    class_weight: Annotated[str | dict[str, float], PlainValidator(_class_weight)] = "none"
    """How much a row counts in the loss by its class; balanced: rows / (classes · rows of the class)."""

    @property
    def selector(self) -> Word:
        """The selector's name and its number of features."""
        return parse_word(self.select, "selector")
