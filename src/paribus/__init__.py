"""paribus: neural-network hyperparameter studies that can be defended."""

from __future__ import annotations
