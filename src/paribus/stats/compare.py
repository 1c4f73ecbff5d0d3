"""Two configurations compared by all that their replicates allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from paribus.stats.comparison import DiscreteComparison, Floats, snapped, spread
from paribus.stats.effect_size import EffectSize, effect_size
from paribus.stats.equivalence import Equivalence, equivalence
from paribus.stats.paired_t import TComparison, corrected_t, paired_t
from paribus.stats.pairing import Pairing, pairing
from paribus.stats.settle import pairs_to_settle
from paribus.stats.sign_flip import sign_flip
from paribus.stats.wilcoxon import wilcoxon


@dataclass(frozen=True)
class Compared:
    """One configuration minus another on one metric.

    `main` decides; `beside` are tests without normality, and none over resampled splits, which share
    rows and so are no independent pairs. `needed` replicates would settle the question if the estimate
    were true: None where it is settled, or where none suffice. `left_out` pairs had a trial that
    diverged or failed.
    """

    replicates: Literal["seeds", "splits"]
    main: TComparison
    beside: tuple[DiscreteComparison, ...]
    pairing: Pairing
    effect: EffectSize
    equivalence: Equivalence
    needed: int | None
    left_out: int

    @property
    def methods(self) -> tuple[str, ...]:
        """What was used, by the names of `citations.REFERENCES`."""
        found = [self.main.method, *(each.method for each in self.beside), "pairing", "effect_size"]
        return (*found, "equivalence", *(["pairs_to_settle"] if self.needed else []))


def compare(one: ArrayLike, other: ArrayLike, *, ratio: float | None = None, margin: float = 0.0) -> Compared:
    """Scores of both, (split, seed), the same split and seed at the same place; NaN for a lost trial.

    On one split the pairs are seeds. On several, a pair is a split, its seeds averaged, and `ratio` is
    the rows of a validation part over those of its training part. Raises ValueError where no pair is
    left, and for several splits without a ratio.
    """
    first, second = _table(one), _table(other)
    if first.shape != second.shape:
        raise ValueError(f"both need the same splits and seeds, received {first.shape} and {second.shape}")
    whole = np.isfinite(first) & np.isfinite(second)
    if not whole.any():
        raise ValueError("no pair is left: every trial of one or the other diverged or failed")
    several = first.shape[0] > 1
    if several and ratio is None:
        raise ValueError("several splits need the ratio of their validation to their training rows")
    gaps = np.where(whole, first - second, 0.0)
    counts = whole.sum(axis=1)
    scale = float(max(np.abs(first[whole]).max(), np.abs(second[whole]).max()))
    means = gaps.sum(axis=1)[counts > 0] / counts[counts > 0]
    values = means if several else gaps[whole]
    even = snapped(values, scale)
    if several and ratio is not None:
        main = corrected_t(values, ratio, scale=scale)
    else:
        main = paired_t(values, scale=scale)
    decided = equivalence(main, margin)
    return Compared(
        replicates="splits" if several else "seeds",
        main=main,
        beside=() if several else (wilcoxon(even), sign_flip(even)),
        pairing=pairing(first[whole], second[whole]),
        effect=effect_size(values, ratio=ratio if several and ratio else 0.0, scale=scale),
        equivalence=decided,
        needed=None
        if decided.decision != "open"
        else pairs_to_settle(
            *(spread(values, scale), main.estimate, margin), ratio=ratio if several and ratio else 0.0
        ),
        left_out=int((~whole).sum()),
    )


def _table(values: ArrayLike) -> Floats:
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 2 or not found.size:
        raise ValueError(f"scores must be (split, seed), received shape {found.shape}")
    return found
