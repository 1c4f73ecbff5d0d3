"""The rows of a data set that comes with the package, in two dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from paribus.data.sources.builtin import read_builtin
from paribus.data.sources.synthetic import SYNTHETIC
from paribus.data.spacing import spaced
from paribus.study.sources import parse_source
from paribus.study.spec import Study

ROWS = 1500
"""Rows that are drawn, evenly through the data."""
SHIPPED = ("breast_cancer", "iris", "wine", "digits", "diabetes")
"""Data sets that scikit-learn brings along: they are read again without a network."""


@dataclass(frozen=True, eq=False)
class Scatter:
    """x, y and target of some of the `rows`. The axes are two features, or the first two principal
    components of all features, standardised, which explain `explained` of the variance each.
    """

    axes: tuple[str, str]
    explained: tuple[float, float] | None
    rows: int
    table: pd.DataFrame


def scatter(study: Study, data: dict[str, Any]) -> Scatter | None:
    """None for data of the user's own: the record holds no row of them."""
    source = study.data.source
    named = parse_source(source) if source.startswith("builtin:") else None
    if named is None or named.name not in (*SYNTHETIC, *SHIPPED) or not isinstance(study.data.target, str):
        return None
    rows = read_builtin(source)
    frame = pd.DataFrame({name: rows.column(name) for name in rows.names})
    features = [name for name in data["features"] if name in frame and frame[name].dtype.kind in "iuf"]
    if len(features) < 2 or study.data.target not in frame or len(features) < len(data["features"]):
        return None
    values = frame[features].to_numpy(np.float64)
    axes, explained = (features[0], features[1]), None
    if len(features) > 2:
        found = PCA(2, svd_solver="full").fit(scaled := StandardScaler().fit_transform(values))
        values, axes = found.transform(scaled), ("first component", "second component")
        explained = (float(found.explained_variance_ratio_[0]), float(found.explained_variance_ratio_[1]))
    shown = spaced(len(values), ROWS)
    target = frame[study.data.target].to_numpy()[shown]
    if data["classes"]:
        target = target.astype(str)
    table = pd.DataFrame({"x": values[shown, 0], "y": values[shown, 1], "target": target})
    return Scatter(axes, explained, len(values), table)
