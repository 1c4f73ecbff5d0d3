"""Networks that have learned on other texts, trained further, with a new head: kind `pretrained` on tokens.

Devlin, Chang, Lee & Toutanova, NAACL 2019; Howard & Ruder, ACL 2018. A transformer of Transformers reads the
tokens of its own tokenizer, (row, length) places: a token's number + 1, and 0 where the text has ended.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import csr_array
from torch import Tensor, nn

from paribus.data.text.encoders import model_folder, pools_first
from paribus.data.text.model_tokens import ENDED, FIRST, read_tokenizer, tokenizer_of
from paribus.errors import DataError, StudyError
from paribus.networks.freezing import freeze, given_weights, still
from paribus.networks.headed import HeadedNetwork
from paribus.networks.hub import blocks_of, read_network, without_pooler
from paribus.study.configuration import Configuration

AT_ONCE = {"cpu": 32, "cuda": 256}
"""Texts that are read together outside of training: always so many, of as many tokens, so that what stands
beside a text changes no bit."""
STEP = 32
"""Tokens up to a multiple of which a text is filled up, to be read beside others."""


class TextBody(nn.Module):
    """A transformer without its output: tokens' numbers (row, length) → (row, length, value)."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        without_pooler(model)

    @property
    def blocks(self) -> Sequence[nn.Module]:
        """What `network.trained = "last:N"` counts, in the order of the way."""
        return blocks_of(self.model)

    @property
    def width(self) -> int:
        """Values of a token."""
        return int(self.model.config.hidden_size)  # type: ignore[union-attr,arg-type]

    def positions(self, length: int) -> Tensor | None:
        """The places of a text's tokens, (1, length), of families that count them by the tokens (RoBERTa,
        MPNet); None of others.
        """
        embeddings = getattr(self.model, "embeddings", None)
        counted = getattr(embeddings, "create_position_ids_from_inputs_embeds", None)
        if embeddings is None or counted is None:
            return None
        padding = int(embeddings.padding_idx)
        return torch.arange(padding + 1, padding + 1 + length)[None]

    def forward(self, numbers: Tensor, seen: Tensor, positions: Tensor | None = None) -> Tensor:
        """`seen`: where a token stands, (row, length); or what is added to the attention's scores.
        `positions`: of tokens, where they aren't left to the model.
        """
        more = {} if positions is None else {"position_ids": positions}
        values: Tensor = self.model(input_ids=numbers, attention_mask=seen, **more).last_hidden_state
        return values


class TextReader(HeadedNetwork):
    """A transformer, frozen, partly or not at all; its summary of a text; a head.

    What is frozen stays as outside of training: no dropout in it. What isn't has the dropout that it was
    published with.
    """

    def __init__(self, asked: Configuration, body: TextBody, pool: str) -> None:
        """`pool`: mean, max or first, of a text's tokens. Raises StudyError for too many blocks."""
        super().__init__()
        self.body, self.pool = body, pool
        freeze(body, body.blocks, asked)
        self.given_weights = given_weights(body, asked, buffers=True)
        self.frozen_body = asked.network.last == 0

    def summaries(self, rows: Tensor) -> Tensor:
        """See `HeadedNetwork.summaries`. In training a batch is cut where its longest text ends."""
        there = rows != ENDED
        if self.training:
            longest = max(1, int(there.sum(1).max()))
            rows, there = rows[:, :longest], there[:, :longest]
        seen = there.to(torch.int64)
        seen[:, 0] = 1  # attention to nothing is no number: of a text without tokens the first place is seen
        return self.summary(self.body((rows - FIRST).clamp(min=0), seen), there)

    def summary(self, tokens: Tensor, there: Tensor) -> Tensor:
        """One row of values a text, (row, value), of its tokens', (row, length, value), where they are
        `there`; 0 of a text without any.
        """
        some = there[..., None].to(tokens)
        if self.pool == "first":
            return tokens[:, 0] * some[:, 0]
        if self.pool == "max":
            most = torch.finfo(tokens.dtype).max
            return (tokens * some + (some - 1) * most).amax(1) * some[:, 0]
        found: Tensor = (tokens * some).sum(1) / some.sum(1).clamp(min=1)
        return found

    def logits(self, rows: NDArray[Any] | csr_array) -> NDArray[Any]:
        """See `BuiltNetwork.logits`."""
        return self.read(np.asarray(rows), self)

    def read(self, rows: NDArray[Any], reads: Callable[[Tensor], Tensor]) -> NDArray[Any]:
        """What `reads` makes of texts, (row, value), outside of training: those of about the same length
        together, the last ones filled up with empty ones. The network is left in training where it was.
        """
        in_training = self.training
        self.eval()
        high = AT_ONCE.get(next(self.parameters()).device.type, AT_ONCE["cpu"])
        tokens = np.maximum(np.count_nonzero(rows != ENDED, axis=1), 1)
        lengths = np.minimum(-(-tokens // STEP) * STEP, rows.shape[1])
        places, found = [], []
        with torch.inference_mode():
            for length in np.unique(lengths):
                alike = np.flatnonzero(lengths == length)
                for start in range(0, len(alike), high):
                    some = alike[start : start + high]
                    filled = np.zeros((high, length), dtype=rows.dtype)
                    filled[: len(some)] = rows[some, :length]
                    places.append(some)
                    found.append(reads(self.given(filled))[: len(some)].numpy(force=True))
        self.train(in_training)
        made = np.concatenate(found)
        made[np.concatenate(places)] = made.copy()
        return made

    def train(self, mode: bool = True) -> Self:
        """See `nn.Module.train`: for what isn't frozen."""
        super().train(mode)
        if mode:
            still(self.body)
        return self

    def own(self) -> dict[str, Tensor]:
        """See `BuiltNetwork.own`."""
        return {name: each for name, each in super().own().items() if name not in self.given_weights}


def text_reader(asked: Configuration, n_outputs: int, names: tuple[int, int]) -> TextReader:
    """The network as it starts. `names`: (seed, fold). Raises StudyError and DataError."""
    folder = _folder(asked)
    body = _body(asked, folder)
    pool = asked.network.pool or ("first" if pools_first(folder) else "mean")
    made = TextReader(asked, body, pool)
    made.add_head(asked, body.width, n_outputs, names)
    return made


def check_reader(asked: Configuration) -> None:
    """See that a configuration's network and tokenizer are of each other, and that it reads so many tokens.

    Raises StudyError and DataError.
    """
    network, represent = asked.network, asked.prepare.representation
    tokenizer = tokenizer_of(represent)
    folder, other = _folder(asked), model_folder(represent)
    if folder != other and _rules(folder, asked) != tokenizer.rules:
        raise StudyError(
            f"network.weights = '{network.weights}' has learned on the tokens of another tokenizer than"
            f" that of prepare.represent = '{asked.prepare.represent}': say represent ="
            f' "tokenizer:{network.weights}:{tokenizer.length}"'
        )
    alone = TextReader(asked, body := _body(asked, folder), network.pool or "mean")
    known = body.model.get_input_embeddings().num_embeddings  # type: ignore[operator]
    if tokenizer.size > known:
        raise StudyError(
            f"prepare.represent = '{asked.prepare.represent}' knows {tokenizer.size:,} tokens, and"
            f" network.weights = '{network.weights}' {known:,}: name the tokenizer that it was trained with"
        )
    try:
        with torch.inference_mode():
            alone.eval().summaries(torch.full((1, tokenizer.length), FIRST))
    except (RuntimeError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise StudyError(
            f"network.weights = '{network.weights}' can't read texts of {tokenizer.length} tokens"
            f" ({' '.join(str(error).split())[:160]}): read fewer, as in represent ="
            f' "tokenizer:{represent.source}:128", or choose another network'
        ) from None


def _rules(folder: Path, asked: Configuration) -> dict[str, Any]:
    """What decides the tokens of the tokenizer beside the weights. Raises StudyError without one."""
    length = asked.prepare.representation.length or STEP
    try:
        return read_tokenizer(folder, length).rules
    except DataError as error:
        raise StudyError(f"network.weights = '{asked.network.weights}': {error}") from None


def _folder(asked: Configuration) -> Path:
    return model_folder(asked.network.weights or "")


def _body(asked: Configuration, folder: Path) -> TextBody:
    """The transformer that `network.weights` names. Raises StudyError for a network that reads no tokens."""
    model = read_network(asked.network.weights or "", folder, asked.network.fresh)
    reads = "input_ids" in inspect.signature(model.forward).parameters
    if not reads or not hasattr(model.config, "hidden_size"):
        raise StudyError(
            f"network.weights = '{asked.network.weights}' reads no texts, and the rows are texts: name a"
            " transformer of texts, such as minilm"
        )
    return TextBody(model)
