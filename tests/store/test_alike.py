"""The hint at patients on both sides of a split would count other images than those."""

from __future__ import annotations

from pathlib import Path

from paribus.data.load import load
from paribus.data.split import split
from paribus.store.alike import names_alike
from paribus.study.spec import Data, Protocol

PROTOCOL = Protocol(test=0.2, validation="holdout:0.25", metrics=("accuracy",))


def test_images_that_judge_beside_their_like_are_counted() -> None:
    """Every slide of a split by rows stands on both sides: nobody would be told."""
    data = Data(source="builtin:tissue?rows=40&slides=4&size=24", image="image", target="label")
    table = load(data, folder=Path())
    found = names_alike(table, split(table, PROTOCOL, 0))
    assert found is not None
    assert (found["groups"], found["judged"], found["judged_alike"]) == (4, 18, 18)
    assert found["example"].startswith("slide0")
    assert found["pattern"] == "^[^_. -]+"


def test_groups_that_are_named_are_no_hint() -> None:
    """A study that does it right would be told off."""
    data = Data(
        source="builtin:tissue?rows=40&slides=8&size=24", image="image", target="label", group="slide"
    )
    table = load(data, folder=Path())
    assert names_alike(table, split(table, PROTOCOL, 0)) is None


def test_tables_have_no_file_names() -> None:
    """Every table would fail for want of images."""
    table = load(Data(source="builtin:iris", target="species"), folder=Path())
    assert names_alike(table, split(table, PROTOCOL, 0)) is None
