"""Preparing rows: fitted on a training part alone; filled, encoded, scaled, selected, resampled."""

from __future__ import annotations

from paribus.data.prepare.preparation import (
    Preparation,
    TrainingRows,
    fit_preparation,
    most_features,
    prepare_training,
    usual_entries,
)
from paribus.data.prepare.prepared import Prepared
from paribus.data.prepare.text.represent import vocabulary_notes

__all__ = [
    "Preparation",
    "Prepared",
    "TrainingRows",
    "fit_preparation",
    "most_features",
    "prepare_training",
    "usual_entries",
    "vocabulary_notes",
]
