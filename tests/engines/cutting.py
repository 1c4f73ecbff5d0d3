"""A training that ends in the middle, as by kill -9."""

from __future__ import annotations

from typing import Any

import pytest

from paribus.engines.torch.training import Training, alone


class CutError(Exception):
    """What ends it."""


def cut_off(training: Training, epoch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Train until `epoch` is planned."""
    plan = training.plan

    def cut() -> Any:
        if training.epoch == epoch:
            raise CutError
        return plan()

    monkeypatch.setattr(training, "plan", cut)
    with alone(), pytest.raises(CutError):
        training.outcomes()
