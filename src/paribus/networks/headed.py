"""What networks share that see images or read texts whole: a body, and a dense head behind its summary."""

from __future__ import annotations

from abc import abstractmethod

from torch import Tensor

from paribus.networks.dropped import RowDropout, begin
from paribus.networks.initial import initial_weights
from paribus.networks.mlp import MLP
from paribus.networks.network import BuiltNetwork
from paribus.study.configuration import Configuration
from paribus.study.spec import Network


class HeadedNetwork(BuiltNetwork):
    """Rows → `summaries` (row, value) → head: logits (row, output).

    What differs by kind is the way to the summary. The head is a dropout and fully connected layers. Who
    inherits makes the body, then calls `add_head`: arrays stand in the order of the way.
    """

    frozen_body: bool = False
    """Whether what stands before the head is the same in all trainings: then it is asked once a row."""
    dropout: RowDropout
    rest: MLP

    def add_head(self, asked: Configuration, width: int, n_outputs: int, names: tuple[int, int]) -> None:
        """The head behind a body that gives `width` values. `names`: (seed, fold)."""
        network, dense = asked.network, _dense(asked.network)
        self.dropout = RowDropout(network.summary_dropout, network.dropout_kind, (width,))
        self.rest = MLP(dense, width, n_outputs, asked.train.convention)
        self.rest.load(initial_weights(dense, width, n_outputs, *names))

    @abstractmethod
    def summaries(self, rows: Tensor) -> Tensor:
        """What the body makes of rows, before the head: (row, value)."""

    def from_summaries(self, values: Tensor) -> Tensor:
        """Logits from `summaries`: the head. In the network's own precision, whatever its products were."""
        logits: Tensor = self.rest(self.dropout(values))
        return logits.to(self.rest.output.weight.dtype)

    def forward(self, rows: Tensor) -> Tensor:
        """Logits of rows as they are."""
        return self.from_summaries(self.summaries(rows))

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
        """The dropouts before the dense layers, in the order in which a row meets them."""
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


def _dense(network: Network) -> Network:
    """The fully connected layers behind, as a network of their own."""
    return network.model_copy(
        update={"kind": "mlp", "dropout": network.dropouts, "dropout_at": "every", "input_noise": 0.0}
    )
