"""The scalers, all of them scikit-learn's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)


def make_scaler(name: str, n_rows: int) -> Any | None:
    """An unfitted scaler for `n_rows` training rows; None for 'none'."""
    if name == "none":
        return None
    made: dict[str, Callable[[], Any]] = {
        "standard": StandardScaler,
        "minmax": MinMaxScaler,
        "maxabs": MaxAbsScaler,
        "robust": RobustScaler,
        "power": lambda: PowerTransformer(method="yeo-johnson"),
        # every row counts: scikit-learn's default draws 10,000 of them
        "quantile": lambda: QuantileTransformer(n_quantiles=min(1000, n_rows), subsample=None),
    }
    return made[name]()
