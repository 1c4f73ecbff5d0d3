"""Convolutional networks by their blocks: `["32 norm 32 pool dropout:0.25", "128 norm", "average"]`.

A block is words, in the order in which an image passes them:

- `32`: a convolution of 32 filters, 3×3, that keeps the size, and the network's activation; `32x5`: 5×5;
  `32/2`: every second place; `32:linear`: without the activation;
- `activation`: the network's activation alone; `norm`: batch normalisation of each channel;
- `pool`: the largest of each 2×2; `pool:3`: of each 3×3; `dropout:0.25`;
- `residual`: what entered the block is added;
- `average`, `max`: the mean or the largest of each channel; `flatten`: all values. One of them ends the last
  block; a dropout may follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from paribus.errors import nearest

PRESETS: dict[str, tuple[str, ...]] = {
    "simple_cnn": ("32 pool", "64 pool", "128", "average"),
    "enhanced_cnn": (
        "32 norm 32 pool dropout:0.25",
        "64 norm 64 pool dropout:0.25",
        "128 norm",
        "average dropout:0.5",
    ),
}
"""Networks that have a name of their own."""
MOST_STEPS = 256
"""Words of all blocks."""
_MOST_FILTERS = 65_536
_LARGEST_KERNEL = 31
_MOST_STRIDE = 16
_WORDS = ("norm", "activation", "pool", "dropout", "residual", "average", "max", "flatten")
_ENDS = ("average", "max", "flatten")
_FILTERS = re.compile(r"(\d+)(?:x(\d+))?(?:/(\d+))?(:linear)?")
_ALLOWED = "32, 32x5, 32/2, 32:linear, norm, activation, pool, pool:3, dropout:0.25, residual, " + ", ".join(
    _ENDS
)

Kind = Literal[
    "convolution", "norm", "activation", "pool", "dropout", "residual", "average", "max", "flatten"
]


@dataclass(frozen=True)
class Step:
    """One word of a block. `size`: the side of a kernel or of what is pooled; `rate`: dropout's."""

    kind: Kind
    filters: int = 0
    size: int = 0
    stride: int = 1
    rate: float = 0.0


Block = tuple[Step, ...]


@cache
def parse_blocks(blocks: tuple[str, ...]) -> tuple[Block, ...]:
    """Read the blocks of a network. Raises ValueError with the rule, the block and what is allowed."""
    if not blocks:
        raise ValueError(f"needs a block, as in {list(PRESETS['simple_cnn'])}")
    found = tuple(tuple(_steps(block)) for block in blocks)
    for block, steps in zip(blocks, found, strict=True):
        if not steps:
            raise ValueError(f"'{block}' is an empty block: remove it, or write words (allowed: {_ALLOWED})")
        _check_residual(block, steps)
    _check_end(found)
    if (n_steps := sum(map(len, found))) > MOST_STEPS:
        raise ValueError(f"may have {MOST_STEPS} words in all, received {n_steps}")
    return found


def _steps(block: str) -> Iterator[Step]:
    for word in block.split():
        if word[0].isdigit():
            yield from _convolution(block, word)
        else:
            yield _named(block, word)


def _convolution(block: str, word: str) -> Iterator[Step]:
    told = _FILTERS.fullmatch(word)
    if told is None:
        raise ValueError(
            f"'{word}' in '{block}' is no convolution: write filters, then the kernel and the stride, as in"
            " 32, 32x5, 32x5/2 or 32:linear"
        )
    filters, kernel, stride = int(told[1]), int(told[2] or 3), int(told[3] or 1)
    if not 1 <= filters <= _MOST_FILTERS:
        raise ValueError(f"'{word}' in '{block}': filters must be 1 to {_MOST_FILTERS:,}, received {filters}")
    if kernel % 2 == 0 or kernel > _LARGEST_KERNEL:
        raise ValueError(
            f"'{word}' in '{block}': a kernel's side must be odd, so that it has a middle, and at most"
            f" {_LARGEST_KERNEL}, received {kernel}"
        )
    if not 1 <= stride <= _MOST_STRIDE:
        raise ValueError(f"'{word}' in '{block}': the stride must be 1 to {_MOST_STRIDE}, received {stride}")
    yield Step("convolution", filters, kernel, stride)
    if not told[4]:
        yield Step("activation")


def _named(block: str, word: str) -> Step:
    name, colon, number = word.partition(":")
    if name not in _WORDS:
        raise ValueError(f"'{word}' in '{block}' is no word{nearest(name, _WORDS)} (allowed: {_ALLOWED})")
    if name == "dropout":
        return Step("dropout", rate=_rate(block, word, number))
    if name == "pool":
        if colon and not (number.isdecimal() and 2 <= int(number) <= _LARGEST_KERNEL):
            raise ValueError(
                f"'{word}' in '{block}': the side must be 2 to {_LARGEST_KERNEL}, as in 'pool:3', received"
                f" '{number}'"
            )
        side = int(number or 2)
        return Step("pool", size=side, stride=side)
    if colon:
        raise ValueError(f"'{word}' in '{block}': {name} takes no number (allowed: {_ALLOWED})")
    return Step(name)  # type: ignore[arg-type]


def _rate(block: str, word: str, number: str) -> float:
    try:
        rate = float(number)
    except ValueError:
        rate = -1.0
    if not 0 <= rate < 1:
        raise ValueError(
            f"'{word}' in '{block}': dropout needs a rate of 0 or more and below 1, as in 'dropout:0.25',"
            f" received '{number}'"
        )
    return rate


def _check_residual(block: str, steps: Sequence[Step]) -> None:
    """What entered a block can be added where nothing has shrunk, and the last filters are as many."""
    for place, step in enumerate(steps):
        if step.kind != "residual":
            continue
        before = steps[:place]
        if not any(each.kind == "convolution" for each in before) or any(each.stride > 1 for each in before):
            raise ValueError(
                f"'residual' in '{block}' adds what entered the block: a convolution must come before it, and"
                " no pool or stride"
            )


def _check_end(blocks: Sequence[Block]) -> None:
    steps = [step for block in blocks for step in block]
    if not any(step.kind == "convolution" for step in steps):
        raise ValueError("needs a convolution, as in '32'")
    ends = [place for place, step in enumerate(steps) if step.kind in _ENDS]
    if not ends:
        raise ValueError(
            "never brings an image to one row of numbers: end the last block with average, max or flatten"
        )
    beyond = [step.kind for step in steps[ends[0] + 1 :] if step.kind != "dropout"]
    if beyond:
        raise ValueError(
            f"goes on with '{beyond[0]}' after '{steps[ends[0]].kind}', which leaves one row of numbers:"
            " only a dropout may follow (dense layers are network.hidden)"
        )
