"""A configuration: one level for every factor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import Any

from paribus.study.spec import Network, Prepare, Section, Study, Train


def digest(value: Any, size: int = 6) -> str:
    """A short name for a JSON value: equal values get equal names, on every machine."""
    return blake2b(
        json.dumps(value, sort_keys=True, ensure_ascii=False).encode(), digest_size=size
    ).hexdigest()


@dataclass(frozen=True)
class Configuration:
    """How one network is prepared for, built and trained.

    Two configurations with equal settings have the same `config_id`, in whatever stage or study
    they stand.
    """

    prepare: Prepare
    network: Network
    train: Train

    @classmethod
    def base(cls, study: Study) -> Configuration:
        """The study's own settings."""
        return cls(study.prepare, study.network, study.train)

    @classmethod
    def from_levels(cls, levels: Mapping[str, Any]) -> Configuration:
        """The configuration whose `levels` these are."""
        tables: dict[str, Any] = {}
        for path, level in levels.items():
            *outer, key = path.split(".")
            table = tables
            for name in outer:
                table = table.setdefault(name, {})
            table[key] = level
        return cls(
            Prepare.model_validate(tables["prepare"]),
            Network.model_validate(tables["network"]),
            Train.model_validate(tables["train"]),
        )

    @cached_property
    def levels(self) -> dict[str, Any]:
        """Every setting by its dotted path, as plain values."""
        return flatten({name: getattr(self, name) for name in ("prepare", "network", "train")})

    @cached_property
    def config_id(self) -> str:
        """The configuration's name: a digest of its levels."""
        return digest(self.levels)

    @cached_property
    def prepared_by(self) -> str:
        """A digest of how rows are prepared: configurations that share it can share prepared rows."""
        return digest(flatten({"prepare": self.prepare.features}))

    @property
    def vector_sources(self) -> tuple[str, ...]:
        """Where words' vectors are taken from."""
        asked = self.prepare.representation
        named = (asked.source if asked.weight == "vectors" else "", self.network.vectors)
        return tuple(source for source in named if source not in ("", "none"))

    @property
    def reads_text(self) -> bool:
        """Whether a pretrained network reads a text's tokens: it is trained as those that see images are."""
        return self.network.kind == "pretrained" and self.prepare.representation.weight == "tokenizer"

    def with_epochs(self, epochs: int) -> Configuration:
        """The same but for the number of epochs."""
        made = replace(self, train=self.train.model_copy(update={"epochs": epochs}))
        vars(made)["levels"] = {**self.levels, "train.epochs": epochs}  # nothing else is to be looked up
        return made


def flatten(tables: Mapping[str, Any], prefix: str = "", *, deep: bool = False) -> dict[str, Any]:
    """Nested sections (`deep`: and nested tables) as one mapping from dotted paths to plain values."""
    flat: dict[str, Any] = {}
    for key, value in tables.items():
        if isinstance(value, Section):
            inner = {name: getattr(value, name) for name in type(value).model_fields}
            flat.update(flatten(inner, f"{prefix}{key}.", deep=deep))
        elif deep and isinstance(value, dict):
            flat.update(flatten(value, f"{prefix}{key}.", deep=deep))
        else:
            flat[f"{prefix}{key}"] = list(value) if isinstance(value, tuple) else value
    return flat
