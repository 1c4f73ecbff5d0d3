"""How numbers are written."""

from __future__ import annotations

import math

import pytest

from paribus.report.formats import score, signed, spread


@pytest.mark.parametrize(
    ("value", "beside", "told"),
    [
        (2.39e-4, 0.981, "+0.000"),
        (-2.39e-4, 0.981, "−0.000"),
        (0.0, 0.981, "0.000"),
        (-0.0125, 0.981, "−0.013"),
        (0.0125, None, "+0.013"),
        (2.39e-7, 4.1e-6, "+2.39e-7"),
        (1234.5, 40321.0, "+1,234.5"),
        (math.nan, 0.981, "–"),
        (math.inf, 0.981, "+∞"),
        (-math.inf, 0.981, "−∞"),
    ],
)
def test_a_difference_has_the_digits_of_its_score(value: float, beside: float | None, told: str) -> None:
    """A reader would have to compare 0.981 with 2.39e-4."""
    assert signed(value, beside) == told


def test_a_spread_is_written_like_a_difference_without_its_sign() -> None:
    """Two ways of writing one number, on one page."""
    assert spread(2.39e-4, 0.981) == "0.000"
    assert spread(math.nan, 0.981) == score(math.nan)
