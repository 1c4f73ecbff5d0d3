"""The noncentral t distribution, in its far tails too."""

from __future__ import annotations

from math import isnan

from scipy import special


def noncentral_t(t: float, degrees: int, centre: float) -> float:
    """The chance of a value of at most `t`, for a t whose normal part is moved by `centre`.

    SciPy's is NaN where t and the centre lie so far apart that the chance is 0 or 1 to its precision.
    """
    chance = float(special.nctdtr(degrees, centre, t))
    return float(centre < t) if isnan(chance) else chance
