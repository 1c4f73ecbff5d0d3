"""`[prepare]`: what happens to the features and classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, PlainValidator, model_validator

from paribus.study.fields import Section, choose, one_of, refuse_idle, word
from paribus.study.options import names
from paribus.study.problems import RuleError, shown
from paribus.study.representation import Representation, check_representation, parse_representation
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


def _rare(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise ValueError(
            f"must be 0 for none, a share below 1 or a whole number of rows, received {shown(value)}"
        )
    if value > 1 and value != int(value):
        raise ValueError(f"must be a share below 1 or a whole number of rows, received {shown(value)}")
    return float(value)


class Prepare(Section):
    """What happens to the features, in this order, fitted on the training part of each fold alone."""

    represent: Annotated[str, AfterValidator(check_representation)] = "none"
    """What a text (data.text) becomes; its words are those of the training rows."""
    pixels: Literal["auto", "unit", "symmetric", "standard", "own"] = "auto"
    """What pixels of 0 to 255 become: 0 to 1, −1 to 1, mean 0 and variance 1 by the training rows' channels,
    or what a pretrained network was trained on; auto: own for a pretrained network, unit for others."""
    impute: Annotated[str, word("imputer")] = "median"
    fill_value: Annotated[float, Field(allow_inf_nan=False)] = 0.0
    missing_flag: bool = False
    """Whether each number feature with missing training values gets a 0/1 feature that says where."""
    rare: Annotated[float, PlainValidator(_rare)] = 0.0
    """Levels in fewer training rows than this share, or number, become one level; 0 for none."""
    encode: Annotated[str, word("encoder")] = "onehot"
    scale: Annotated[str, one_of("scaler")] = "standard"
    select: Annotated[str, word("selector")] = "none"
    select_with: Annotated[str, one_of("estimator")] = "linear"
    resample: Annotated[str, one_of("sampler")] = "none"
    """Of the training rows, once prepared."""
    target: Annotated[str, one_of("target transform")] = "none"
    """Of a regression's target, standard where the study doesn't say; metrics and predictions are in the
    target's own units."""
    class_weight: Annotated[str | dict[str, float], PlainValidator(_class_weight)] = "none"
    """How much a row counts in the loss by its class; balanced: rows / (classes · rows of the class)."""

    @model_validator(mode="after")
    def _idle(self) -> Self:
        refuse_idle("prepare", {"fill_value": self.fill_value}, "imputer", self.imputer.name)
        given = {"select_with": None if self.select_with == "linear" else self.select_with}
        refuse_idle("prepare", given, "selector", self.selector.name)
        if self.select_with == "knn" and self.selector.name == "rfe":
            raise RuleError("'knn' weighs no features, as rfe needs: choose linear or tree", "select_with")
        return self

    @property
    def representation(self) -> Representation:
        """What texts become."""
        return parse_representation(self.represent)

    @property
    def n_places(self) -> int:
        """Places of words where their order is kept: the known ones, that of all others, that of none."""
        word = self.representation
        return word.size + 2 if word.weight == "tokens" else 0

    @property
    def imputer(self) -> Word:
        """The imputer's name and its number of neighbours."""
        return parse_word(self.impute, "imputer")

    @property
    def encoder(self) -> Word:
        """The encoder's name and its number of features."""
        return parse_word(self.encode, "encoder")

    @property
    def selector(self) -> Word:
        """The selector's name and its number of features, or its threshold."""
        return parse_word(self.select, "selector")

    @property
    def n_selected(self) -> int | None:
        """How many features are selected, where that is known beforehand."""
        word = self.selector
        return int(word.number) if word.number is not None and word.name != "variance" else None

    @property
    def features(self) -> Prepare:
        """The same without what leaves the prepared rows alone: the weights of classes."""
        return self.model_copy(update={"class_weight": "none"})
