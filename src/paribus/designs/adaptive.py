"""An adaptive design: each batch of points is drawn near the good ones of those before (extra `adaptive`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from paribus.designs.points import Points
from paribus.errors import StudyError

FIRST = 10
"""Points drawn at random before any is learned from: Optuna's own number."""
REMEDY = 'pip install "paribus[adaptive]"'


@dataclass(frozen=True)
class Told:
    """A point that was tried, None for a factor whose condition took it away; its score, None where its
    trials didn't end well.
    """

    point: tuple[float | None, ...]
    score: float | None


def is_installed() -> bool:
    """Whether Optuna can be imported."""
    return find_spec("optuna") is not None


@contextmanager
def optuna_quietly() -> Iterator[ModuleType]:
    """Optuna, which says nothing meanwhile. Raises `StudyError` where it isn't installed."""
    if not is_installed():
        raise StudyError(f"Optuna isn't installed: {REMEDY}")
    optuna = import_module("optuna")
    told = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        yield optuna
    finally:
        optuna.logging.set_verbosity(told)


def proposed(
    choices: Sequence[int | None],
    told: Sequence[Told],
    n_points: int,
    seed: int,
    larger_is_better: bool = True,
) -> Points:
    """The next points of the unit cube, (point, dimension), by Optuna's tree-structured Parzen estimator.

    `choices` are the numbers of levels, None for a range. The same history and seed give the same points;
    those of one batch keep apart (constant liar). A point without a score counts as bad as the worst that
    has one. Bergstra et al. 2011. Raises `StudyError` where Optuna isn't installed.
    """
    known = [each.score for each in told if each.score is not None]
    with optuna_quietly() as optuna:
        study = optuna.create_study(
            sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=FIRST, constant_liar=True),
            direction="maximize" if larger_is_better else "minimize",
        )
        if known:
            worst = min(known) if larger_is_better else max(known)
            study.add_trials(_tried(optuna, choices, each, worst) for each in told)
        spaces = {_name(place): _space(optuna, n) for place, n in enumerate(choices)}
        return tuple(_point(study.ask(spaces).params, choices) for _ in range(n_points))


def _tried(optuna: ModuleType, choices: Sequence[int | None], told: Told, worst: float) -> Any:
    """A trial that Optuna learns from, of the factors that it had."""
    had = {
        _name(place): (share, n)
        for place, (share, n) in enumerate(zip(told.point, choices, strict=True))
        if share is not None
    }
    return optuna.trial.create_trial(
        params={name: share if n is None else int(share * n) for name, (share, n) in had.items()},
        distributions={name: _space(optuna, n) for name, (_, n) in had.items()},
        value=worst if told.score is None else told.score,
    )


def _name(place: int) -> str:
    return f"{place:03d}"


def _space(optuna: ModuleType, n_choices: int | None) -> Any:
    if n_choices is None:
        return optuna.distributions.FloatDistribution(0.0, 1.0)
    return optuna.distributions.CategoricalDistribution(range(n_choices))


def _point(drawn: dict[str, Any], choices: Sequence[int | None]) -> tuple[float, ...]:
    """The share of a range, or the middle of a level's share."""
    values = [drawn[_name(place)] for place in range(len(choices))]
    return tuple(
        float(value) if n is None else (value + 0.5) / n for value, n in zip(values, choices, strict=True)
    )
