"""Preparing rows: fitted on a training part alone; filled, encoded, scaled, selected, resampled."""

from __future__ import annotations

from paribus.data.prepare.preparation import (
    Preparation,
    TrainingRows,
    fit_preparation,
    most_features,
    prepare_training,
)

__all__ = ["Preparation", "TrainingRows", "fit_preparation", "most_features", "prepare_training"]
