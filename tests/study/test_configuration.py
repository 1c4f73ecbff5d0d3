"""Configurations: one id for one set of levels, wherever it stands."""

from __future__ import annotations

import random

from paribus.study.configuration import Configuration, digest
from paribus.study.plan import plan
from paribus.study.spec import Network, Stage, Study, Train


def test_equal_levels_have_equal_names_everywhere() -> None:
    """Else records made on another machine, or by an earlier version, would be trained again."""
    assert (
        digest({"b": [1, 2.5, "é"], "a": None}) == digest({"a": None, "b": [1, 2.5, "é"]}) == "6bd50f797a53"
    )


def test_the_id_does_not_depend_on_the_order_of_keys(small: Study) -> None:
    """Else the same settings written in another order would be trained twice."""
    base = Configuration.base(small)
    shuffled = list(base.levels.items())
    random.Random(0).shuffle(shuffled)
    assert Configuration.from_levels(dict(shuffled)).config_id == base.config_id
    assert Configuration.from_levels(base.levels) == base


def test_every_setting_is_part_of_the_id(small: Study) -> None:
    """Else two different networks would share one result."""
    base = Configuration.base(small)
    other = [
        Configuration(base.prepare, Network(**{**base.network.model_dump(), **change}), base.train)
        for change in ({"hidden": (9,)}, {"dropout": 0.25}, {"dropout_at": "last"}, {"activation": "tanh"})
    ]
    without = Train(**{**base.train.model_dump(), "early_stopping": None})
    other.append(Configuration(base.prepare, base.network, without))
    assert len({each.config_id for each in (base, *other)}) == 6


def test_one_configuration_has_one_id_in_two_stages(small: Study) -> None:
    """Else stages could not share a training."""
    one = Stage(name="one", factors={"network.hidden": ([4], [8]), "network.dropout": (0.0,)})
    two = Stage(name="two", factors={"network.dropout": (0.0, 0.5), "network.hidden": ([8],)})
    first, second = plan(small.model_copy(update={"stage": (one, two), "question": ()}))
    shared = {c.config_id for c in first.configurations} & {c.config_id for c in second.configurations}
    assert len(shared) == 1
