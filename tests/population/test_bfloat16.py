"""Products rounded to bfloat16: by choice alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from paribus.engines import ENGINES
from paribus.population.outcome import Lineage, Outcome
from tests.draw import KINDS, TASKS, crossed, fold, same


def trained(members: list[Lineage], kind: str) -> list[Outcome]:
    return ENGINES["population"].train(members, {members[0].data: fold(kind)}, TASKS[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_rounded_products_train_about_the_same_network(kind: str) -> None:
    """Half the bits would be half the study: the same curves are wanted, but for rounding."""
    rounded = trained(crossed(network={"hidden": (24, 12)}, precision="bfloat16"), kind)
    exact = trained(crossed(network={"hidden": (24, 12)}), kind)
    for one, other in zip(rounded, exact, strict=True):
        np.testing.assert_allclose(one.curves["val_loss"], other.curves["val_loss"], rtol=0.05)
        assert all(array.dtype == np.float32 for array in one.weights)
    assert not all(same(replace(r, config_id=e.config_id), e) for r, e in zip(rounded, exact, strict=True))


def test_company_changes_no_bit_of_rounded_products() -> None:
    """A comparison in bfloat16 would depend on what else is compared."""
    members = crossed(network={"hidden": (24, 12)}, precision="bfloat16")
    together = {(each.config_id, each.seed): each for each in trained(members, "binary")}
    for some in ([members[3]], members[2:4], members[::-1]):
        for outcome in trained(some, "binary"):
            assert same(outcome, together[outcome.config_id, outcome.seed])
