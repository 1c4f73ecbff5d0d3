"""What a network costs: counted on one row, for whatever kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from paribus.networks.build import build
from paribus.study.configuration import Configuration


@dataclass(frozen=True)
class Cost:
    """Of one row on its way through a network: floating-point operations, and numbers that are kept for the
    way back. `parameters`: the network's own numbers; `trained`: those of them that training moves.
    """

    operations: int
    numbers: int
    parameters: int
    trained: int


def cost(asked: Configuration, shape: tuple[int, ...], n_outputs: int, *, words: bool = False) -> Cost:
    """Of the network that `asked` names, for rows of this shape; places of `words`, or numbers."""
    alike = asked.network.model_dump_json(), asked.prepare.represent, asked.train.convention
    found: Cost | None = _KNOWN.get(key := (alike, shape, n_outputs))
    if found is None:
        found = _KNOWN[key] = _counted(asked, shape, n_outputs, words)
    return found


_KNOWN: dict[Any, Cost] = {}


def _counted(asked: Configuration, shape: tuple[int, ...], n_outputs: int, words: bool) -> Cost:
    network = build(asked, shape, n_outputs).eval()
    row = torch.ones(1, *shape, dtype=torch.int64) if words else torch.zeros(1, *shape)
    kept: list[int] = []

    def keep(_: nn.Module, __: Any, made: Any) -> None:
        kept.append(made.numel() if isinstance(made, Tensor) else 0)

    leaves = [each for each in network.modules() if not any(True for _ in each.children())]
    hooks = [each.register_forward_hook(keep) for each in leaves]
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        network(row)
    for hook in hooks:
        hook.remove()
    operations = int(counter.get_total_flops()) + _unseen(leaves, shape[0])
    trained = sum(each.numel() for each in network.parameters() if each.requires_grad)
    return Cost(operations, sum(kept), network.n_parameters, trained)


def _unseen(leaves: list[nn.Module], length: int) -> int:
    """Operations that PyTorch's counter doesn't see: those of an LSTM, which is one call."""
    recurrent = (each for each in leaves if isinstance(each, nn.LSTM))
    return sum(2 * length * parameter.numel() for each in recurrent for parameter in each.parameters())
