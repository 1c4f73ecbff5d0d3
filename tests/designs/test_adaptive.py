"""The adaptive design: what it draws follows from its seed and what it was told, and gets better."""

from __future__ import annotations

import pytest

from paribus.designs.adaptive import Told, proposed
from paribus.errors import StudyError

CHOICES = (None, 3)


def score(point: tuple[float, ...]) -> float:
    """Best at 0.3 of the range with the last of three levels."""
    return -abs(point[0] - 0.3) - (int(point[1] * 3) != 2)


def searched(seed: int, n: int = 40, batch: int = 5, sign: int = 1) -> list[Told]:
    told: list[Told] = []
    for turn in range(n // batch):
        points = proposed(CHOICES, told, batch, seed + turn, larger_is_better=sign > 0)
        told += [Told(point, sign * score(point)) for point in points]
    return told


def test_the_same_history_draws_the_same() -> None:
    """A run that goes on would draw others than those it has trained."""
    assert searched(7) == searched(7)
    assert searched(7) != searched(8)


@pytest.mark.parametrize("sign", [1, -1])
def test_later_draws_are_better(sign: int) -> None:
    """The design would be a slower `random`; of a loss, it would look for the worst."""
    found = [sign * each.score for each in searched(3, sign=sign) if each.score is not None]
    assert sum(found[20:]) / 20 > sum(found[:10]) / 10 + 0.3


def test_points_lie_in_the_cube_at_their_levels() -> None:
    """A level beyond the last would end the run."""
    for each in searched(1, 20):
        share, level = each.point
        assert share is not None
        assert level is not None
        assert 0 <= share <= 1
        assert int(level * 3) in (0, 1, 2)


def test_what_failed_is_kept_away_from() -> None:
    """Networks that diverge would be asked for again and again."""
    told = [Told((place / 40, 0.5), None if place > 15 else 1.0 + place % 2) for place in range(40)]
    drawn = [point[0] for turn in range(4) for point in proposed(CHOICES, told, 5, turn)]
    assert sum(share < 0.4 for share in drawn) > 0.8 * len(drawn)


def test_a_factor_that_fell_away_is_not_learned_from() -> None:
    """Momentum would be judged by trials of Adam, which has none."""
    told = [Told((place / 40, None if place % 2 else 0.5), place % 2) for place in range(40)]
    assert len(proposed(CHOICES, told, 3, 0)) == 3


def test_without_optuna_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user would meet a traceback, and not know what to install."""
    monkeypatch.setattr("paribus.designs.adaptive.is_installed", lambda: False)
    with pytest.raises(StudyError, match=r"paribus\[adaptive\]"):
        proposed(CHOICES, [], 1, 0)
