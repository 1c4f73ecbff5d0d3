"""Preparing rows: fitted on a training part alone; filled, encoded, scaled, selected, resampled."""

from __future__ import annotations

from paribus.data.prepare.preparation import (
    Preparation,
    TrainingRows,
    fit_preparation,
    most_features,
    prepare_training,
)
from paribus.data.prepare.prepared import Prepared

__all__ = ["Preparation", "Prepared", "TrainingRows", "fit_preparation", "most_features", "prepare_training"]
