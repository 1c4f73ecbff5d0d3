"""One lineage's training of a network with a body: what is the same whether it sees images or reads texts.

Gradients of several batches make a step, the head has a rate of its own, a moving average of the weights is
judged, products are rounded. A frozen body is asked once a row, and its head is trained on what it said.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus.data.prepare.prepared import Prepared
from paribus.engines.torch.training import Training, clip
from paribus.engines.torch.unfinished import State
from paribus.engines.training import Arrays
from paribus.networks.headed import HeadedNetwork
from paribus.networks.network import BuiltNetwork
from paribus.population.outcome import FoldArrays, Lineage, Task


class LargeTraining(Training):
    """A network on `device`. With a moving average of weights, that is what is judged.

    `body`: the network, if what its body says of a row never changes.
    """

    body: HeadedNetwork | None = None

    def __init__(self, lineage: Lineage, fold: FoldArrays, task: Task, device: str = "cpu") -> None:
        super().__init__(lineage, fold, task, device)
        self.judged = deepcopy(self.network) if self.train.ema else self.network
        self.averaged = _pairs(self.judged, self.network)
        self.now = slice(0)
        self.batch_number = 0
        self._own_rate()

    @abstractmethod
    def said(self, body: HeadedNetwork, rows: Prepared) -> Tensor:
        """What a body says of rows, (row, value), where the network is."""

    def _own_rate(self) -> None:
        """Let the head's parameters be a group of their own, after the others."""
        (group,) = self.optimizer.param_groups
        group["ratio"] = 1.0
        if self.train.head_learning_rate is None or not isinstance(self.network, HeadedNetwork):
            return
        ratio = self.train.head_learning_rate / self.train.learning_rate
        of_head = {id(each) for each in self.network.head_parameters()}
        head = [each for each in group["params"] if id(each) in of_head]
        group["params"] = [each for each in group["params"] if id(each) not in of_head]
        self.optimizer.add_param_group({"params": head, "ratio": ratio})

    def _train(self, epoch: int, places: NDArray[np.int64], rates: Sequence[float]) -> NDArray[Any]:
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

    def _logits(self, rows: Prepared) -> NDArray[Any]:
        with self._rounding():
            if self.body is None:
                return self.judged.logits(rows)
            judged = cast(HeadedNetwork, self.judged).eval()
            with torch.inference_mode():
                return judged.from_summaries(self.said(self.body, rows)).numpy(force=True)

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


def _pairs(averages: BuiltNetwork, network: BuiltNetwork) -> list[tuple[Tensor, Tensor, bool]]:
    """Of each array its average, what it is now, and whether it is trained: the networks' own memory."""
    trained = {name for name, each in network.named_parameters() if each.requires_grad}
    now = network.state_dict()
    return [(average, now[name], name in trained) for name, average in averages.state_dict().items()]
