"""The scalers, all of them scikit-learn's."""

from __future__ import annotations

from typing import Any

from sklearn.preprocessing import (
    MinMaxScaler,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)


def make_scaler(name: str, n_rows: int) -> Any | None:
    """An unfitted scaler for `n_rows` training rows; None for 'none'."""
    match name:
        case "none":
            return None
        case "standard":
            return StandardScaler()
        case "minmax":
            return MinMaxScaler()
        case "robust":
            return RobustScaler()
        case "power":
            return PowerTransformer(method="yeo-johnson")
        case "quantile":
            # every row counts: scikit-learn's default draws 10,000 of them
            return QuantileTransformer(n_quantiles=min(1000, n_rows), subsample=None)
    raise ValueError(f"unknown scaler '{name}'")
