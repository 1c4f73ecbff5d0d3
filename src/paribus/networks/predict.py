"""Predictions of one trained network, in its own process or any other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array

from paribus.networks.build import build
from paribus.study.configuration import Configuration


def predict(
    asked: Configuration,
    weights: Sequence[NDArray[Any]],
    rows: NDArray[Any] | csr_array,
    kind: str,
    n_outputs: int,
) -> NDArray[np.float32]:
    """Predictions of prepared `rows`, (row, ...), dense or sparse: the probability of the positive class
    (row,), of each class or label (row, output), or the value (row,), of several targets (row, output).

    `kind`: the task's; `weights`: as the engines leave them, whatever the kind of the network.
    """
    network = build(asked, rows.shape[1:], n_outputs).load(weights)
    logits = torch.from_numpy(network.logits(rows))
    if kind == "multiclass":
        found: NDArray[np.float32] = torch.softmax(logits, dim=1).numpy()
        return found
    output: NDArray[np.float32] = (logits if kind == "regression" else torch.sigmoid(logits)).numpy()
    return output[:, 0] if n_outputs == 1 else output
