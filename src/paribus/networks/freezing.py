"""What of a pretrained body is trained, and what stays as it was published."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from paribus.errors import StudyError
from paribus.study.configuration import Configuration


def freeze(body: nn.Module, blocks: Sequence[nn.Module], asked: Configuration) -> None:
    """What comes before the last blocks that are trained gets no gradient. Raises StudyError."""
    last = asked.network.last
    if last is None:
        return
    if last > len(blocks):
        raise StudyError(
            f"network.trained = '{asked.network.trained}' asks for more than the {len(blocks)} blocks of"
            f" '{asked.network.weights}': use fewer, or 'all'"
        )
    first = next(blocks[-last].parameters()) if last else None
    for parameter in body.parameters():
        if parameter is first:
            return
        parameter.requires_grad_(False)


def still(body: nn.Module) -> None:
    """Let what is frozen stay as outside of training: no dropout in it, and no batch of its own."""
    for module in body.modules():
        parameters = list(module.parameters())
        if parameters and not any(each.requires_grad for each in parameters):
            module.eval()


def given_weights(body: nn.Module, asked: Configuration, *, buffers: bool) -> frozenset[str]:
    """The names of what the body brings and training leaves as it is: no record needs to keep it.

    `buffers`: whether its averages are left as they are.
    """
    if asked.network.fresh:
        return frozenset()
    frozen = {f"body.{name}" for name, each in body.named_parameters() if not each.requires_grad}
    averages = {f"body.{name}" for name, _ in body.named_buffers() if buffers}
    return frozenset(frozen | averages)
