"""Networks that read texts: word by word, (row, length) places in a vocabulary, 0 where a text has ended.

Words become learned vectors, vectors one summary of the text, and the summary goes through fully connected
layers (`mlp`). What differs by kind is how a text is summed up.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import relu
from torch.nn.utils.rnn import pack_padded_sequence

from paribus.data.text.vectors import vector_size, vectors_of
from paribus.networks.initial import initial_weights
from paribus.networks.mlp import MLP
from paribus.networks.network import BuiltNetwork
from paribus.study.configuration import Configuration
from paribus.study.spec import Network

ENDED, FIRST = 0, 2
"""The places of no word, where a text has ended, and of the first known word."""
VECTOR_SIZE = 32
"""Numbers of a word's vector, where nothing else is given."""


class Pooled(nn.Module):
    """The mean or the maximum of the words' vectors: (row, length, size) → (row, size)."""

    def __init__(self, size: int, pool: str) -> None:
        super().__init__()
        self.width, self.pool = size, pool

    def forward(self, vectors: Tensor, there: Tensor) -> Tensor:
        """`there` is (row, length): where a word stands. A text without any is 0."""
        if self.pool == "max":
            return _largest(vectors, there)
        some = there[..., None].to(vectors)
        found: Tensor = (vectors * some).sum(1) / some.sum(1).clamp(min=1)
        return found


class Convolved(nn.Module):
    """How much of each pattern of neighbouring words a text has: (row, length, size) → (row, pattern).

    Kim, EMNLP 2014: patterns of several lengths, the largest value of each over the text.
    """

    def __init__(self, size: int, kernels: Sequence[int], filters: int) -> None:
        super().__init__()
        self.width = filters * len(kernels)
        self.patterns = nn.ModuleList(
            nn.Conv1d(size, filters, kernel, padding=kernel // 2) for kernel in kernels
        )

    def forward(self, vectors: Tensor, there: Tensor) -> Tensor:
        """See `Pooled.forward`."""
        known = (vectors * there[..., None].to(vectors)).transpose(1, 2)
        length = known.shape[2]
        seen = [relu(pattern(known))[..., :length].transpose(1, 2) for pattern in self.patterns]
        found = [_largest(each, there) for each in seen]
        return torch.cat(found, dim=1)


class Recurrent(nn.Module):
    """What a recurrent layer holds after the last word, read both ways if asked: (row, units).

    Cho et al., EMNLP 2014 (gru); Hochreiter & Schmidhuber, Neural Computation 9, 1997 (lstm).
    """

    def __init__(self, size: int, kind: str, units: int, bidirectional: bool) -> None:
        super().__init__()
        self.width = units * (1 + bidirectional)
        layer = nn.GRU if kind == "gru" else nn.LSTM
        self.layer = layer(size, units, batch_first=True, bidirectional=bidirectional)

    def forward(self, vectors: Tensor, there: Tensor) -> Tensor:
        """See `Pooled.forward`. A text ends where its last word stands; padding is never read."""
        lengths = there.sum(1)
        packed = pack_padded_sequence(
            vectors, lengths.clamp(min=1).cpu(), batch_first=True, enforce_sorted=False
        )
        _, last = self.layer(packed)
        state = last[0] if isinstance(last, tuple) else last
        found = state.transpose(0, 1).reshape(len(vectors), self.width)
        kept: Tensor = found * (lengths > 0)[:, None].to(found)
        return kept


class WordNetwork(BuiltNetwork):
    """Words' vectors, a summary of the text, fully connected layers."""

    def __init__(
        self,
        words: nn.Embedding,
        summary: Pooled | Convolved | Recurrent,
        rest: MLP,
        source: str,
    ) -> None:
        super().__init__()
        self.words, self.summary, self.rest, self.source = words, summary, rest, source

    def forward(self, rows: Tensor) -> Tensor:
        """Logits of texts, (row, length)."""
        there = rows != ENDED
        longest = max(1, int(there.sum(1).max()))
        rows, there = rows[:, :longest], there[:, :longest]
        logits: Tensor = self.rest(self.summary(self.words(rows), there))
        return logits

    def begin(self, seed: int, fold: int, epoch: int, rows: int) -> None:
        """See `BuiltNetwork.begin`: the fully connected layers' dropout is named as everywhere."""
        self.rest.begin(seed, fold, epoch, rows)

    def take(self, some: slice) -> None:
        """See `BuiltNetwork.take`."""
        self.rest.take(some)

    def row_numbers(self, shape: tuple[int, ...]) -> int:
        """See `BuiltNetwork.row_numbers`: a vector, and what its summary makes of it, for each word."""
        return shape[0] * (self.words.embedding_dim + self.summary.width)

    def know(self, words: Sequence[str]) -> None:
        """See `BuiltNetwork.know`. Words begin at the vectors of `source`, those it lacks by chance."""
        if self.source == "none" or not words:
            return
        vectors = torch.from_numpy(vectors_of(words, self.source))
        known = vectors.any(dim=1)
        with torch.no_grad():
            self.words.weight[FIRST : FIRST + len(words)][known] = vectors[known]


def word_network(
    asked: Configuration, _: tuple[int, ...], n_outputs: int, seed: int, fold: int
) -> WordNetwork:
    """The network as it starts: see `build.Builder`. A text may have any length."""
    network = asked.network
    given = network.vectors != "none"
    size = vector_size(network.vectors) if given else network.vector_size or VECTOR_SIZE
    words = nn.Embedding(asked.prepare.n_places, size, padding_idx=ENDED)
    nn.init.uniform_(words.weight, -0.05, 0.05)
    with torch.no_grad():
        words.weight[ENDED] = 0
    summary = _summary(network, size)
    rest = MLP(network, summary.width, n_outputs, asked.train.convention)
    rest.load(initial_weights(network, summary.width, n_outputs, seed, fold))
    words.weight.requires_grad_(network.learn_vectors)
    return WordNetwork(words, summary, rest, network.vectors)


def _summary(network: Network, size: int) -> Pooled | Convolved | Recurrent:
    if network.kind == "text_cnn":
        return Convolved(size, network.kernels or (3, 4, 5), network.filters or 64)
    if network.kind in ("gru", "lstm"):
        return Recurrent(size, network.kind, network.units or 32, network.bidirectional is not False)
    return Pooled(size, network.pool or "mean")


def _largest(values: Tensor, there: Tensor) -> Tensor:
    """The largest of (row, length, value) over the words that stand; 0 of none."""
    found = values.masked_fill(~there[..., None], -torch.inf).amax(dim=1)
    return torch.where(there.any(1)[:, None], found, 0.0)
