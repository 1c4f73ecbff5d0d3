"""Every test of this room runs on both arithmetics of the population; of other engines, once."""

from __future__ import annotations

import pytest

from tests.arithmetic import arithmetic

__all__ = ["arithmetic", "pytest_collection_modifyitems"]

SLOW = ("keras", "tensorflow")
"""Engines that take seconds to set a network up: two random studies a task, not seven."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out the second arithmetic of engines that have none, and most random studies of the slow ones."""
    for item in list(items):
        called = getattr(item, "callspec", None)
        given = called.params if called else {}
        other = given.get("name", "population") != "population" and given.get("arithmetic") == "torch"
        if other or (given.get("name") in SLOW and given.get("seed", 0) > 1):
            items.remove(item)
