"""Plain PyTorch: the loop that a user writes, one network at a time, one thread a process."""

from __future__ import annotations

import copy
from functools import cache
from time import perf_counter

import numpy as np
import torch
from torch import Tensor, nn

from paribus.population.outcome import FoldArrays
from paribus.study.configuration import Configuration
from paribus.study.conventions import constants
from peers.peer import Fit, Peer, Watch, patience_of

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "linear": nn.Identity}


def network(configuration: Configuration, n_features: int) -> nn.Sequential:
    """The configuration's network: He normal weights and zero biases, one dropout before the output."""
    asked, layers, width = configuration.network, [], n_features
    for units in asked.hidden:
        layers += [nn.Linear(width, units), ACTIVATIONS[asked.activation]()]
        nn.init.kaiming_normal_(layers[-2].weight, nonlinearity="relu")
        nn.init.zeros_(layers[-2].bias)
        width = units
    if asked.dropout:
        layers.append(nn.Dropout(asked.dropout))
    return nn.Sequential(*layers, nn.Linear(width, 1))


def train(model: nn.Sequential, configuration: Configuration, fold: FoldArrays, fused: bool) -> int:
    """Train with early stopping and put the best weights back; the epochs that were run."""
    rule = configuration.train
    x, val_x = torch.from_numpy(fold.train_x), torch.from_numpy(fold.val_x)
    y, val_y = (torch.from_numpy(truth.astype(np.float32))[:, None] for truth in (fold.train_y, fold.val_y))
    loss_of = nn.BCEWithLogitsLoss()
    _, _, *betas, epsilon = constants(rule)
    optimizer = torch.optim.Adam(
        model.parameters(), rule.learning_rate, (betas[0], betas[1]), epsilon, fused=fused
    )
    watch, best, epoch = Watch(patience_of(configuration)), copy.deepcopy(model.state_dict()), 0
    while epoch < rule.epochs and not watch.stops:
        epoch += 1
        _epoch(model, optimizer, loss_of, x, y, rule.batch_size)
        model.eval()
        with torch.no_grad():
            val_loss = loss_of(model(val_x), val_y).item()
        if watch.improved(val_loss):
            best = copy.deepcopy(model.state_dict())
    model.load_state_dict(best)
    return epoch


def _epoch(
    model: nn.Sequential,
    optimizer: torch.optim.Optimizer,
    loss_of: nn.Module,
    x: Tensor,
    y: Tensor,
    batch_size: int,
) -> None:
    """One pass over the rows, shuffled; slices of tensors, no data loader."""
    model.train()
    places = torch.randperm(len(x))
    for start in range(0, len(x), batch_size):
        batch = places[start : start + batch_size]
        optimizer.zero_grad()
        loss_of(model(x[batch]), y[batch]).backward()
        optimizer.step()


@cache
def _warm_up() -> None:
    """One thread, and a first step in this process, which no clock sees."""
    torch.set_num_threads(1)
    model = nn.Linear(4, 1)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(4, 4)).sum().backward()
    optimizer.step()


def _timed(configuration: Configuration, fold: FoldArrays, seed: int, fused: bool) -> Fit:
    _warm_up()
    torch.manual_seed(seed)
    started = perf_counter()
    model = network(configuration, fold.train_x.shape[1])
    epochs = train(model, configuration, fold, fused)
    seconds = perf_counter() - started
    with torch.no_grad():
        found = torch.sigmoid(model.eval()(torch.from_numpy(fold.val_x)))[:, 0].numpy()
    return Fit(configuration.config_id, configuration.train.epochs, seconds, epochs, found)


def fit(configuration: Configuration, fold: FoldArrays, seed: int) -> Fit:
    """The loop with `torch.optim.Adam` as it comes."""
    return _timed(configuration, fold, seed, fused=False)


def fit_fused(configuration: Configuration, fold: FoldArrays, seed: int) -> Fit:
    """The same with `fused=True`: all parameters updated in one call."""
    return _timed(configuration, fold, seed, fused=True)


PEERS = (Peer("PyTorch loop", fit), Peer("PyTorch loop, fused Adam", fit_fused))
