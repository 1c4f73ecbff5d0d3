"""Proof that all else is held: what differs between configurations, and what doesn't."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from paribus.study.configuration import Configuration

_WRITTEN_AS = {"network.layers": "network.hidden", "network.units": "network.hidden"}


@dataclass(frozen=True)
class Held:
    """Every setting of several configurations, by its dotted path.

    `varied` are those of the factor asked for, `held` the level that all share, `confounders` whatever
    else differs: where there is one, a difference could be due to it.
    """

    varied: tuple[str, ...]
    held: dict[str, Any]
    confounders: tuple[str, ...]

    @property
    def is_proven(self) -> bool:
        """Whether all but the factor is held."""
        return not self.confounders


def held(compared: Sequence[Configuration], factor: str | None = None) -> Held:
    """What of `compared` differs in `factor` alone, and what else does.

    Without a factor a single setting that differs is what was asked for.
    """
    levels = [each.levels for each in compared]
    paths = list(dict.fromkeys(path for each in levels for path in each))
    shared = {path: levels[0].get(path) for path in paths if _alike([each.get(path) for each in levels])}
    differing = [path for path in paths if path not in shared]
    if factor is None:
        asked = differing if len(differing) == 1 else []
    else:
        name = _WRITTEN_AS.get(factor, factor)
        asked = [path for path in differing if path == name or path.startswith(f"{name}.")]
    return Held(tuple(asked), shared, tuple(path for path in differing if path not in asked))


def _alike(values: Sequence[Any]) -> bool:
    return all(value == values[0] for value in values)
