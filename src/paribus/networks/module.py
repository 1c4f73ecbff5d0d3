"""A user's own network: any callable by its import path that gives an `nn.Module`.

A study that names code runs it only where its user said so (`--trust-code`): `trust` is that word, for this
process and those that it starts.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from hashlib import blake2b
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from paribus.errors import StudyError
from paribus.networks.network import BuiltNetwork
from paribus.study.configuration import Configuration

TRUSTED = "PARIBUS_TRUSTED_CODE"
"""The folder whose code may run, as the workers read it from their environment."""


def trust(folder: Path) -> None:
    """Let code run: modules of `folder`, and those that are installed."""
    os.environ[TRUSTED] = str(folder.resolve())


def distrust() -> None:
    """Let no code run, as at first."""
    os.environ.pop(TRUSTED, None)


class OwnNetwork(BuiltNetwork):
    """A user's module, its outputs brought to (row, output)."""

    def __init__(self, module: nn.Module, n_outputs: int, path: str) -> None:
        super().__init__()
        self.module, self.n_outputs, self.path = module, n_outputs, path

    def forward(self, rows: Tensor) -> Tensor:
        """Logits. Raises RuntimeError where the module gives anything else."""
        found: Any = self.module(rows)
        if isinstance(found, Tensor) and found.shape == rows.shape[:1] and self.n_outputs == 1:
            return found[:, None]
        if not isinstance(found, Tensor) or found.shape != (*rows.shape[:1], self.n_outputs):
            given = tuple(found.shape) if isinstance(found, Tensor) else type(found).__name__
            raise RuntimeError(
                f"network.module = '{self.path}' must give logits (row, output), here"
                f" ({rows.shape[0]}, {self.n_outputs}), and it gave {given}"
            )
        return found


def own_network(asked: Configuration, shape: tuple[int, ...], n_outputs: int) -> BuiltNetwork:
    """The user's network. Of `n_inputs` (a row's numbers), `shape` (a row's) and `n_outputs` it is told those
    that it asks for by name, besides `network.arguments`. Raises `StudyError`.
    """
    path, make = asked.network.module or "", factory(asked.network.module or "")
    known = {"n_inputs": int(torch.Size(shape).numel()), "shape": shape, "n_outputs": n_outputs}
    parameters = inspect.signature(make).parameters
    given = {name: value for name, value in known.items() if name in parameters}
    try:
        module = make(**{**given, **asked.network.arguments})
    except TypeError as error:
        raise StudyError(f"network.module = '{path}' can't be made with its arguments: {error}") from error
    if not isinstance(module, nn.Module) or not any(True for _ in module.parameters()):
        raise StudyError(f"network.module = '{path}' must give an nn.Module with parameters, gave {module!r}")
    return OwnNetwork(module, n_outputs, path)


def code_digest(path: str) -> str:
    """Of the source that `module:name` stands in. Raises `StudyError` as `factory`."""
    source = inspect.getsourcefile(inspect.unwrap(factory(path)))
    return blake2b(Path(source).read_bytes(), digest_size=8).hexdigest() if source else ""


def factory(path: str) -> Callable[..., Any]:
    """What `module:name` stands for. Raises `StudyError` where it isn't trusted, or can't be found."""
    folder = os.environ.get(TRUSTED)
    if folder is None:
        raise StudyError(
            f"network.module = '{path}' runs code that the study names: say that you trust it"
            " (--trust-code, or run(..., trust_code=True))"
        )
    module, _, name = path.partition(":")
    try:
        found = getattr(_imported(module, folder), name)
    except Exception as error:
        raise StudyError(
            f"network.module = '{path}' can't be imported: {error}. Write it as module:name, the module"
            f" installed or beside the study, in {folder}"
        ) from error
    if not callable(found):
        raise StudyError(f"network.module = '{path}' must be a class or a function, received {found!r}")
    made: Callable[..., Any] = found
    return made


def _imported(name: str, folder: str) -> ModuleType:
    """The module, from `folder` if it is there: as it stands now, not as another study or an earlier run in
    this process has met it.
    """
    sys.path[:] = [folder, *(each for each in sys.path if each != folder)]
    file = Path(folder, *name.split(".")).with_suffix(".py")
    if not file.is_file():
        return import_module(name)
    content = file.read_bytes()
    if _MET.get(name) != (str(file), content):
        sys.modules.pop(name, None)
        _MET[name] = (str(file), content)
        invalidate_caches()
    return import_module(name)


_MET: dict[str, tuple[str, bytes]] = {}
"""The files that own networks were imported from, and what stood in them."""
