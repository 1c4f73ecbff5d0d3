"""The levels of categories that the training rows know: missing and rare ones gathered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paribus.data.features import Feature, Features
from paribus.study.spec import Prepare

MISSING, RARE = "(missing)", "(rare)"


@dataclass(frozen=True, eq=False)
class Levels:
    """One category's known levels. `place`: from a raw code to its level, the last for a missing cell;
    -1 for a level that the training rows lack.
    """

    column: str
    names: tuple[str, ...]
    place: NDArray[np.int64]


def fit_levels(prepare: Prepare, features: Features) -> tuple[Levels, ...]:
    """The levels of every category feature of these training rows."""
    return tuple(
        _levels(prepare, feature, features.codes(number))
        for number, feature in enumerate(features.category_features)
    )


def _levels(prepare: Prepare, feature: Feature, codes: NDArray[np.int32]) -> Levels:
    n_levels = len(feature.levels)
    counts = np.bincount(np.where(codes < 0, n_levels, codes), minlength=n_levels + 1)
    names, joined = [*feature.levels, MISSING], np.arange(n_levels + 1)
    if prepare.impute == "most_frequent" and counts[:n_levels].any():
        usual = int(counts[:n_levels].argmax())
        joined[n_levels] = usual
        counts[usual], counts[n_levels] = counts[usual] + counts[n_levels], 0
    least = prepare.rare * len(codes) if prepare.rare < 1 else prepare.rare
    known = np.flatnonzero((counts > 0) & (counts >= least))
    is_rare = bool(((counts > 0) & (counts < least)).any())
    place = np.full(n_levels + 1, len(known) if is_rare else -1, dtype=np.int64)
    place[known] = np.arange(len(known))
    return Levels(feature.name, (*(names[code] for code in known), *([RARE] * is_rare)), place[joined])


def level_codes(levels: tuple[Levels, ...], features: Features, number: int) -> NDArray[np.int64]:
    """The known level of each row in one category feature: (row,), -1 for an unknown one."""
    return levels[number].place[features.codes(number)]
