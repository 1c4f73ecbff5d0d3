"""One lineage's training: a module, its autograd, an optimizer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor, nn

from paribus.data.prepare.images import ImageRows
from paribus.data.prepare.prepared import Prepared
from paribus.engines.numpy.schedules import Plateau
from paribus.engines.torch.losses import Objective
from paribus.engines.torch.optimizers import optimizer
from paribus.engines.torch.unfinished import State, keep, kept, path_of
from paribus.engines.training import Arrays, SingleTraining
from paribus.networks.arithmetic import fixed_arithmetic
from paribus.networks.build import build
from paribus.networks.network import BuiltNetwork
from paribus.population.outcome import FoldArrays, Lineage, Outcome, Task
from paribus.seeds import stream
from paribus.study.spec import Train

KEPT_SECONDS = 1.0
"""A training is kept at most so often."""
_STATE = ("epoch", "best_epoch", "ended", "best", "curves")


class Training(SingleTraining):
    """A network that `networks` builds, of whatever kind, on `device`."""

    def __init__(self, lineage: Lineage, fold: FoldArrays, task: Task, device: str = "cpu") -> None:
        super().__init__(lineage, fold, task)
        dtype = torch.float64 if self.train.precision == "float64" else torch.float32
        asked, shape = lineage.configuration, fold.train_x.shape[1:]
        network = build(asked, shape, task.n_outputs, lineage.seed, lineage.fold)
        network.know(fold.words)
        self.network: BuiltNetwork = network.to(device, dtype)
        self.objective = Objective(self.train, task)
        self.moved = [each for each in self.network.parameters() if each.requires_grad]
        self.optimizer = optimizer(self.train, self.moved)
        self.rows = _resident(self.network, fold.train_x)
        self.y = torch.from_numpy(self.truth).to(device, dtype)
        self.weights = torch.from_numpy(self.row_weights()).to(device, dtype)
        self.file = path_of(fold.unfinished, lineage.keys[-1]) if fold.unfinished else None
        self.last_kept = self.started

    def _train(self, epoch: int, places: NDArray[np.int64], rates: Sequence[float]) -> NDArray[Any]:
        seed, fold = self.lineage.seed, self.lineage.fold
        # What the network draws by itself is named by the epoch too.
        torch.manual_seed(int(stream(seed, "noise", fold, epoch).integers(2**63)))
        self.network.begin(seed, fold, epoch, self.n_rows)
        self.network.train()
        met = []
        for batch, rate in zip(self.batches(), rates, strict=True):
            self.network.take(batch)
            met.append(self._step(places[batch], rate))
        return torch.cat(met).numpy(force=True)

    def _step(self, chosen: NDArray[np.int64], rate: float) -> Tensor:
        """Train on one batch; its logits before."""
        rows, y, weights = self.batch(chosen)
        logits: Tensor = self.network(rows)
        loss = self.objective(logits, y, weights, self.network.penalised())
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        clip(self.moved, self.train)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        return logits.detach()

    def batch(self, chosen: NDArray[np.int64]) -> tuple[Tensor, Tensor, Tensor]:
        """Rows, their truth (row, output) and their weights (row, 1 or output)."""
        where = torch.from_numpy(chosen).to(self.y.device)
        rows = self.rows[where] if isinstance(self.rows, Tensor) else self.network.given(self.rows[chosen])
        return rows, self.y[where], self.weights[where]

    def _logits(self, rows: Prepared) -> NDArray[Any]:
        return self.network.logits(rows)

    def _begun(self) -> list[Outcome]:
        found = kept(self.file) if self.file else None
        if found is None:
            return []
        self._restore(found[0])
        return found[1]

    def _keep(self, found: Sequence[Outcome]) -> None:
        if self.file and perf_counter() - self.last_kept >= KEPT_SECONDS:
            keep(self.file, self._state(), found)
            self.last_kept = perf_counter()

    def _state(self) -> State:
        """All that the next epoch follows from."""
        schedule = self.rate.schedule
        return {
            "training": {name: getattr(self, name) for name in _STATE},
            "seconds": perf_counter() - self.started,
            "watched": self.watch.best,
            "plateau": (schedule.watch.best, schedule.waited, schedule.now)
            if isinstance(schedule, Plateau)
            else None,
            "network": self.network.arrays(),
            "optimizer": self.optimizer.state_dict(),
        }

    def _restore(self, state: State) -> None:
        """Go on from there."""
        for name, value in state["training"].items():
            setattr(self, name, value)
        self.started = perf_counter() - state["seconds"]
        self.watch.best = state["watched"]
        schedule = self.rate.schedule
        if isinstance(schedule, Plateau):
            schedule.watch.best, schedule.waited, schedule.now = state["plateau"]
        self.network.load(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])

    def _n_parameters(self) -> int:
        return self.network.n_parameters

    def _arrays(self) -> Arrays:
        return self.network.arrays()

    def _load(self, arrays: Arrays) -> None:
        self.network.load(arrays)


def _resident(network: BuiltNetwork, rows: Prepared) -> Tensor | Prepared:
    """The training rows where the network is; sparse ones and images are brought there a batch at a time."""
    return rows if isinstance(rows, csr_array | ImageRows) else network.given(rows)


def clip(parameters: Sequence[Tensor], train: Train) -> None:
    """Bound the gradients: each number, or the length of them all."""
    if train.clip_value is not None:
        nn.utils.clip_grad_value_(parameters, train.clip_value)
    if train.clip_norm is None:
        return
    if train.convention == "torch":
        nn.utils.clip_grad_norm_(parameters, train.clip_norm)
        return
    gradients = [each.grad for each in parameters if each.grad is not None]
    length = torch.sqrt(sum((each.square().sum() for each in gradients), torch.tensor(0.0)))
    for gradient in gradients:
        gradient.mul_((train.clip_norm / length).clamp(max=1))


@contextmanager
def alone() -> Iterator[None]:
    """The arithmetic of a training; PyTorch's generator as it was before, afterwards."""
    with fixed_arithmetic(), torch.random.fork_rng(range(torch.cuda.device_count()), device_type="cuda"):
        yield
