"""`[network]`: one network."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, model_validator

from paribus.study.convolution import PRESETS, Block, parse_blocks
from paribus.study.fields import Amount, Positive, Rate, Section, one_of, refuse_idle
from paribus.study.problems import RuleError, shown

CONVOLUTIONAL = (*PRESETS, "cnn")
"""Networks that `blocks` describe, or a name that stands for blocks."""
OF_IMAGES = (*CONVOLUTIONAL, "pretrained")
"""Networks that see images, or of `pretrained` ones texts; `hidden`, `dropout` and `norm` are of the dense
layers behind."""
MOST_LAYERS = 64
MOST_UNITS = 65_536
_LAST = re.compile(r"last:([1-9]\d{0,3})")
Units = Annotated[int, Field(ge=1, le=MOST_UNITS)]


def _rates(value: Any) -> float | tuple[float, ...]:
    listed = value if isinstance(value, list | tuple) else [value]
    for rate in listed:
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate < 1:
            raise ValueError(
                "must be a rate of 0 or more and below 1, or a list with one for each hidden layer,"
                f" received {shown(rate)}"
            )
    return tuple(map(float, value)) if isinstance(value, list | tuple) else float(value)


def _importable(path: str) -> str:
    module, colon, name = path.partition(":")
    if not colon or not name.isidentifier() or not all(part.isidentifier() for part in module.split(".")):
        raise ValueError(f"must be module:name, as in 'my_networks:MyNetwork', received {shown(path)}")
    return path


def _blocks(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list | tuple) or not all(isinstance(block, str) for block in value):
        raise ValueError(
            f"must be a list of blocks, as in {list(PRESETS['simple_cnn'])}, received {shown(value)}"
        )
    parse_blocks(tuple(value))
    return tuple(value)


def _trained(text: str) -> str:
    if text not in ("head", "all") and not _LAST.fullmatch(text):
        raise ValueError(
            "must be head, all, or last:N for the last N blocks of the pretrained body, as in 'last:2',"
            f" received {shown(text)}"
        )
    return text


class Network(Section):
    """One network: fully connected layers with one activation.

    A hidden layer's sums are normalised (`norm`), activated and dropped out, in this order; with
    `residual`, the values of the hidden layer before are then added, where it is as wide.
    """

    kind: Annotated[str, one_of("network")] = "mlp"
    hidden: Annotated[tuple[Units, ...], Field(strict=False, max_length=MOST_LAYERS)] = (32, 16)
    activation: Annotated[str, one_of("activation")] = "relu"
    negative_slope: Positive | None = None
    """Of leaky_relu; 0.01 where it isn't given."""
    dropout: Annotated[float | tuple[float, ...], PlainValidator(_rates)] = 0.0
    """One rate, or one for each hidden layer; of networks that see images also one before them, which comes
    first."""
    dropout_at: Literal["every", "last"] = "every"
    """After every hidden layer, or one dropout before the output."""
    dropout_kind: Annotated[str, one_of("dropout")] = "standard"
    input_noise: Amount = 0.0
    """Standard deviation of the normal noise that is added to the features in training."""
    norm: Annotated[str, one_of("norm")] = "none"
    norm_epsilon: Positive | None = None
    norm_momentum: Rate | None = None
    residual: bool = False
    init: Annotated[str, one_of("init", "auto")] = "auto"
    """auto: He for relu and its kin, LeCun for selu, Glorot otherwise and for the output."""
    init_scale: Positive | None = None
    """Standard deviation (normal) or half-width (uniform); 0.05 where it isn't given."""

    vectors: Annotated[str, Field(min_length=1)] = "none"
    """Where words' vectors begin, of networks that read words: none for chance, glove, or a file."""
    learn_vectors: bool = True
    """Whether they are trained."""
    vector_size: Units | None = None
    """Numbers of a word's vector; 32 where nothing else is given."""
    pool: Literal["mean", "max", "first"] | None = None
    """How words, or the places of an image, are summed up; first: by a text's first token, of a pretrained
    network."""
    kernels: Annotated[tuple[Annotated[int, Field(ge=1, le=99)], ...], Field(strict=False)] | None = None
    filters: Units | None = None
    units: Units | None = None
    bidirectional: bool | None = None

    blocks: Annotated[tuple[str, ...] | None, BeforeValidator(_blocks)] = None
    """Of a network of kind cnn: what an image passes, as in "32 norm pool"."""
    weights: Annotated[str, Field(min_length=1, max_length=4096)] | None = None
    """Of a pretrained network: efficientnet_lite0, minilm (texts), a folder that Transformers wrote, or a
    name of its hub."""
    trained: Annotated[str, AfterValidator(_trained)] | None = None
    """What of a pretrained network learns: head (as where nothing is said), last:N of its blocks, or all."""
    fresh: bool = False
    """Whether a pretrained network's body begins at random instead, to compare with."""
    norm_mode: Literal["frozen", "batch"] | None = None
    """What a pretrained body's batch normalisation goes by in training: its own averages, or the batch, from
    which the averages go on. frozen where nothing is said; batch where all is trained."""
    views: Literal[1, 2, 4, 8] = 1
    """Mirror images and right-angle turns over which predictions are averaged: logits' mean, outside of
    training."""

    module: Annotated[str, AfterValidator(_importable)] | None = None
    """A user's own network, as module:name."""
    arguments: dict[str, Any] = Field(default_factory=dict)
    """What `module` is called with, besides the numbers of inputs and outputs."""

    @property
    def dropouts(self) -> tuple[float, ...]:
        """The rate after each hidden layer."""
        if isinstance(self.dropout, tuple):
            return self.dropout[1:] if self.kind in OF_IMAGES else self.dropout
        last = len(self.hidden) - 1
        return tuple(
            self.dropout if self.dropout_at == "every" or layer == last else 0.0
            for layer in range(len(self.hidden))
        )

    @property
    def summary_dropout(self) -> float:
        """Of networks that see images: the rate before the first dense layer."""
        if isinstance(self.dropout, tuple):
            return self.dropout[0]
        return self.dropout if self.dropout_at == "every" or not self.hidden else 0.0

    @property
    def recipe(self) -> tuple[Block, ...]:
        """What an image passes, of a convolutional network; nothing of others."""
        named = PRESETS.get(self.kind, self.blocks) if self.kind in CONVOLUTIONAL else None
        return parse_blocks(named) if named else ()

    @property
    def last(self) -> int | None:
        """How many of a pretrained network's last blocks are trained; None for all."""
        if self.trained == "all":
            return None
        told = _LAST.fullmatch(self.trained or "head")
        return int(told[1]) if told else 0

    @property
    def freezes_norm(self) -> bool:
        """Whether a pretrained body's batch normalisation goes by its own averages in training."""
        return self.norm_mode == "frozen" or (self.norm_mode is None and self.trained != "all")

    @model_validator(mode="before")
    @classmethod
    def _no_dense_layers(cls, given: Any) -> Any:
        """What sees images has no dense layer but the output, where nothing else is said."""
        if isinstance(given, dict) and given.get("kind") in OF_IMAGES and "hidden" not in given:
            return {**given, "hidden": ()}
        return given

    @model_validator(mode="after")
    def _idle(self) -> Self:
        given = {key: getattr(self, key) for key in type(self).model_fields}
        for family in ("activation", "norm", "init"):
            if family != "norm" or not any(step.kind == "norm" for block in self.recipe for step in block):
                refuse_idle("network", given, family, given[family])
        refuse_idle("network", self._changed, "network", self.kind, "kind")
        if self.vectors != "none" and self.vector_size:
            raise RuleError(
                f"{self.vector_size} has no effect with vectors = '{self.vectors}', which have their own"
                " size: remove it",
                "vector_size",
            )
        return self

    @model_validator(mode="after")
    def _own_network(self) -> Self:
        if self.kind != "module":
            return self
        if self.module is None:
            raise RuleError("'module' needs network.module, as in 'my_networks:MyNetwork': add it", "kind")
        for key, value in self._changed.items():
            if key not in ("kind", "module", "arguments"):
                raise RuleError(
                    f"{shown(value)} has no effect with kind = 'module', which is its own: remove it, or"
                    " hand it over in network.arguments",
                    key,
                )
        return self

    @model_validator(mode="after")
    def _of_images(self) -> Self:
        if self.kind == "cnn" and self.blocks is None:
            raise RuleError(
                f"'cnn' needs network.blocks, as in {list(PRESETS['simple_cnn'])}: add them", "kind"
            )
        if self.kind == "pretrained" and self.weights is None:
            raise RuleError(
                "'pretrained' needs network.weights: efficientnet_lite0, minilm (texts), a folder that"
                " Transformers wrote, or a name of its hub. Add it",
                "kind",
            )
        if self.pool == "first" and self.kind != "pretrained":
            raise RuleError(
                f"'first' is a pretrained network's, and kind is '{self.kind}': use mean or max", "pool"
            )
        ends = [step.rate for block in self.recipe[-1:] for step in block[-1:] if step.kind == "dropout"]
        if self.kind in OF_IMAGES and ends and self.summary_dropout:
            raise RuleError(
                f"{shown(self.dropout)} would come right after dropout:{ends[0]:g}, with which the blocks of"
                f" '{self.kind}' end: leave one of them out, or write the blocks yourself (kind = 'cnn')",
                "dropout",
            )
        return self

    @property
    def _changed(self) -> dict[str, Any]:
        """What isn't as it is where nothing is said."""
        return {
            key: value for key, default in _defaults().items() if (value := getattr(self, key)) != default
        }

    @model_validator(mode="after")
    def _rate_each(self) -> Self:
        if not isinstance(self.dropout, tuple):
            return self
        before = self.kind in OF_IMAGES
        if len(self.dropout) != len(self.hidden) + before:
            raise RuleError(
                f"{shown(list(self.dropout))} has {len(self.dropout)} rates, and hidden ="
                f" {list(self.hidden)} has {len(self.hidden)} layers: give one rate each"
                f"{', and one before them' * before}, or one for all",
                "dropout",
            )
        if self.dropout_at == "last":
            raise RuleError(
                "'last' is for one rate, and dropout lists a rate for each hidden layer: remove one of them",
                "dropout_at",
            )
        return self


@cache
def _defaults() -> dict[str, Any]:
    """Each key's value where nothing is said."""
    fields = Network.model_fields
    return {key: field.get_default(call_default_factory=True) for key, field in fields.items()}
