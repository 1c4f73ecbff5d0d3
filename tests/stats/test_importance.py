"""Which factors matter: exact on grids, by a surrogate elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as formulas
from statsmodels.stats.anova import anova_lm

from paribus.stats.fanova import fanova
from paribus.stats.grid_importance import encode, grid_importance
from paribus.stats.surrogate_importance import Importances, surrogate_importance

ROWS = [
    (a, b, c, seed) for a, b, c in product([1, 2, 3], ["x", "y"], [0.1, 0.2, 0.5, 1.0]) for seed in (1, 2)
]


def table(seed: int = 0) -> tuple[dict[str, list[Any]], np.ndarray[Any, Any]]:
    random = np.random.default_rng(seed)
    order = random.permutation(len(ROWS))
    levels = {name: [ROWS[row][place] for row in order] for place, name in enumerate("abc")}
    values = np.array([a + (b == "x") * c * 3 for a, b, c, _ in (ROWS[row] for row in order)])
    return levels, values + random.normal(0, 0.2, len(ROWS))


def test_the_grid_agrees_with_statsmodels() -> None:
    """Sums of squares that no analysis of variance gives."""
    levels, values = table()
    frame = pd.DataFrame({**levels, "y": values})
    reference = anova_lm(formulas.ols("y ~ C(a) * C(b) * C(c)", frame).fit(), typ=2)
    found = grid_importance(levels, values)
    for effect in found.effects:
        named = reference.loc[":".join(f"C({name})" for name in effect.factors)]
        assert effect.sum_of_squares == pytest.approx(named["sum_sq"], abs=1e-8)
        assert effect.degrees == named["df"]
    total = np.square(values - values.mean()).sum()
    assert found.replicates == pytest.approx(reference.loc["Residual", "sum_sq"] / total, abs=1e-8)
    assert found.higher == pytest.approx(reference.loc["C(a):C(b):C(c)", "sum_sq"] / total, abs=1e-8)


def test_the_shares_add_up_to_one() -> None:
    """A table of shares that leaves some variance unexplained, unsaid."""
    found = grid_importance(*table(1))
    assert sum(each.share for each in found.effects) + found.higher + found.replicates == pytest.approx(1)
    assert found.effects[0].factors == ("a",)
    interactions = [each for each in found.effects if len(each.factors) == 2]
    assert interactions[0].factors == ("b", "c")


def test_what_is_no_full_grid_is_refused() -> None:
    """Effects of unequal cells overlap: their shares would count variance twice."""
    levels, values = table()
    with pytest.raises(ValueError, match="full grid"):
        grid_importance({name: column[1:] for name, column in levels.items()}, values[1:])


def test_a_grid_in_which_nothing_moves() -> None:
    """A metric that never moves would stop the report."""
    levels, values = table()
    found = grid_importance(levels, np.ones(len(values)))
    assert {each.share for each in found.effects} == {0.0}


def test_levels_are_told_apart_as_the_study_does() -> None:
    """32 would come after 4, or true be the same level as 1."""
    assert encode([32, 4, 16, 4]).tolist() == [2, 0, 1, 0]
    assert encode(["b", "a", "b"]).tolist() == [0, 1, 0]
    assert encode([True, 1]).tolist() == [0, 1]
    assert encode([[16], [16, 8], (16,)]).tolist() == [0, 1, 0]


def random_design(n: int = 120) -> tuple[dict[str, list[Any]], np.ndarray[Any, Any]]:
    random = np.random.default_rng(0)
    strong, weak, idle = random.random((3, n))
    levels = {"weak": weak.tolist(), "idle": idle.tolist(), "strong": strong.tolist()}
    return levels, 3 * strong + weak + random.normal(0, 0.05, n)


def test_the_surrogate_puts_factors_in_order() -> None:
    """A random search would be read as if an idle factor mattered."""
    found = surrogate_importance(*random_design())
    assert [each.factor for each in found.factors] == ["strong", "weak", "idle"]
    assert abs(found.factors[2].importance) < 0.05
    assert found.fit > 0.8
    assert found == surrogate_importance(*random_design())
    with pytest.raises(ValueError, match="10 finite scores"):
        surrogate_importance({"a": [1, 2]}, [0.1, 0.2])


def test_fanova_is_near_the_exact_decomposition() -> None:
    """Optuna's shares would be those of another function than the scores."""
    levels, values = random_design(200)
    found = fanova({**levels, "single": [1] * 200}, values)
    assert [each.factor for each in found.factors][:2] == ["strong", "weak"]
    assert found.factors[0].importance == pytest.approx(0.9, abs=0.06)  # 9 of 9 + 1 parts of variance
    assert found.factors[-1].importance == 0.0
    assert 0.9 < sum(each.importance for each in found.factors) <= 1


def test_a_level_is_one_however_it_is_written() -> None:
    """[16, 8] read from the record and (16, 8) of the study would be two levels."""
    assert encode([[16], (16,), [16, 8]]).tolist() == [0, 0, 1]
    assert encode([float("nan"), 1.0, float("nan")]).tolist() == [0, 1, 0]


def test_a_sampled_design_is_told_apart_from_a_grid_at_once() -> None:
    """A million million cells would be counted, and the memory end."""
    levels = {name: list(range(1000)) for name in "abcdefgh"}
    with pytest.raises(ValueError, match="fewer than"):
        grid_importance(levels, np.arange(1000.0))


@pytest.mark.parametrize("importance", [fanova, surrogate_importance])
def test_scores_that_never_move_have_no_cause(importance: Callable[..., Importances]) -> None:
    """A metric that never moves would end the report, or be explained by a factor."""
    found = importance({"a": list(range(20)), "b": [1, 2] * 10}, [0.66] * 20)
    assert [each.importance for each in found.factors] == [0.0, 0.0]
    assert np.isnan(found.fit)


def test_of_many_configurations_some_are_learnt_from() -> None:
    """100,000 configurations would take an hour."""
    levels, values = random_design(1200)
    found = surrogate_importance(levels, values)
    assert found.n == 1000
    assert [each.factor for each in found.factors] == ["strong", "weak", "idle"]
