"""What all networks that see images share: a body, a dense head behind it, views of one image."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor

from paribus.errors import StudyError
from paribus.networks.dropped import RowDropout, begin
from paribus.networks.initial import initial_weights
from paribus.networks.mlp import MLP
from paribus.networks.network import BuiltNetwork
from paribus.study.configuration import Configuration
from paribus.study.spec import Network

AT_ONCE = {"cpu": 32, "cuda": 256}
"""Images that are predicted together: always so many, so that what stands beside an image changes no bit."""

View = Callable[[Tensor], Tensor]


class ImageNetwork(BuiltNetwork):
    """Images (row, channel, height, width) → `maps` → `summary` (row, value) → head: logits (row, output).

    What differs by kind is the way to the summary. The head is a dropout and fully connected layers.
    """

    frozen_body: bool = False
    """Whether what stands before the head is the same in all trainings: then it is asked once an image."""
    dropout: RowDropout
    rest: MLP

    def __init__(self, asked: Configuration, image: tuple[int, int, int]) -> None:
        """`image`: (channel, height, width). Raises StudyError where views need square images.

        Who inherits makes the body, then calls `add_head`: arrays stand in the order of the way.
        """
        super().__init__()
        network = asked.network
        if network.views > 4 and image[1] != image[2]:
            raise StudyError(
                f"network.views = {network.views} turns images by right angles, and these are {image[1]} high"
                f" and {image[2]} wide: use 1, 2 or 4, or square ones (data.size)"
            )
        self.views = network.views

    def add_head(self, asked: Configuration, width: int, n_outputs: int, names: tuple[int, int]) -> None:
        """The head behind a body that gives `width` values. `names`: (seed, fold)."""
        network, dense = asked.network, _dense(asked.network)
        self.dropout = RowDropout(network.summary_dropout, network.dropout_kind, (width,))
        self.rest = MLP(dense, width, n_outputs, asked.train.convention)
        self.rest.load(initial_weights(dense, width, n_outputs, *names))

    @abstractmethod
    def maps(self, images: Tensor) -> Tensor:
        """The last maps that still have places, (row, channel, height, width)."""

    @abstractmethod
    def summary(self, maps: Tensor) -> Tensor:
        """The maps as one row of values, (row, value)."""

    def summaries(self, rows: Tensor) -> Tensor:
        """What the body makes of images, before the head: (row, value)."""
        return self.summary(self.maps(rows))

    def from_summaries(self, values: Tensor) -> Tensor:
        """Logits from `summaries`: the head. In the network's own precision, whatever its products were."""
        logits: Tensor = self.rest(self.dropout(values))
        return logits.to(self.rest.output.weight.dtype)

    def forward(self, images: Tensor) -> Tensor:
        """Logits of images as they are."""
        return self.from_summaries(self.summaries(images))

    def evaluate(self, images: Tensor) -> Tensor:
        """Logits outside of training: their mean over the network's views."""
        seen = [self(view(images)) for view in views(self.views)]
        return torch.stack(seen).mean(0) if len(seen) > 1 else seen[0]

    def logits(self, rows: NDArray[Any] | csr_array) -> NDArray[Any]:
        """See `BuiltNetwork.logits`. The last images are filled up with empty ones."""
        self.eval()
        count = rows.shape[0]
        high = AT_ONCE.get(next(self.parameters()).device.type, AT_ONCE["cpu"])
        found = []
        with torch.inference_mode():
            for start in range(0, count, high):
                images = self.given(rows[start : start + high])
                found.append(self.evaluate(_filled(images, high))[: len(images)].numpy(force=True))
        return np.concatenate(found)

    def begin(self, seed: int, fold: int, epoch: int, rows: int) -> None:
        """See `BuiltNetwork.begin`."""
        begin(self.dropouts(), seed, fold, epoch, rows, next(self.parameters()).device)
        self.rest.begin(seed, fold, epoch, rows)

    def take(self, some: slice) -> None:
        """See `BuiltNetwork.take`."""
        for dropout in self.dropouts():
            dropout.take(some)
        self.rest.take(some)

    def dropouts(self) -> list[RowDropout]:
        """The dropouts before the dense layers, in the order in which an image meets them."""
        inside = [each for each in self.modules() if isinstance(each, RowDropout)]
        return [*(each for each in inside if each is not self.dropout), self.dropout]

    def head_parameters(self) -> list[Tensor]:
        """What `train.head_learning_rate` is of."""
        return list(self.rest.parameters())

    def penalised(self) -> list[Tensor]:
        """See `BuiltNetwork.penalised`: of those that are trained."""
        return [each for each in super().penalised() if each.requires_grad]

    @property
    def n_trained(self) -> int:
        """Numbers that training changes by gradients."""
        return sum(each.numel() for each in self.parameters() if each.requires_grad)


def views(number: int) -> list[View]:
    """So many ways to see an image: as it is; its mirror image; both mirrors; and each of them turned."""
    mirrors: list[View] = [
        lambda images: images,
        lambda images: images.flip(3),
        lambda images: images.flip(2),
        lambda images: images.flip((2, 3)),
    ]
    turned: list[View] = [lambda images, mirror=mirror: mirror(images.transpose(2, 3)) for mirror in mirrors]  # type: ignore[misc]
    return [*mirrors, *turned][:number]


def _filled(images: Tensor, high: int) -> Tensor:
    missing = high - len(images)
    return torch.cat([images, images.new_zeros(missing, *images.shape[1:])]) if missing else images


def _dense(network: Network) -> Network:
    """The fully connected layers behind, as a network of their own."""
    return network.model_copy(
        update={"kind": "mlp", "dropout": network.dropouts, "dropout_at": "every", "input_noise": 0.0}
    )
