"""Each operator that PyTorch's export finds is written as what it computes, or refused by its name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnxruntime
import pytest
import torch
from onnx import TensorProto, checker, helper
from torch import Tensor, nn
from torch.nn import functional

from paribus.deliver.graph.builder import IR_VERSION, OPSET, Builder
from paribus.deliver.graph.traced import traced
from paribus.deliver.recipe import UnwrittenError

SHAPE = 4, 9, 8


class _Made(nn.Module):
    def __init__(self, computed: Callable[[_Made, Tensor], Tensor]) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.conv = nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2)
        self.same = nn.Conv2d(4, 4, (3, 5), padding="same", bias=False)
        self.norm = nn.LayerNorm(8)
        self.dense = nn.Linear(8, 8)
        self.first = nn.Parameter(torch.randn(1, 1, 8))
        self.computed = computed

    def forward(self, rows: Tensor) -> Tensor:
        return self.computed(self, rows)


def _words(net: _Made, x: Tensor) -> Tensor:
    """Words with one of the network's own before them, each looking at all."""
    words = torch.cat([net.first.expand(x.shape[0], -1, -1), x.flatten(1, 2)], dim=1)
    seen = net.dense(words).view(x.shape[0], -1, 2, 4).transpose(1, 2)
    found = functional.scaled_dot_product_attention(seen, seen, seen)
    return found.transpose(1, 2).reshape(x.shape[0], -1, 8)[:, 0]


PARTS: dict[str, Callable[[_Made, Tensor], Tensor]] = {
    "strides and groups": lambda net, x: net.conv(x),
    "same": lambda net, x: net.same(x),
    "uneven border": lambda net, x: net.conv(functional.pad(x, (0, 1, 0, 2))),
    "largest": lambda net, x: functional.max_pool2d(x, 3, 2, 1, ceil_mode=True),
    "means": lambda net, x: functional.avg_pool2d(x, 2, count_include_pad=False),
    "one mean": lambda net, x: functional.adaptive_avg_pool2d(x, 1).flatten(1),
    "layer norm": lambda net, x: net.norm(x),
    "words": _words,
    "views": lambda net, x: torch.stack([x, x.flip(3), x.flip((2, 3))]).mean(0),
    "turned": lambda net, x: x.transpose(2, 3).flip(2)[:, 1:3, ::2],
    "reduced": lambda net, x: x.amax((2, 3)) - x.mean((2, 3)) * 2 + x.mean(3).squeeze(2).sigmoid().amax(2),
    "tables": lambda net, x: x + torch.arange(8, dtype=torch.float32) / 8,
    "relu6": lambda net, x: functional.relu6(4 * x) + functional.hardtanh(x, -0.3, 0.2),
    "hard": lambda net, x: functional.hardswish(3 * x) + functional.hardsigmoid(2 * x),
    "smooth": lambda net, x: functional.silu(x) + functional.gelu(x) + functional.mish(x),
    "bent": lambda net, x: functional.elu(x, 0.7) + functional.selu(x) + functional.leaky_relu(x, 0.3),
    "old": lambda net, x: x.tanh() / x.sigmoid() + functional.softplus(x),
    "in place": lambda net, x: net.conv(x).relu_().clamp(min=0.1),
}


def _written(part: Callable[[_Made, Tensor], Tensor]) -> tuple[onnxruntime.InferenceSession, nn.Module]:
    network, b = _Made(part).eval(), Builder()
    found = traced(b, network, ("rows",), (torch.zeros(7, *SHAPE),))
    rank = network(torch.zeros(7, *SHAPE)).ndim
    graph = helper.make_graph(
        b.nodes,
        "part",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["n", *SHAPE])],
        [helper.make_tensor_value_info(found, TensorProto.FLOAT, [None] * rank)],
        b.constants,
    )
    opsets = [helper.make_opsetid("", OPSET)]
    made = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    checker.check_model(made)
    return onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"]), network


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_written_as_it_computes(name: str) -> None:
    """Else a network with such a part would be another one once it is deployed, for some number of rows."""
    session, network = _written(PARTS[name])
    for rows in (1, 3):
        x = torch.randn(rows, *SHAPE)
        with torch.no_grad():
            expected = network(x).numpy()
        (found,) = session.run(None, {"rows": x.numpy()})
        assert found.shape == expected.shape
        assert np.abs(found - expected).max() < 2e-6 * max(1, np.abs(expected).max())


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (lambda net, x: torch.fft.rfft(x).real, "fft"),
        (lambda net, x: x - x.mean((0, 2), keepdim=True), "rows beside"),
        (lambda net, x: functional.adaptive_avg_pool2d(x, 4), "unequal"),
        (lambda net, x: functional.pad(x, (1, 1, 1, 1)), "border"),
        (lambda net, x: torch.cat([x, x]), "rows that become others"),
        (lambda net, x: functional.gelu(x, approximate="tanh"), "gelu"),
        (lambda net, x: functional.softplus(x, 2), "Softplus"),
    ],
)
def test_what_cant_be_written_is_said(part: Callable[[_Made, Tensor], Tensor], told: str) -> None:
    """Else a network would be delivered that computes something else, or its study end in a traceback."""
    with pytest.raises(UnwrittenError, match=told):
        _written(part)
