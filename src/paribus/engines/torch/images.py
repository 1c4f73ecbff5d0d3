"""One lineage's training on images: read a batch at a time, changed at random, judged by the same rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus.data.prepare.images import ImageRows
from paribus.data.prepare.pixels import BRIGHTEST
from paribus.data.prepare.prepared import Prepared
from paribus.engines.torch.large import LargeTraining
from paribus.engines.torch.pixels import resident
from paribus.engines.torch.said import said
from paribus.networks.augment import Draws, augment, mix
from paribus.networks.headed import HeadedNetwork
from paribus.networks.images import ImageNetwork
from paribus.networks.network import BuiltNetwork
from paribus.population.outcome import FoldArrays, Lineage, Task
from paribus.study.spec import Augment


class ImageTraining(LargeTraining):
    """A network that sees images."""

    def __init__(self, lineage: Lineage, fold: FoldArrays, task: Task, device: str = "cpu") -> None:
        super().__init__(lineage, fold, task, device)
        self.images = cast(ImageRows, fold.train_x)
        self.changes = self.train.augment or Augment()
        self.body = _still(self.network) if self.changes.is_idle else None
        self.draws: Draws | None = None

    def _train(self, epoch: int, places: NDArray[np.int64], rates: Sequence[float]) -> NDArray[Any]:
        self.draws = Draws(self.lineage.seed, self.lineage.fold, epoch, self.n_rows)
        return super()._train(epoch, places, rates)

    def batch(self, chosen: NDArray[np.int64]) -> tuple[Tensor, Tensor, Tensor]:
        """See `Training.batch`. The images changed as the epoch asks for."""
        where = torch.from_numpy(chosen).to(self.y.device)
        y, weights, some = self.y[where], self.weights[where], self.images[chosen]
        if self.body:
            return self.said(self.body, cast(Prepared, some)), y, weights
        pixels = resident(some, self.y.device)
        intensities = pixels.movedim(-1, 1)
        if self.changes.is_idle:
            intensities = intensities.to(self.y.dtype).div_(BRIGHTEST)
        else:
            assert self.draws is not None  # an epoch has begun
            drawn = self.draws.take(self.now)
            intensities = augment(intensities, self.changes, drawn, self.y.dtype)
            if self.changes.mixup:
                intensities, y = mix(intensities, y, self.changes, drawn)
        return self.network.valued(intensities, some), y, weights

    def said(self, body: HeadedNetwork, rows: Prepared) -> Tensor:
        """See `LargeTraining.said`."""
        return torch.from_numpy(said(cast(ImageNetwork, body), cast(ImageRows, rows))).to(self.y)


def _still(network: BuiltNetwork) -> ImageNetwork | None:
    """The network, if what its body says of an image never changes and is asked for in one view."""
    still = isinstance(network, ImageNetwork) and network.frozen_body and network.views == 1
    return cast(ImageNetwork, network) if still else None
