"""`[deliver]` and `[track]`: what a study leaves besides its report. Neither changes what is trained."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from paribus.study.fields import Section


class Deliver(Section):
    """The model that a run leaves in `model/`: the chosen configuration."""

    model: Literal["refit", "ensemble", "none"] = "refit"
    """refit: trained once more, on all rows but the sealed ones; ensemble: the mean of the networks of its
    folds and seeds, those that were judged; none: no model."""
    calibration: Literal["none", "validation"] = "none"
    """Whether probabilities are mended by the map that was fitted on validation, where one was found."""
    threshold: Literal["half", "f1", "youden", "recall", "cost"] = "half"
    """Above which probability a row is called positive: a half, or what was tuned on validation."""


class Track(Section):
    """Where runs are told to a tracker."""

    mlflow: Annotated[str, Field(min_length=1)] | None = None
    """An MLflow tracking address: sqlite:///mlflow.db, a folder, http://... Left out: none."""
    experiment: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """The experiment's name; the study's where it isn't given."""
    register_as: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """The name under which the chosen model is registered; the study's where it isn't given."""
    tensorboard: bool = False
    """Whether TensorBoard's files are left in the run's folder, in tensorboard/."""


AFTER = ("deliver", "track")
"""The tables of a study that come after training: changing them makes no other study."""
