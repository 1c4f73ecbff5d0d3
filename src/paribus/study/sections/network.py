"""`[network]`: one network."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, PlainValidator, model_validator

from paribus.study.fields import Amount, Positive, Rate, Section, one_of, refuse_idle
from paribus.study.problems import RuleError, shown

MOST_LAYERS = 64
MOST_UNITS = 65_536
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
    """One rate, or one for each hidden layer."""
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
    pool: Literal["mean", "max"] | None = None
    kernels: Annotated[tuple[Annotated[int, Field(ge=1, le=99)], ...], Field(strict=False)] | None = None
    filters: Units | None = None
    units: Units | None = None
    bidirectional: bool | None = None

    module: Annotated[str, AfterValidator(_importable)] | None = None
    """A user's own network, as module:name."""
    arguments: dict[str, Any] = Field(default_factory=dict)
    """What `module` is called with, besides the numbers of inputs and outputs."""

    @property
    def dropouts(self) -> tuple[float, ...]:
        """The rate after each hidden layer."""
        if isinstance(self.dropout, tuple):
            return self.dropout
        last = len(self.hidden) - 1
        return tuple(
            self.dropout if self.dropout_at == "every" or layer == last else 0.0
            for layer in range(len(self.hidden))
        )

    @model_validator(mode="after")
    def _idle(self) -> Self:
        given = {key: getattr(self, key) for key in type(self).model_fields}
        for family in ("activation", "norm", "init"):
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
        if len(self.dropout) != len(self.hidden):
            raise RuleError(
                f"{shown(list(self.dropout))} has {len(self.dropout)} rates, and hidden ="
                f" {list(self.hidden)} has {len(self.hidden)} layers: give one rate each, or one for all",
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
