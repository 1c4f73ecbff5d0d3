"""A device that stands in for a GPU where there is none: it computes on the CPU, and takes no CPU tensors.

As on a GPU, an operation that mixes tensors of both places is an error (but for a single number), and so
is a tensor read as an array without being fetched. Inside `Elsewhere()`, `torch.device("elsewhere")` can be
used as any other. It finds what was forgotten on the CPU; it says nothing of a GPU's arithmetic or speed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

NAME = "elsewhere"
_setup_privateuseone_for_python_backend(NAME)
_MOVES = (torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default)


class Far(Tensor):
    """A tensor there; `held` is where its numbers really are."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> Far:
        make: Any = Tensor._make_wrapper_subclass
        made: Far = make(
            cls, held.size(), strides=held.stride(), dtype=held.dtype, device=torch.device(NAME, 0)
        )
        made.held = held
        return made

    def numpy(self, *, force: bool = False) -> NDArray[Any]:
        """As a GPU's tensor: only by force, and then a copy."""
        if not force:
            raise TypeError("a tensor elsewhere was read without being fetched")
        return self.held.numpy(force=True).copy()

    @classmethod
    def __torch_dispatch__(  # type: ignore[override]
        cls, call: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        return _computed(call, args, kwargs or {})


class Elsewhere(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Within it, tensors can be made there."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def __torch_dispatch__(self, call: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        with self:
            found = call.decompose(*args, **(kwargs or {}))
        return _computed(call, args, kwargs or {}) if found is NotImplemented else found


def _computed(call: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """What an operation gives, there if it works there. Raises RuntimeError where places are mixed."""
    tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
    ours = [tensor for tensor in tensors if isinstance(tensor, Far)]
    if ours and call not in _MOVES and any(not isinstance(each, Far) and each.dim() for each in tensors):
        raise RuntimeError(f"{call} was given tensors of the CPU and of another device")
    there = bool(ours)
    if kwargs.get("device") is not None:
        there = torch.device(kwargs["device"]).type == NAME
        kwargs = {**kwargs, "device": torch.device("cpu")}
    elif call is torch.ops.aten.copy_.default:
        there = isinstance(args[0], Far)
    args, kwargs = tree_map(lambda each: each.held if isinstance(each, Far) else each, (args, kwargs))
    found = call(*args, **kwargs)
    given = {id(each.held): each for each in ours}

    def placed(value: Any) -> Any:
        if not (there and isinstance(value, Tensor)):
            return value
        return given[id(value)] if id(value) in given else Far(value)

    return tree_map(placed, found)


@torch.library.impl("aten::empty_strided", "PrivateUse1")
def _empty_strided(
    size: Sequence[int], stride: Sequence[int], *, dtype: torch.dtype | None = None, **_: Any
) -> Tensor:
    return Far(torch.empty_strided(size, stride, dtype=dtype))


@torch.library.impl("aten::_copy_from", "PrivateUse1")
def _copy_from(source: Tensor, target: Far, _: bool = False) -> Tensor:
    target.held.copy_(source)
    return target
