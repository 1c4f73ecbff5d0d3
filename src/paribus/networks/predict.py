"""Predictions of one trained network, in its own process or any other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array

from paribus.networks.mlp import MLP
from paribus.study.spec import Network


def predict(
    network: Network,
    weights: Sequence[NDArray[np.floating]],
    rows: NDArray[np.float32] | csr_array,
    kind: str,
    convention: str = "keras",
) -> NDArray[np.float32]:
    """Predictions of prepared `rows`, (row, feature), dense or sparse: the probability of the positive
    class (row,), of each class or label (row, output), or the value (row,), of several targets (row, output).
    """
    n_outputs = weights[len(network.hidden)].shape[1]
    model = MLP(network, rows.shape[1], n_outputs, convention).load(weights).eval()
    with torch.inference_mode():
        if isinstance(rows, csr_array):
            first = weights[0].astype(np.float32)
            logits = model.after(torch.from_numpy(rows @ first[:-1] + first[-1]))
        else:
            logits = model(torch.from_numpy(np.array(rows)))
        if kind == "multiclass":
            found: NDArray[np.float32] = torch.softmax(logits, dim=1).numpy()
            return found
        output: NDArray[np.float32] = (logits if kind == "regression" else torch.sigmoid(logits)).numpy()
    return output[:, 0] if n_outputs == 1 else output
