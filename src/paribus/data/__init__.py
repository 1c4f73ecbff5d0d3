"""Data: read and checked, split, and prepared without leakage.

    table = load(study.data, folder=folder, metrics=study.protocol.metrics)
    parts = split(table, study.protocol, study.seed)
    for fold in parts.folds:
        preparation = fit_preparation(study.prepare, fold.training, study.seed)
        preparation.apply(fold.validation)      # float32, (row, feature)

A scaler or a selector can be fitted on a `TrainingPart` and on nothing else, and only `split` makes one.
"""

from __future__ import annotations

from paribus.data.load import load
from paribus.data.parts import OpenedPart, SealedPart, TrainingPart, ValidationPart
from paribus.data.prepare import Preparation, fit_preparation
from paribus.data.split import Split, split
from paribus.data.table import Table

__all__ = [
    "OpenedPart",
    "Preparation",
    "SealedPart",
    "Split",
    "Table",
    "TrainingPart",
    "ValidationPart",
    "fit_preparation",
    "load",
    "split",
]
