"""Random studies within what an engine can."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from paribus.engines.abilities import ABILITIES
from paribus.population.outcome import FoldArrays
from paribus.study.configuration import Configuration
from paribus.study.sections.prepare import Prepare
from paribus.study.spec import Network, Train
from tests.draw import random_configuration, random_fold

OF_OPTIMIZERS = ("momentum", "nesterov", "rho", "beta_1", "beta_2", "epsilon")
OF_LOSSES = ("huber_delta", "focal_gamma", "label_smoothing")


def within(engine: str, random: Random, kind: str) -> Configuration:
    """A random configuration, each setting that is beyond the engine put back to one that it can."""
    drawn = random_configuration(random, kind)
    tables: dict[str, dict[str, Any]] = {
        name: {key: getattr(section, key) for key in type(section).model_fields}
        for name, section in (("prepare", drawn.prepare), ("network", drawn.network), ("train", drawn.train))
    }
    for limit in ABILITIES[engine].limits:
        section, key = limit.key.split(".")
        if limit.task in ("", kind) and section in tables:
            _put(random, tables, section, key, limit.allowed)
    return Configuration(Prepare(**tables["prepare"]), Network(**tables["network"]), Train(**tables["train"]))


def _put(
    random: Random, tables: dict[str, dict[str, Any]], section: str, key: str, allowed: tuple[Any, ...]
) -> None:
    table = tables[section]
    if table[key] in allowed or (key == "loss" and table[key] == "auto"):
        return
    table[key] = random.choice(allowed)
    defaults = {"optimizer": OF_OPTIMIZERS, "loss": OF_LOSSES, "norm": ("norm_epsilon", "norm_momentum")}
    for other in (*defaults.get(key, ()), *(("negative_slope",) if key == "activation" else ())):
        fields = Train.model_fields if section == "train" else Network.model_fields
        table[other] = fields[other].default
    if key == "optimizer":
        table["learning_rate"] = 1e-3


def random_fold_within(engine: str, random: Random, kind: str, seed: int) -> FoldArrays:
    """A random fold, its rows weighted only where the engine weighs rows."""
    found = random_fold(random, kind, seed)
    weighs = all(limit.key != "data.weight" for limit in ABILITIES[engine].limits)
    return found if weighs else replace(found, train_weight=None)
