"""One lineage's training on images: read a batch at a time, changed at random, judged by the same rules.

A body that is frozen is asked once for each image, and its head is trained on what it said.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus.data.prepare.images import ImageRows
from paribus.data.prepare.pixels import BRIGHTEST
from paribus.data.prepare.prepared import Prepared
from paribus.engines.torch.pixels import resident
from paribus.engines.torch.said import said
from paribus.engines.torch.training import Training, clip
from paribus.engines.torch.unfinished import State
from paribus.engines.training import Arrays
from paribus.networks.augment import Draws, augment, mix
from paribus.networks.images import ImageNetwork
from paribus.networks.network import BuiltNetwork
from paribus.population.outcome import FoldArrays, Lineage, Task
from paribus.study.spec import Augment


class ImageTraining(Training):
    """A network that reads images, on `device`. With a moving average of weights, that is what is judged."""

    def __init__(self, lineage: Lineage, fold: FoldArrays, task: Task, device: str = "cpu") -> None:
        super().__init__(lineage, fold, task, device)
        self.images = cast(ImageRows, fold.train_x)
        self.changes = self.train.augment or Augment()
        self.judged = deepcopy(self.network) if self.train.ema else self.network
        self.averaged = _pairs(self.judged, self.network)
        self.body = _still(self.network) if self.changes.is_idle else None
        self.draws: Draws | None = None
        self.now = slice(0)
        self.batch_number = 0
        self._own_rate()

    def _own_rate(self) -> None:
        """Let the head's parameters be a group of their own, after the others."""
        (group,) = self.optimizer.param_groups
        group["ratio"] = 1.0
        if self.train.head_learning_rate is None or not isinstance(self.network, ImageNetwork):
            return
        ratio = self.train.head_learning_rate / self.train.learning_rate
        of_head = {id(each) for each in self.network.head_parameters()}
        head = [each for each in group["params"] if id(each) in of_head]
        group["params"] = [each for each in group["params"] if id(each) not in of_head]
        self.optimizer.add_param_group({"params": head, "ratio": ratio})

    def _train(self, epoch: int, places: NDArray[np.int64], rates: Sequence[float]) -> NDArray[Any]:
        self.draws = Draws(self.lineage.seed, self.lineage.fold, epoch, self.n_rows)
        self.batch_number = 0
        return super()._train(epoch, places, rates)

    def _step(self, chosen: NDArray[np.int64], rate: float) -> Tensor:
        start = self.batch_number * self.train.batch_size
        self.now = slice(start, start + len(chosen))
        if self.batch_number % self.train.accumulate == 0:
            self.optimizer.zero_grad()
        values, y, weights = self.batch(chosen)
        with self._rounding():
            logits = self.body.from_summaries(values) if self.body else self.network(values)
        logits = logits.to(y.dtype)
        loss = self.objective(logits, y, weights, self.network.penalised())
        (loss / self._together()).backward()  # type: ignore[no-untyped-call]
        self.batch_number += 1
        if self.batch_number % self.train.accumulate == 0 or self.now.stop == self.n_rows:
            self._move(rate)
        return logits.detach()

    def _together(self) -> int:
        """Batches whose gradients make this step: fewer at an epoch's end."""
        n_batches = -(-self.n_rows // self.train.batch_size)
        first = self.batch_number - self.batch_number % self.train.accumulate
        return min(self.train.accumulate, n_batches - first)

    def _move(self, rate: float) -> None:
        clip(self.moved, self.train)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["ratio"]
        self.optimizer.step()
        if self.train.ema:
            self._average()

    def _average(self) -> None:
        """Take the weights into their moving average; what isn't trained is taken over as it is."""
        with torch.no_grad():
            for average, now, trained in self.averaged:
                if trained:
                    average.lerp_(now, 1 - self.train.ema)
                else:
                    average.copy_(now)

    def batch(self, chosen: NDArray[np.int64]) -> tuple[Tensor, Tensor, Tensor]:
        """See `Training.batch`. The images changed as the epoch asks for."""
        where = torch.from_numpy(chosen).to(self.y.device)
        y, weights, some = self.y[where], self.weights[where], self.images[chosen]
        if self.body:
            return self._said(self.body, some), y, weights
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

    def _said(self, body: ImageNetwork, rows: ImageRows) -> Tensor:
        return torch.from_numpy(said(body, rows)).to(self.y)

    def _logits(self, rows: Prepared) -> NDArray[Any]:
        with self._rounding():
            if self.body is None:
                return self.judged.logits(rows)
            judged = cast(ImageNetwork, self.judged).eval()
            with torch.inference_mode():
                return judged.from_summaries(self._said(self.body, cast(ImageRows, rows))).numpy(force=True)

    def _rounding(self) -> AbstractContextManager[Any]:
        """Products' factors in bfloat16, where that is asked for."""
        if self.train.precision != "bfloat16":
            return nullcontext()
        return torch.autocast(self.y.device.type, dtype=torch.bfloat16)

    def _arrays(self) -> Arrays:
        return self.judged.arrays()

    def _load(self, arrays: Arrays) -> None:
        self.judged.load(arrays)

    def _state(self) -> State:
        return {**super()._state(), "judged": self.judged.arrays()}

    def _restore(self, state: State) -> None:
        super()._restore(state)
        self.judged.load(state["judged"])


def _still(network: BuiltNetwork) -> ImageNetwork | None:
    """The network, if what its body says of an image never changes and is asked for in one view."""
    still = isinstance(network, ImageNetwork) and network.frozen_body and network.views == 1
    return cast(ImageNetwork, network) if still else None


def _pairs(averages: BuiltNetwork, network: BuiltNetwork) -> list[tuple[Tensor, Tensor, bool]]:
    """Of each array its average, what it is now, and whether it is trained: the networks' own memory."""
    trained = {name for name, each in network.named_parameters() if each.requires_grad}
    now = network.state_dict()
    return [(average, now[name], name in trained) for name, average in averages.state_dict().items()]
