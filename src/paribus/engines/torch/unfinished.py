"""How far a long training is, in a file: one that was cut off goes on from its last epoch.

What stands in the file are numbers and words alone: reading it runs no code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from torch import Tensor

from paribus.population.outcome import Outcome

State = dict[str, Any]


def path_of(folder: Path, key: tuple[str, int, int]) -> Path:
    """Where the state of the training with this last (config_id, fold, seed) is kept."""
    config_id, fold, seed = key
    return folder / f"{config_id}-{fold}-{seed}.pt"


def keep(path: Path, state: State, found: Sequence[Outcome]) -> None:
    """Write a training's state and the outcomes read off so far: whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = path.with_suffix(".part")
    torch.save({"state": _tensors(state), "found": [_tensors(asdict(each)) for each in found]}, begun)
    begun.replace(path)


def kept(path: Path) -> tuple[State, list[Outcome]] | None:
    """What was written there; None where nothing was, or what can't be read: the training begins anew."""
    if not path.is_file():
        return None
    try:
        read = torch.load(path, weights_only=True)
    except (RuntimeError, OSError, EOFError, UnpicklingError):
        return None
    return _arrays(read["state"]), [Outcome(**_arrays(each)) for each in read["found"]]


def _tensors(value: Any) -> Any:
    """With arrays as tensors in a named place: a tensor that stands for itself isn't taken for one."""
    if isinstance(value, np.ndarray):
        return {_ARRAY: torch.from_numpy(np.array(value))}
    if isinstance(value, dict):
        return {key: _tensors(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_tensors(inner) for inner in value)
    return value.item() if isinstance(value, np.generic) else value


def _arrays(value: Any) -> Any:
    if isinstance(value, dict):
        if isinstance(tensor := value.get(_ARRAY), Tensor):
            return tensor.numpy()
        return {key: _arrays(inner) for key, inner in value.items()}
    return type(value)(map(_arrays, value)) if isinstance(value, tuple | list) else value


_ARRAY = "array"
