"""A training as PyTorch's documentation shows it: its modules, losses, autograd, optimizers and schedulers.

PyTorch's defaults are left alone: what a configuration doesn't give is what PyTorch does. By hand, since
PyTorch has none: Lion, the binary hinge, the focal loss, smoothing of binary labels; and paribus' own
noise in the place of PyTorch's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import lr_scheduler

from paribus.networks.initial import initial_weights
from paribus.networks.mlp import MLP
from paribus.population.outcome import FoldArrays, Lineage, Task
from paribus.seeds import stream
from paribus.study.conventions import slowing
from paribus.study.spec import Network, Train
from tests.oracle.cases import encoded, row_weights

Loss = Callable[[Tensor, Tensor], Tensor]
"""(logits, truth), each (row, output) → (row, output), or (row, 1) where a row has one loss."""
Arrays = tuple[NDArray[Any], ...]


def train(lineage: Lineage, data: FoldArrays, task: Task, dtype: torch.dtype = torch.float64) -> Arrays:
    """The weights after the last epoch, in the order of `paribus.networks.mlp.blocks`."""
    return Training(lineage, data, task, dtype).run()


class Lion(torch.optim.Optimizer):
    """Chen et al., NeurIPS 2023, algorithm 2; with the interface that schedulers expect."""

    def __init__(self, parameters: Any, lr: float, weight_decay: float) -> None:
        super().__init__(parameters, {"lr": lr, "weight_decay": weight_decay, "betas": (0.9, 0.99)})

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """Move every parameter by the sign of its average."""
        (group,) = self.param_groups
        first, second = group["betas"]
        for parameter in group["params"]:
            average = self.state[parameter].setdefault("average", torch.zeros_like(parameter))
            parameter.mul_(1 - group["lr"] * group["weight_decay"])
            parameter.sub_(group["lr"] * torch.sign(first * average + (1 - first) * parameter.grad))
            average.mul_(second).add_((1 - second) * parameter.grad)


class Noise(nn.Module):
    """Dropout by given noise: `uniform` (row, unit), set before each batch."""

    uniform: Tensor

    def __init__(self, rate: float, kind: str) -> None:
        super().__init__()
        self.rate, self.kind = rate, kind

    def forward(self, values: Tensor) -> Tensor:
        """The values that stay, and what stands where one is dropped."""
        if not self.training or not self.rate:
            return values
        kept = self.uniform >= self.rate
        if self.kind == "standard":
            return torch.div(values * kept, 1 - self.rate)
        low = -1.7580993408473766
        scale = ((1 - self.rate) * (1 + self.rate * low**2)) ** -0.5
        either = torch.where(kept, values, low)
        return torch.sub(scale * either, scale * self.rate * low)


class Training:
    """One training, step by step."""

    def __init__(self, lineage: Lineage, data: FoldArrays, task: Task, dtype: torch.dtype) -> None:
        self.lineage, self.data, self.task, self.dtype = lineage, data, task, dtype
        self.rule, network = lineage.configuration.train, lineage.configuration.network
        self.model = _model(lineage, data, task).to(dtype)
        # What is added to the features is added here.
        self.model.settings = network.model_copy(update={"input_noise": 0.0})
        self.noises = [Noise(rate, network.dropout_kind) for rate in network.dropouts]
        for layer, noise in zip(self.model.hidden, self.noises, strict=True):
            layer.dropout = noise
        self.loss = loss_of(self.rule, task)
        self.rows = torch.from_numpy(data.train_x).to(dtype)
        self.truth = torch.from_numpy(encoded(data.train_y, task)).to(dtype)
        self.weight = torch.from_numpy(row_weights(lineage, data, task)).to(dtype)
        self.optimizer = optimizer_of(self.rule, self.model)
        steps = -(-len(self.rows) // self.rule.batch_size)
        self.by_step, self.by_epoch, self.plateau = schedulers(self.optimizer, self.rule, steps)

    def run(self) -> Arrays:
        """Every epoch; the weights."""
        for epoch in range(1, self.rule.epochs + 1):
            for rows, noises, added in self._batches(epoch):
                for noise, uniform in zip(self.noises, noises, strict=True):
                    noise.uniform = uniform
                self._step(rows, added)
            for scheduler in self.by_epoch:
                scheduler.step()
            if self.plateau:
                self.plateau.step(self._watched())
        return tuple(self.model.arrays())

    def _batches(self, epoch: int) -> Iterator[tuple[NDArray[np.int64], list[Tensor], Tensor]]:
        """Each step's rows, dropout's noise by layer and what is added to the features."""
        network, seed, fold = self.lineage.configuration.network, self.lineage.seed, self.lineage.fold
        count, widths = len(self.rows), network.hidden
        places = stream(seed, "order", fold, epoch).permutation(count)
        uniform = [
            stream(seed, "dropout", fold, epoch, width, widths[:layer].count(width)).random(
                (count, width), dtype=np.float32
            )
            for layer, width in enumerate(widths)
        ]
        added = _input_noise(network, seed, fold, epoch, self.rows.shape)
        for start in range(0, count, self.rule.batch_size):
            step = slice(start, start + self.rule.batch_size)
            noises = [torch.from_numpy(layer[step]).to(self.dtype) for layer in uniform]
            yield places[step], noises, torch.from_numpy(added[step]).to(self.dtype)

    def _step(self, rows: NDArray[np.int64], added: Tensor) -> None:
        self.optimizer.zero_grad()
        losses = self.loss(self.model(self.rows[rows] + added), self.truth[rows]) * self.weight[rows]
        self._penalised(losses.mean()).backward()  # type: ignore[no-untyped-call]
        if self.rule.clip_norm:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.rule.clip_norm)
        if self.rule.clip_value:
            nn.utils.clip_grad_value_(self.model.parameters(), self.rule.clip_value)
        self.optimizer.step()
        for scheduler in self.by_step:
            scheduler.step()

    def _penalised(self, loss: Tensor) -> Tensor:
        if not (self.rule.l1 or self.rule.l2):
            return loss
        for layer in self.model.modules():
            if isinstance(layer, nn.Linear):
                loss = loss + self.rule.l1 * layer.weight.abs().sum()
                loss = loss + self.rule.l2 * layer.weight.square().sum()
        return loss

    @torch.no_grad()
    def _watched(self) -> float:
        """The plain loss of the validation rows: no weights, penalties or smoothing."""
        plain = loss_of(self.rule.model_copy(update={"label_smoothing": 0.0}), self.task)
        self.model.eval()
        logits = self.model(torch.from_numpy(self.data.val_x).to(self.dtype))
        self.model.train()
        return float(
            plain(logits, torch.from_numpy(encoded(self.data.val_y, self.task)).to(self.dtype)).mean()
        )


def loss_of(rule: Train, task: Task) -> Loss:
    """PyTorch's own loss, not yet reduced."""
    kind, name = task.kind, rule.loss
    if kind == "multiclass":
        return _of_classes(name, rule)
    if name == "huber":
        return lambda z, y: functional.huber_loss(z, y, reduction="none", delta=rule.huber_delta or 1.0)
    if name in ("mse", "mae"):
        function = functional.mse_loss if name == "mse" else functional.l1_loss
        output = torch.nn.Identity() if kind == "regression" else torch.sigmoid
        return lambda z, y: function(output(z), y, reduction="none")
    return _of_labels(name, rule)


def _of_classes(name: str, rule: Train) -> Loss:
    gamma = 2.0 if rule.focal_gamma is None else rule.focal_gamma

    def focal(z: Tensor, y: Tensor) -> Tensor:
        right = (torch.log_softmax(z, 1) * y).sum(1, keepdim=True)
        return -((1 - right.exp()) ** gamma) * right

    return {
        "categorical_crossentropy": lambda z, y: functional.cross_entropy(
            z, y, reduction="none", label_smoothing=rule.label_smoothing
        )[:, None],
        "mse": lambda z, y: functional.mse_loss(torch.softmax(z, 1), y, reduction="none"),
        "mae": lambda z, y: functional.l1_loss(torch.softmax(z, 1), y, reduction="none"),
        "hinge": lambda z, y: functional.multi_margin_loss(z, y.argmax(1), reduction="none")[:, None],
        "focal": focal,
    }[name]


def _of_labels(name: str, rule: Train) -> Loss:
    gamma = 2.0 if rule.focal_gamma is None else rule.focal_gamma
    share = rule.label_smoothing

    def focal(z: Tensor, y: Tensor) -> Tensor:
        right = functional.logsigmoid((2 * y - 1) * z)
        return -((1 - right.exp()) ** gamma) * right

    return {
        "binary_crossentropy": lambda z, y: functional.binary_cross_entropy_with_logits(
            z, y * (1 - share) + share / 2, reduction="none"
        ),
        "hinge": lambda z, y: torch.clamp(1 - (2 * y - 1) * z, min=0),
        "focal": focal,
    }[name]


def optimizer_of(rule: Train, model: nn.Module) -> torch.optim.Optimizer:
    """PyTorch's optimizer: its defaults, and what the configuration gives."""
    made: dict[str, Any] = {
        "sgd": torch.optim.SGD,
        "rmsprop": torch.optim.RMSprop,
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
        "nadam": torch.optim.NAdam,
        "adamax": torch.optim.Adamax,
        "adagrad": torch.optim.Adagrad,
        "adadelta": torch.optim.Adadelta,
        "lion": Lion,
    }
    optimizer: torch.optim.Optimizer = made[rule.optimizer](
        model.parameters(), lr=rule.learning_rate, weight_decay=rule.weight_decay
    )
    (group,) = optimizer.param_groups
    if rule.momentum:
        group.update(momentum=rule.momentum, nesterov=rule.nesterov)
    if rule.rho is not None:
        group["alpha" if rule.optimizer == "rmsprop" else "rho"] = rule.rho
    if rule.epsilon is not None:
        group["eps"] = rule.epsilon
    if "betas" in group:
        usual = zip((rule.beta_1, rule.beta_2), group["betas"], strict=True)
        group["betas"] = tuple(default if given is None else given for given, default in usual)
    return optimizer


def schedulers(
    optimizer: torch.optim.Optimizer, rule: Train, steps: int
) -> tuple[
    list[lr_scheduler.LRScheduler], list[lr_scheduler.LRScheduler], lr_scheduler.ReduceLROnPlateau | None
]:
    """PyTorch's schedulers: those that move with each step, with each epoch, and by the loss."""
    if rule.schedule is None:
        return [], [], None
    asked, name, rate = slowing(rule.schedule), rule.schedule.name, rule.learning_rate
    by_step: list[lr_scheduler.LRScheduler] = []
    by_epoch: list[lr_scheduler.LRScheduler] = []
    plateau = None
    if (rising := rule.schedule.warmup * steps) > 1:
        by_step.append(lr_scheduler.LinearLR(optimizer, 1 / rising, total_iters=rising - 1))
    if name == "step":
        by_epoch.append(lr_scheduler.StepLR(optimizer, asked.every, asked.factor))
    if name == "exponential":
        by_epoch.append(lr_scheduler.ExponentialLR(optimizer, asked.factor))
    if name == "cosine":
        by_epoch.append(lr_scheduler.CosineAnnealingLR(optimizer, rule.epochs, asked.floor * rate))
    if name == "one_cycle":
        by_step.append(_one_cycle(optimizer, rule, steps))
    if name == "plateau":
        # PyTorch lowers the rate after more than `patience` epochs, Keras and paribus after as many.
        plateau = lr_scheduler.ReduceLROnPlateau(
            optimizer,
            factor=asked.factor,
            patience=asked.patience - 1,
            threshold=asked.min_delta,
            threshold_mode="abs",
            min_lr=asked.floor * rate,
            eps=0,
        )
    return by_step, by_epoch, plateau


def _one_cycle(optimizer: torch.optim.Optimizer, rule: Train, steps: int) -> lr_scheduler.OneCycleLR:
    """PyTorch's defaults for what isn't given; its floor is a share of the start."""
    assert rule.schedule is not None
    given: dict[str, Any] = {}
    if rule.schedule.peak is not None:
        given["pct_start"] = rule.schedule.peak
    if rule.schedule.start is not None:
        given["div_factor"] = 1 / rule.schedule.start
    if rule.schedule.floor is not None:
        given["final_div_factor"] = slowing(rule.schedule).start / rule.schedule.floor
    total = steps * rule.epochs
    return lr_scheduler.OneCycleLR(
        optimizer, rule.learning_rate, total_steps=total, cycle_momentum=False, **given
    )


def _model(lineage: Lineage, data: FoldArrays, task: Task) -> MLP:
    network, features = lineage.configuration.network, data.size.features
    fresh = initial_weights(network, features, task.n_outputs, lineage.seed, lineage.fold)
    return MLP(network, features, task.n_outputs, lineage.configuration.train.convention).load(fresh)


def _input_noise(
    network: Network, seed: int, fold: int, epoch: int, shape: tuple[int, ...]
) -> NDArray[np.float64]:
    drawn = stream(seed, "input noise", fold, epoch).standard_normal(shape, dtype=np.float32)
    return network.input_noise * drawn.astype(np.float64)
