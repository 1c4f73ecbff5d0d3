"""A fitted preparation as plain numbers: what a graph, or a reader of the weights, needs and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.data.features import Feature, Features
from paribus.data.prepare.encode import Encoder, Hashing, OneHot, Ordinal, Target
from paribus.data.prepare.impute import ColumnImputer, JointImputer
from paribus.data.prepare.levels import RARE
from paribus.data.prepare.pixels import Pixels
from paribus.data.prepare.preparation import Preparation
from paribus.data.prepare.selectors import Chosen, Components
from paribus.data.prepare.target import TargetTransform
from paribus.data.prepare.text.represent import TextFeatures
from paribus.deliver.texts import is_delivered
from paribus.study.configuration import Configuration
from paribus.study.images import CONVOLUTIONAL
from paribus.study.text import READERS

Floats = NDArray[np.float64]
KINDS = ("mlp", *READERS, *CONVOLUTIONAL)
"""Networks that are written as ONNX."""
MISSING = ("", "?")
"""What stands for a missing level."""


class UnwrittenError(Exception):
    """A part of a network that can't be written as ONNX; its text names the part."""


@dataclass(frozen=True, eq=False)
class Filling:
    """How missing numbers are filled.

    `fill`: a value a number, (number,). Of the iterative imputer: `mean` and `scale`, (number,), and its
    steps in turn: `weights` (step, number) with `shifts` (step,), `low` and `high`, (step,), and `filled`
    (step, number), true at the number that the step fills.
    """

    fill: Floats
    mean: Floats | None = None
    scale: Floats | None = None
    steps: dict[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Encoding:
    """One category's levels as numbers. `places`: from a level's text to its place in what follows, the
    first of which is for texts that training rows lack; `default` for any other text.

    Either `table`, (level + 1, feature); or the one feature of `width` that a level sets, and to what:
    `bucket` and `value`, (level + 1,).
    """

    column: str
    places: dict[str, int]
    default: int
    width: int
    table: Floats | None = None
    bucket: NDArray[np.int64] | None = None
    value: Floats | None = None


@dataclass(frozen=True, eq=False)
class Scaling:
    """One scaler over all features that it scales: its numbers, (feature,), or (quantile, feature)."""

    name: str
    numbers: dict[str, Floats]


@dataclass(frozen=True, eq=False)
class Recipe:
    """A fitted preparation. `summed`: whether the categories' tables add up into the same features."""

    features: tuple[Feature, ...]
    offsets: Floats
    filling: Filling
    encodings: tuple[Encoding, ...]
    summed: bool
    scaled: bool
    """Whether encoded categories are scaled too."""
    scaling: Scaling | None
    flags: tuple[int, ...]
    kept: NDArray[np.int64] | None
    components: tuple[Floats, Floats] | None
    """Of principal components: the mean, (feature,), and the matrix, (feature, component)."""
    exact: bool
    """Whether features are scaled into 64-bit numbers, as they are where some are selected."""
    target: Scaling | None
    names: tuple[str, ...]
    """The features that go out."""
    n_encoded: int
    """Features before selection that aren't a text's; those of a text come after them."""
    text: TextFeatures | None = None
    pixels: Pixels | None = None

    @property
    def n_columns(self) -> int:
        """Features that go out and aren't a text's."""
        return self.n_encoded if self.kept is None else int((self.kept < self.n_encoded).sum())


def recipe(fitted: Preparation, features: Features) -> Recipe:
    """The numbers of `fitted`; `features` are any rows of its table."""
    encoder, selector = fitted.encoder, fitted.selector
    return Recipe(
        features=features.columns,
        offsets=features.offsets.copy(),
        filling=_filling(fitted, len(features.number_features)),
        encodings=_encodings(encoder, features),
        summed=isinstance(encoder, Hashing),
        scaled=bool(encoder and encoder.scaled),
        scaling=_scaling(fitted.prepare.scale, fitted.scalers),
        flags=fitted.flags,
        kept=selector.kept.astype(np.int64) if isinstance(selector, Chosen) else None,
        components=_components(selector),
        exact=fitted.prepare.select != "none",
        target=_target(fitted.target),
        names=fitted.features,
        n_encoded=len(fitted.encoded),
        text=fitted.text,
        pixels=fitted.pixels,
    )


def refusal(asked: Configuration) -> str | None:
    """Why no ONNX file can be made of a configuration; None where it can."""
    prepare, network = asked.prepare, asked.network
    if prepare.represent != "none" and not is_delivered(prepare.representation):
        what = "vectors of all words" if prepare.representation.weight == "vectors" else "pretrained encoder"
        return f"prepare.represent = '{prepare.represent}': the file would have to hold the {what}"
    if prepare.imputer.name == "knn":
        return f"prepare.impute = '{prepare.impute}': the file would have to hold all training rows"
    if network.kind not in KINDS:
        return f"network.kind = '{network.kind}': only {', '.join(KINDS)} are written as ONNX"
    return None


def _filling(fitted: Preparation, n_numbers: int) -> Filling:
    imputer = fitted.imputer
    if isinstance(imputer, ColumnImputer):
        fill = np.zeros(n_numbers)
        for start, stop in imputer.ends:
            if stop > start:
                fill[start:stop] = imputer.fitted[start].transform(np.full((1, stop - start), np.nan))[0]
        return Filling(fill)
    assert isinstance(imputer, JointImputer)
    scaler, inner = imputer.pipeline["scale"], imputer.pipeline["impute"]
    first = inner.initial_imputer_.transform(np.full((1, n_numbers), np.nan))[0]
    made = inner.imputation_sequence_ if inner.n_iter_ else []
    steps: dict[str, NDArray[Any]] = {
        "weights": np.zeros((len(made), n_numbers)),
        "shifts": np.zeros(len(made)),
        "low": np.zeros(len(made)),
        "high": np.zeros(len(made)),
        "filled": np.zeros((len(made), n_numbers), dtype=np.bool_),
    }
    for place, step in enumerate(made):
        steps["weights"][place, step.neighbor_feat_idx] = step.estimator.coef_
        steps["shifts"][place] = step.estimator.intercept_
        steps["low"][place] = np.maximum(inner._min_value[step.feat_idx], -_LARGEST)
        steps["high"][place] = np.minimum(inner._max_value[step.feat_idx], _LARGEST)
        steps["filled"][place, step.feat_idx] = True
    mean = np.where(np.isnan(scaler.mean_), 0.0, scaler.mean_)
    scale = np.where(np.isnan(scaler.scale_), 1.0, scaler.scale_)
    return Filling(first, mean, scale, steps)


_LARGEST = 1e300


def _encodings(encoder: Encoder | None, features: Features) -> tuple[Encoding, ...]:
    if encoder is None:
        return ()
    categories = features.category_features
    if isinstance(encoder, Hashing):
        return tuple(
            _hashed(feature, bucket, sign, len(encoder.names))
            for feature, (bucket, sign) in zip(categories, encoder.hashed, strict=True)
        )
    assert isinstance(encoder, OneHot | Ordinal | Target)
    found = []
    for number, (feature, levels) in enumerate(zip(categories, encoder.levels, strict=True)):
        known = {name: int(place) for name, place in zip(feature.levels, levels.place, strict=False)}
        missing, rare = int(levels.place[-1]), len(levels.names) - 1
        default = rare if levels.names[-1:] == (RARE,) else -1
        places = {**dict.fromkeys(MISSING, missing), **known}
        shifted = {text: place + 1 for text, place in places.items() if place != default}
        found.append(_encoding(encoder, number, feature.name, shifted, default + 1))
    return tuple(found)


def _encoding(
    encoder: OneHot | Ordinal | Target, number: int, column: str, places: dict[str, int], default: int
) -> Encoding:
    n_levels = len(encoder.levels[number].names)
    if isinstance(encoder, OneHot):
        bucket = np.arange(-1, n_levels)
        return Encoding(column, places, default, n_levels, bucket=bucket, value=np.ones(len(bucket)))
    table = _table(encoder, number, n_levels)
    return Encoding(column, places, default, table.shape[1], table=table)


def _table(encoder: Ordinal | Target, number: int, n_levels: int) -> Floats:
    """What each place becomes, from -1 on: (place + 1, feature)."""
    places = np.arange(-1, n_levels)
    if isinstance(encoder, Ordinal):
        return places[:, None].astype(np.float64)
    codes = np.full((len(places), len(encoder.levels)), -1, dtype=np.int64)
    codes[:, number] = places
    encoded = np.asarray(encoder.encoder.transform(codes), dtype=np.float64)
    width = encoded.shape[1] // len(encoder.levels)
    return encoded[:, number * width : (number + 1) * width]


def _hashed(feature: Feature, bucket: NDArray[np.intp], sign: Floats, n: int) -> Encoding:
    """A level that no row of the study's data has adds nothing."""
    buckets = np.concatenate([[-1], bucket]).astype(np.int64)
    places = {**dict.fromkeys(MISSING, len(bucket)), **{t: p + 1 for p, t in enumerate(feature.levels)}}
    return Encoding(feature.name, places, 0, n, bucket=buckets, value=np.concatenate([[0.0], sign]))


def _scaling(name: str, scalers: dict[int, Any]) -> Scaling | None:
    """The scalers of all blocks as one."""
    if name == "none" or not scalers:
        return None
    blocks = [_numbers(name, scalers[start]) for start in sorted(scalers)]
    joined = {key: np.concatenate([block[key] for block in blocks], axis=-1) for key in blocks[0]}
    if name == "quantile":
        joined["references"] = np.asarray(next(iter(scalers.values())).references_, dtype=np.float64)
    return Scaling(name, joined)


def _numbers(name: str, scaler: Any) -> dict[str, Floats]:
    """(value - centre) / divisor, value · factor + shift, or what power and quantile need."""
    match name:
        case "standard":
            return {"centre": scaler.mean_, "divisor": scaler.scale_}
        case "robust":
            return {"centre": scaler.center_, "divisor": scaler.scale_}
        case "maxabs":
            return {"centre": np.zeros_like(scaler.scale_), "divisor": scaler.scale_}
        case "minmax":
            return {"factor": scaler.scale_, "shift": scaler.min_}
        case "power":
            inner = scaler._scaler
            return {"lambda": scaler.lambdas_, "centre": inner.mean_, "divisor": inner.scale_}
        case "quantile":
            return {"quantiles": scaler.quantiles_}
    raise ValueError(f"unknown scaler '{name}'")


def _components(selector: object) -> tuple[Floats, Floats] | None:
    if not isinstance(selector, Components):
        return None
    return np.asarray(selector.pca.mean_), np.ascontiguousarray(selector.pca.components_.T)


def _target(transform: TargetTransform | None) -> Scaling | None:
    if transform is None:
        return None
    fitted, name = transform.fitted, transform.name
    if name in ("log", "standard"):
        return Scaling(name, {"centre": fitted.mean_, "divisor": fitted.scale_})
    bounds = {"low": transform.low, "high": transform.high}
    if name == "power":
        return Scaling(name, {**_numbers("power", fitted), **bounds})
    return Scaling(name, {**_numbers("quantile", fitted), **bounds, "references": fitted.references_})
