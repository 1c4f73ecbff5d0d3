"""Preparing features: fitted on a training part alone, scale first, then select."""

from __future__ import annotations

from paribus.data.prepare.preparation import Preparation, fit_preparation

__all__ = ["Preparation", "fit_preparation"]
