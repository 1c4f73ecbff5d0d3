"""The arithmetic of a training, whatever its caller has set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from paribus.networks.arithmetic import fixed_arithmetic

BACKENDS: Any = torch.backends


def settings() -> tuple[object, ...]:
    """What of PyTorch's arithmetic can be set."""
    flushed = bool(torch.tensor(1e-39, dtype=torch.float32) * 1.0 == 0)
    products = BACKENDS.cuda.matmul.fp32_precision, BACKENDS.mkldnn.matmul.fp32_precision
    return (torch.get_num_threads(), flushed, *products)


@pytest.fixture(autouse=True)
def before() -> Iterator[None]:
    """PyTorch as it was, afterwards."""
    threads = torch.get_num_threads()
    yield
    torch.set_default_dtype(torch.float32)
    torch.set_float32_matmul_precision("highest")
    torch.set_flush_denormal(False)
    torch.set_num_threads(threads)


@pytest.mark.parametrize("flushed", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_caller_finds_its_settings_again(flushed: bool, dtype: torch.dtype) -> None:
    """A notebook's own computations after a study would change."""
    torch.set_default_dtype(dtype)
    torch.set_num_threads(2)
    torch.set_flush_denormal(flushed)
    BACKENDS.cuda.matmul.fp32_precision = "tf32"
    BACKENDS.mkldnn.matmul.fp32_precision = "bf16"
    with fixed_arithmetic():
        assert settings() == (1, True, "ieee", "ieee")
    assert settings() == (2, flushed, "tf32", "bf16")
