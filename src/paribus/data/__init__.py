"""Data: read and checked, split, and prepared without leakage.

    table = load(study.data, folder=folder, metrics=study.protocol.metrics)
    parts = split(table, study.protocol, study.seed)
    for fold in parts.folds:
        preparation, rows = prepare_training(study.prepare, fold.training, study.seed)
        preparation.apply(fold.validation)      # float32, (row, feature), sparse from text

Whatever is learned from rows can be learned from a `TrainingPart` and from nothing else, and only
`split` makes one.
"""

from __future__ import annotations

from paribus.data.load import load
from paribus.data.parts import OpenedPart, SealedPart, StoppingPart, TrainingPart, ValidationPart
from paribus.data.prepare import (
    Preparation,
    Prepared,
    TrainingRows,
    fit_preparation,
    most_features,
    prepare_training,
    usual_entries,
    vocabulary_notes,
)
from paribus.data.split import Split, split
from paribus.data.table import Table

__all__ = [
    "OpenedPart",
    "Preparation",
    "Prepared",
    "SealedPart",
    "Split",
    "StoppingPart",
    "Table",
    "TrainingPart",
    "TrainingRows",
    "ValidationPart",
    "fit_preparation",
    "load",
    "most_features",
    "prepare_training",
    "split",
    "usual_entries",
    "vocabulary_notes",
]
