"""A preparation: fitted once, on a training part, then applied to any part.

The order: missing numbers filled, categories encoded, both scaled, a text's words counted beside them,
features selected; then, of the training rows alone, classes resampled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from paribus.data.columns import FLOAT32_MAX
from paribus.data.features import Features
from paribus.data.parts import OpenedPart, StoppingPart, TrainingPart, ValidationPart
from paribus.data.prepare.encode import Encoder, fit_encoder, n_encoded
from paribus.data.prepare.images import image_rows
from paribus.data.prepare.impute import Imputer, fit_imputer
from paribus.data.prepare.pixels import Pixels, fit_pixels
from paribus.data.prepare.prepared import Prepared
from paribus.data.prepare.reproducible import reproducible
from paribus.data.prepare.resample import resample
from paribus.data.prepare.scalers import make_scaler
from paribus.data.prepare.selectors import Chosen, Selector, fit_selector
from paribus.data.prepare.target import TargetTransform, fit_target
from paribus.data.prepare.text.represent import TextFeatures, most_text_features, usual_text_entries
from paribus.data.text.tokens import tokenise
from paribus.errors import DataError
from paribus.seeds import stream
from paribus.study.spec import Prepare

Matrix = NDArray[np.floating[Any]]
Part = TrainingPart | StoppingPart | ValidationPart | OpenedPart


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """Prepared and resampled training rows. `features`: float32 (row, feature); `target`: class codes,
    labels, or transformed numbers, (row,) or (row, output); `weight`: (row,).
    """

    features: Prepared
    target: NDArray[Any]
    weight: NDArray[np.float32] | None


@dataclass(frozen=True, eq=False, repr=False)
class Preparation:
    """What was learned from training rows; the fitted parts are scikit-learn's. Picklable."""

    prepare: Prepare
    names: tuple[str, ...]
    """The features that come in."""
    imputer: Imputer
    encoder: Encoder | None
    flags: tuple[int, ...]
    """The number features that get a feature that says where they are missing."""
    encoded: tuple[str, ...]
    """The features after encoding."""
    scalers: dict[int, Any]
    """Fitted scalers by the first of the encoded features that they scale."""
    target: TargetTransform | None
    text: TextFeatures | None
    selector: Selector | None
    features: tuple[str, ...]
    """The features that go out; those of a text after the others."""
    pixels: Pixels | None = None
    """What pixels become, of images."""

    def __repr__(self) -> str:
        return f"Preparation({self.prepare.scale}, {self.prepare.select}: {self.n_features} features)"

    @property
    def n_features(self) -> int:
        """Number of features after selection."""
        return len(self.features)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The words that places stand for, where a text is kept in order, from place 2 on."""
        return self.text.ordered.vocabulary if self.text and self.text.ordered else ()

    def apply(self, part: Part) -> Prepared:
        """The part's features prepared: float32 (row, feature), C-contiguous; with a text, sparse; images as
        `ImageRows`.

        Raises DataError for a value that a 32-bit float can't hold, TypeError for anything but a part.
        """
        if not isinstance(part, Part):
            raise TypeError(
                "a preparation is applied to a training part, a validation part or an opened part, not to a"
                f" {type(part).__name__}; a SealedPart must be opened first, with .open(reason)"
            )
        if self.pixels is not None:
            return image_rows(part.features.images, self.pixels)
        with reproducible():
            return self._selected(self._beside_text(part.features, training=False))

    def apply_to_texts(self, texts: Sequence[str]) -> Prepared:
        """New texts prepared as those of a part are: (text, feature).

        Raises ValueError where the rows have other features than a text, or none.
        """
        if self.text is None or self.encoded:
            raise ValueError("texts alone can be prepared where a text is the only feature")
        return self._selected(self.text.rows(tokenise(pa.array(texts, type=pa.large_string()))))

    def targets(self, part: Part) -> NDArray[Any]:
        """The part's targets as networks are trained on them: (row,) or (row, output)."""
        with reproducible():
            return part.target if self.target is None else self.target.apply(part.target)

    def restore(self, predictions: NDArray[np.float32]) -> NDArray[np.float32]:
        """Predictions in the target's own units, of the same shape."""
        if self.target is None:
            return predictions
        with np.errstate(over="ignore", invalid="ignore"):
            return self.target.restore(predictions).astype(np.float32)

    def _encode(self, features: Features, *, training: bool) -> Matrix:
        """Filled, encoded and scaled: (row, encoded feature); scalers are fitted on training rows."""
        n_numbers = len(features.number_features)
        wide = np.float32 if self.prepare.select == "none" else np.float64
        out: Matrix = np.zeros((len(features), len(self.encoded)), dtype=wide)
        for start, stop, numbers in self.imputer.filled(features):
            self._scale(numbers, start, out[:, start:stop], training=training)
        place = n_numbers
        if self.encoder is not None:
            place += len(self.encoder.names)
            categories = out[:, n_numbers:place]
            write = self.encoder.write_training if training else self.encoder.write
            if self.encoder.scaled:
                exact = np.zeros(categories.shape)
                write(features, exact)
                self._scale(exact, n_numbers, categories, training=training)
            else:
                write(features, categories)
        for position, number in enumerate(self.flags):
            out[:, place + position] = np.isnan(features.numbers(number, number + 1))[:, 0]
        return out

    def _scale(self, values: NDArray[np.float64], start: int, out: Matrix, *, training: bool) -> None:
        """Scale the features from `start` on into `out`, (row, feature)."""
        if not values.shape[1]:
            return
        if training and (scaler := make_scaler(self.prepare.scale, len(values))) is not None:
            self.scalers[start] = scaler.fit(values)
        scaled = self.scalers[start].transform(values) if start in self.scalers else values
        names = self.encoded[start : start + values.shape[1]]
        _check_range(scaled, names, f"prepare.scale = '{self.prepare.scale}'")
        out[:] = scaled

    def _beside_text(self, features: Features, *, training: bool) -> NDArray[Any] | csr_array:
        """What `_encode` makes and, where there is a text, its features after them, sparse; or its words in
        order alone.
        """
        if self.text is None:
            return self._encode(features, training=training)
        of_text = self.text.of(features.texts)
        if not self.encoded or not isinstance(of_text, csr_array):
            return of_text
        encoded = csr_array(self._encode(features, training=training).astype(np.float32))
        return csr_array(hstack([encoded, of_text], format="csr"))

    def _chosen(self, rows: csr_array) -> csr_array:
        """The selected of sparse features, in canonical form."""
        if isinstance(self.selector, Chosen):
            rows = csr_array(rows[:, self.selector.kept])
        rows.sum_duplicates()
        return rows

    def _selected(self, encoded: NDArray[Any] | csr_array) -> Prepared:
        if isinstance(encoded, csr_array):
            return self._chosen(encoded)
        if np.issubdtype(encoded.dtype, np.integer):
            return encoded
        if self.selector is None:
            return np.ascontiguousarray(encoded, dtype=np.float32)
        selected = self.selector.transform(encoded.astype(np.float64, copy=False))
        _check_range(selected, self.features, f"prepare.select = '{self.prepare.select}'")
        return np.ascontiguousarray(selected, dtype=np.float32)


def fit_preparation(prepare: Prepare, part: TrainingPart, seed: int) -> Preparation:
    """Fit every step on training rows alone. See `prepare_training`."""
    return prepare_training(prepare, part, seed)[0]


def prepare_training(prepare: Prepare, part: TrainingPart, seed: int) -> tuple[Preparation, TrainingRows]:
    """Fit every step on training rows alone, and prepare and resample those rows.

    The same rows and seed give the same to the bit. Raises TypeError for any other part, StudyError
    for more features than there are, DataError for values that can't be prepared.
    """
    if not isinstance(part, TrainingPart):
        raise TypeError(
            f"a preparation is fitted on a TrainingPart alone, not on a {type(part).__name__}: what it"
            f" learns from"
            " other rows would leak into their scores"
        )
    with reproducible():
        return _prepare_training(prepare, part, seed)


def _prepare_training(prepare: Prepare, part: TrainingPart, seed: int) -> tuple[Preparation, TrainingRows]:
    def random_state(purpose: str) -> int:
        return int(stream(seed, "prepare", purpose).integers(2**31))

    transform = fit_target(prepare.target, part.task, part.target)
    target = part.target if transform is None else transform.apply(part.target)
    sampler_state = random_state(prepare.resample)
    if part.features.has_images:
        return _prepare_images(prepare, part, transform, target, sampler_state)
    imputer = fit_imputer(prepare, part.features, random_state("impute"))
    encoder = fit_encoder(prepare, part, target, random_state("encode"))
    flags = part.features.gaps if prepare.missing_flag else ()
    numbers = tuple(feature.name for feature in part.features.number_features)
    flag_names = tuple(f"{numbers[place]}.missing" for place in flags)
    names = (*numbers, *(encoder.names if encoder else ()), *flag_names)
    text = None
    if part.features.has_text:
        text = TextFeatures(prepare.representation, part.features.texts.tokens)
    every = (*names, *(text.names if text else ()))
    fitted = Preparation(
        prepare, part.names, imputer, encoder, flags, names, {}, transform, text, None, every
    )
    encoded = fitted._beside_text(part.features, training=True)
    if prepare.select != "none":
        selector = fit_selector(prepare, encoded.astype(np.float64, copy=False), part, target, seed)
        fitted = replace(fitted, selector=selector, features=_features(selector, every))
    rows = fitted._selected(encoded)
    if prepare.resample == "none":
        return fitted, TrainingRows(rows, target, part.weight)
    nominal = () if text else _nominal(fitted)
    return fitted, TrainingRows(*resample(prepare.resample, rows, part, nominal, sampler_state))


def _prepare_images(
    prepare: Prepare,
    part: TrainingPart,
    transform: TargetTransform | None,
    target: NDArray[Any],
    random_state: int,
) -> tuple[Preparation, TrainingRows]:
    images = part.features.images
    names = tuple(f"pixel_{number + 1}" for number in range(prod(images.shape)))
    imputer = fit_imputer(prepare, part.features, random_state)
    pixels = fit_pixels(prepare.pixels, images)
    fitted = Preparation(
        *(prepare, part.names, imputer, None, (), (), {}, transform, None, None), names, pixels
    )
    rows = image_rows(images, pixels)
    if prepare.resample == "none":
        return fitted, TrainingRows(rows, target, part.weight)
    return fitted, TrainingRows(*resample(prepare.resample, rows, part, (), random_state))


def _features(selector: Selector | None, names: tuple[str, ...]) -> tuple[str, ...]:
    if selector is None:
        return names
    if isinstance(selector, Chosen):
        return tuple(names[position] for position in selector.kept)
    return tuple(f"pca_{component + 1}" for component in range(selector.n_kept))


def _nominal(fitted: Preparation) -> tuple[int, ...]:
    """The category that each feature that goes out belongs to, -1 for a number."""
    encoder = fitted.encoder
    n_numbers = len(fitted.encoded) - len(fitted.flags) - (len(encoder.names) if encoder else 0)
    categories = encoder.nominal if encoder else ()
    first_flag = max(categories, default=-1) + 1
    whole = (*(-1,) * n_numbers, *categories, *range(first_flag, first_flag + len(fitted.flags)))
    if fitted.selector is None:
        return whole
    if isinstance(fitted.selector, Chosen):
        return tuple(whole[position] for position in fitted.selector.kept)
    return (-1,) * fitted.n_features


def most_features(prepare: Prepare, features: Features, classes: tuple[str, ...], task: str) -> int:
    """At most so many features come out of a preparation; exact where there are no categories, and a text
    is represented by single words or hashes.
    """
    n_numbers = len(features.number_features)
    flags = len(features.gaps) if prepare.missing_flag else 0
    every = n_numbers + flags + n_encoded(prepare, features, classes, task)
    if features.has_images:
        every += prod(features.images.shape)
    if features.has_text:
        every += most_text_features(prepare.representation, features.texts.tokens)
    return min(prepare.n_selected or every, every)


def usual_entries(prepare: Prepare, part: TrainingPart) -> int:
    """About so many features of a text aren't 0, where they are sparse; else 0."""
    if not part.features.has_text:
        return 0
    return usual_text_entries(prepare.representation, part.features.texts.tokens)


def _check_range(values: Matrix, names: tuple[str, ...], setting: str) -> None:
    beyond = ~(np.abs(values) <= FLOAT32_MAX)
    if beyond.any():
        row, column = np.argwhere(beyond)[0]
        raise DataError(
            f"column '{names[column]}' becomes {values[row, column]:g} by {setting}, which a 32-bit float"
            f" can't hold"
            " (±3.4e38): choose another prepare.scale, such as 'robust' or 'quantile', or name it in"
            f" data.drop"
        )
