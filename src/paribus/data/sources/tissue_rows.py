"""`builtin:tissue` as rows: columns image, label (normal, tumour) and slide; patches are made when read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from paribus.data.sources.rows import Rows, make_rows
from paribus.data.sources.tissue import DIFFICULTY, SIZE, Tissue
from paribus.decoding.files import Content, Files
from paribus.study.sources import Named

ROWS, SLIDES = 2000, 20
CLASSES = ("normal", "tumour")
_VERSION = 3
"""Of what is drawn: a patch that is drawn otherwise is another one to whoever keeps pixels."""
_AT_ONCE = 250


@dataclass(frozen=True, eq=False)
class TissueFiles:
    """Patches that are made when they are asked for: of `tissue` these `places`, (row,), which rise."""

    tissue: Tissue
    places: NDArray[np.int64]

    @property
    def names(self) -> tuple[str, ...]:
        """See `Files.names`: the slide, and the patch's number."""
        slides = self.tissue.slide[self.places]
        named = zip(slides.tolist(), self.places.tolist(), strict=True)
        return tuple(f"slide{slide:02d}_{place:06d}" for slide, place in named)

    @property
    def uniform(self) -> bool:
        """See `Files.uniform`."""
        return True

    @property
    def n_bytes(self) -> int:
        """See `Files.n_bytes`."""
        return len(self.places) * self.tissue.size**2 * 3

    def take(self, rows: NDArray[np.int64]) -> Files:
        """See `Files.take`."""
        return replace(self, places=self.places[rows])

    def stamps(self) -> Iterator[str]:
        """See `Files.stamps`."""
        made = replace(self.tissue, rows=0)  # with more rows a patch stays what it is
        for place in self.places.tolist():
            yield f"tissue\0{_VERSION}\0{astuple(made)}\0{place}"

    def contents(self) -> Iterator[Content]:
        """See `Files.contents`."""
        for start in range(0, self.tissue.rows, _AT_ONCE):
            low, high = np.searchsorted(self.places, (start, start + _AT_ONCE))
            if low < high:
                first, last = int(self.places[low]), int(self.places[high - 1]) + 1
                yield from self.tissue.pixels(first, last)[self.places[low:high] - first]


def tissue_rows(named: Named, source: str) -> Rows:
    """The patches that the study names."""
    made = Tissue(
        named.count("rows", ROWS),
        named.count("slides", SLIDES),
        named.count("size", SIZE),
        named.count("seed", 0),
        named.number("difficulty", DIFFICULTY),
    )
    files = TissueFiles(made, np.arange(made.rows))
    labels = [CLASSES[label] for label in made.labels]
    slides = [f"slide{slide:02d}" for slide in made.slide]
    frame = pd.DataFrame({"image": list(files.names), "label": labels, "slide": slides})
    rows = make_rows(frame, list(frame.columns), source, counted="position")
    return replace(rows, files=files)
