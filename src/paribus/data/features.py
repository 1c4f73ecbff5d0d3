"""Features in compact form: 32-bit numbers, integer codes, words of texts, images; nothing is copied."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from paribus.data.images.images import Images
from paribus.data.text.texts import Texts

FeatureKind = Literal["numeric", "boolean", "ordinal", "date", "category", "text", "image"]

_MIX = np.uint64(0x9E3779B97F4A7C15)
_STEPS = 1000
"""A column that spans fewer steps of a 32-bit float than this is kept as distances from an offset."""


@dataclass(frozen=True)
class Feature:
    """One feature before preparation; `column` is the raw column that it was read from.

    A category has `levels`, one for each code, an ordinal one for each number from 0. A date's `day_first`:
    whether its texts had the day before the month; None where none of them says so.
    """

    name: str
    kind: FeatureKind
    column: str
    levels: tuple[str, ...] = ()
    day_first: bool | None = None

    @property
    def is_number(self) -> bool:
        """Whether it is kept as a number; else as the code of a level, or as words."""
        return self.kind not in ("category", "text", "image")


@dataclass(frozen=True, eq=False)
class Store:
    """All rows. `numbers`: (number feature, row) float32, NaN where missing, less `offsets`;
    `codes`: (category feature, row) int32, -1 where missing. Both in the features' order. `texts`: those
    of the text feature, if there is one; `images` those of the image feature.
    """

    features: tuple[Feature, ...]
    numbers: NDArray[np.float32]
    offsets: NDArray[np.float64]
    codes: NDArray[np.int32]
    texts: Texts | None = None
    images: Images | None = None

    def __post_init__(self) -> None:
        for array in (self.numbers, self.offsets, self.codes):
            array.setflags(write=False)


class Features:
    """Some rows of a store. Nothing is copied until numbers or codes are asked for."""

    def __init__(self, store: Store, rows: NDArray[np.int64] | None = None) -> None:
        self._store, self._rows = store, rows
        if rows is not None:
            rows.setflags(write=False)

    def __len__(self) -> int:
        if self._rows is not None:
            return len(self._rows)
        return int(max(self._store.numbers.shape[1], self._store.codes.shape[1]))

    def __getitem__(self, rows: NDArray[np.int64]) -> Features:
        """These rows of these rows: positions, (row,)."""
        return Features(self._store, rows if self._rows is None else self._rows[rows])

    def __repr__(self) -> str:
        return f"Features({len(self)} rows × {len(self.columns)})"

    @property
    def columns(self) -> tuple[Feature, ...]:
        """What the features are."""
        return self._store.features

    @property
    def names(self) -> tuple[str, ...]:
        """The features' names."""
        return tuple(feature.name for feature in self.columns)

    @cached_property
    def number_features(self) -> tuple[Feature, ...]:
        """The features kept as numbers."""
        return tuple(feature for feature in self.columns if feature.is_number)

    @cached_property
    def category_features(self) -> tuple[Feature, ...]:
        """The features kept as codes."""
        return tuple(feature for feature in self.columns if feature.kind == "category")

    @cached_property
    def has_text(self) -> bool:
        """Whether one of the features is a text."""
        return self._store.texts is not None

    @property
    def texts(self) -> Texts:
        """These rows' texts. Raises ValueError where there are none."""
        if self._store.texts is None:
            raise ValueError("these rows have no text")
        return self._store.texts if self._rows is None else self._store.texts.take(self._rows)

    @cached_property
    def has_images(self) -> bool:
        """Whether one of the features is an image."""
        return self._store.images is not None

    @property
    def images(self) -> Images:
        """These rows' images. Raises ValueError where there are none."""
        if self._store.images is None:
            raise ValueError("these rows have no images")
        return self._store.images if self._rows is None else self._store.images.take(self._rows)

    def _own_keys(self) -> NDArray[np.uint64]:
        """A hash of each row's text or image, 0 without: (row,)."""
        kept = self._store.texts or self._store.images
        if kept is None:
            return np.zeros(len(self), dtype=np.uint64)
        return kept.keys.copy() if self._rows is None else kept.keys[self._rows]

    def numbers(self, start: int = 0, stop: int | None = None) -> NDArray[np.float64]:
        """Number features from `start` to before `stop`: (row, feature), Fortran order, NaN if missing."""
        block = self._store.numbers[start:stop]
        block = block if self._rows is None else block[:, self._rows]
        return (block.astype(np.float64) + self._store.offsets[start:stop, None]).T

    @property
    def offsets(self) -> NDArray[np.float64]:
        """What the number features are stored less of, in 32 bits: (number feature,)."""
        return self._store.offsets

    def codes(self, place: int) -> NDArray[np.int32]:
        """The codes of the category feature at `place` among them: (row,), -1 where missing."""
        codes: NDArray[np.int32] = self._store.codes[place]
        return codes if self._rows is None else codes[self._rows]

    @cached_property
    def gaps(self) -> tuple[int, ...]:
        """The places among the number features of those with a missing value in these rows."""
        found = []
        for place, column in enumerate(self._store.numbers):
            numbers = column if self._rows is None else column[self._rows]
            if np.isnan(numbers).any():
                found.append(place)
        return tuple(found)

    def keys(self) -> NDArray[np.uint64]:
        """A hash a row: rows with the same one have equal features. Shape: (row,)."""
        keys = self._own_keys()
        for column in (*self._store.numbers, *self._store.codes):
            bits = (column if self._rows is None else column[self._rows]).view(np.uint32)
            keys = (keys ^ bits) * _MIX
            keys ^= keys >> np.uint64(29)
        return keys

    def digest(self) -> str:
        """A hash of these rows: the same in every process and on every machine."""
        found = blake2b(repr([(f.name, f.kind, f.levels) for f in self.columns]).encode(), digest_size=16)
        found.update(self._store.offsets.astype("<f8").tobytes())
        if self.has_text or self.has_images:
            found.update(self._own_keys().astype("<u8").tobytes())
        for column in (*self._store.numbers, *self._store.codes):
            values = column if self._rows is None else column[self._rows]
            found.update(values.astype(values.dtype.newbyteorder("<")).tobytes())
        return found.hexdigest()


class Collected:
    """Features as their columns are read, each put away in its compact form at once.

    What is written to stays where it is: memory that is asked for and not written to costs nothing.
    """

    def __init__(self, n_rows: int, n_columns: int) -> None:
        """Room for so many numbers and so many categories; dates, which become several, make more."""
        self.features: list[Feature] = []
        self.offsets: list[float] = []
        self.numbers = np.empty((n_columns, n_rows), dtype=np.float32)
        self.codes, self.n_codes = np.empty((n_columns, n_rows), dtype=np.int32), 0
        self.texts: Texts | None = None
        self.images: Images | None = None

    def add_images(self, feature: Feature, images: Images) -> None:
        """Put away the image of each row."""
        self.features.append(feature)
        self.images = images

    def add_text(self, feature: Feature, texts: Texts) -> None:
        """Put away the text of each row."""
        self.features.append(feature)
        self.texts = texts

    def add(self, feature: Feature, values: NDArray[Any]) -> None:
        """Put away float64 numbers, NaN where missing, or codes, -1 where missing: (row,)."""
        self.features.append(feature)
        if not feature.is_number:
            self.codes[self.n_codes] = values
            self.n_codes += 1
            return
        if len(self.offsets) == len(self.numbers):
            self.numbers = np.concatenate([self.numbers, np.empty_like(self.numbers)])
        offset = offset_of(values)
        numbers = self.numbers[len(self.offsets)]
        numbers[:] = values - offset
        numbers += np.float32(0)  # no negative zero: equal rows, equal bits
        numbers[np.isnan(numbers)] = np.nan
        self.offsets.append(offset)

    def made(self) -> Features:
        """All of them as one."""
        offsets = np.array(self.offsets, dtype=np.float64)
        kept = self.numbers[: len(offsets)], offsets, self.codes[: self.n_codes]
        return Features(Store(tuple(self.features), *kept, self.texts, self.images))


def offset_of(values: NDArray[np.float64]) -> float:
    """What a column is stored less of: 0, but where 32-bit floats of its size are too coarse for it."""
    known = values[~np.isnan(values)]
    if not len(known):
        return 0.0
    low, high = float(known.min()), float(known.max())
    step = float(np.spacing(np.float32(max(abs(low), abs(high)))))
    return (low + high) / 2 if 0 < high - low < _STEPS * step else 0.0
