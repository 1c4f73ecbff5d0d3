"""What a question isolates: its factor, with all else held, or what else moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from paribus.stats.answers.records import Isolation
from paribus.stats.answers.words import counted, listed, plain
from paribus.study.configuration import Configuration
from paribus.study.held import held


def isolate(
    compared: Sequence[Configuration], factor: str | None, n_parameters: Sequence[int | None] = ()
) -> Isolation:
    """What of `compared` differs in `factor`, and what else does, proven from every setting.

    The number of parameters, given for each, is derived: it moves with the factor and isn't held.
    """
    found = held(compared, factor)
    sizes = [n for n in n_parameters if n is not None]
    moves = []
    if len(set(sizes)) > 1:
        moves.append(f"the number of parameters ({min(sizes):,} to {max(sizes):,})")
    if "network.hidden" in found.varied:
        moves += _shape(compared)
    if "train.batch_size" in found.varied:
        moves.append("the number of steps an epoch")
    return Isolation(found.varied, found.held, found.confounders, tuple(moves))


def _shape(compared: Sequence[Configuration]) -> list[str]:
    """Depth and width, where one factor changes both."""
    layouts = [made.network.hidden for made in compared]
    depths = {len(hidden) for hidden in layouts}
    widths = {width for hidden in layouts for width in hidden}
    if len(depths) > 1 and len(widths) > 1:
        return [f"the number of layers ({min(depths)} to {max(depths)}) together with their widths"]
    return []


def told(isolation: Isolation) -> str:
    """The proof in a sentence."""
    kept = f"{counted(len(isolation.held), 'setting')} of all configurations are equal"
    moved = f" With it moves {listed(list(isolation.moves_along))}." if isolation.moves_along else ""
    if not isolation.confounders:
        return f"All else is held: {kept}, and {listed(list(isolation.varied)) or 'nothing'} differs.{moved}"
    return (
        f"Not all else is held: {listed(list(isolation.confounders))} differs too, so that a difference could"
        f" be due to either; {kept}.{moved}"
    )


def differing(compared: Sequence[Configuration]) -> dict[str, tuple[str, ...]]:
    """The settings that differ between configurations: path to each one's level in words."""
    found = held(compared)
    levels: list[dict[str, Any]] = [made.levels for made in compared]
    return {
        path: tuple(plain(each.get(path)) for each in levels)
        for path in dict.fromkeys(path for each in levels for path in each)
        if path not in found.held
    }
