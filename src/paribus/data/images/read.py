"""The images of rows: of one shape, decoded; those that can't be used by name, and what the files were
like.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from paribus.data.images.cache import Cached, Progress, cached
from paribus.data.images.images import Images
from paribus.decoding.block import Found
from paribus.decoding.decode import Asked, Decoded, calm, is_grey, look
from paribus.decoding.files import Files
from paribus.errors import DataError
from paribus.study.spec import Data

LOOKED_AT = 64
"""Images whose headers say what the others are probably like."""
NAMED = 5
"""Files that a note names."""


@dataclass(frozen=True, eq=False)
class FoundImages:
    """What a set of files was like. `modes` and `sizes`, (height, width), of those that could be read, with
    how often, the commonest first; `broken`: what can't be used, by name, and why; `prints`: of the table's
    rows, near for images that look alike, (row,).
    """

    modes: tuple[tuple[str, int], ...]
    sizes: tuple[tuple[tuple[int, int], int], ...]
    broken: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class ReadImages:
    """All rows' images, unusable ones among them; `reasons`: why, empty for a usable one, (row,)."""

    images: Images
    reasons: tuple[str, ...]
    modes: tuple[tuple[str, int], ...]
    sizes: tuple[tuple[tuple[int, int], int], ...]
    notes: tuple[str, ...]


def read_images(files: Files, data: Data, progress: Progress | None = None) -> ReadImages:
    """Decode all of `files`, of the shape that `data` asks for. Raises DataError if none can be."""
    made, asked = _decoded(files, data, _first_guess(files, data), progress)
    found = made.found
    reasons = tuple(map(str, _reasons(found, asked)))
    images = Images(
        *(made.path, asked.shape, np.arange(len(found.keys)), files.names),
        *(found.keys, found.sums, found.squares, found.prints),
    )
    usable = np.array([not reason for reason in reasons])
    if not usable.any():
        raise DataError(f"none of {len(reasons):,} images can be read: '{files.names[0]}' {reasons[0]}")
    notes = [*_damage(made), *_notes(files.names, found, usable, asked)]
    return ReadImages(images, reasons, _modes(found), _sizes(found), tuple(notes))


def _decoded(files: Files, data: Data, asked: Asked, progress: Progress | None) -> tuple[Cached, Asked]:
    """The images of the shape that they should have, whatever a few of them looked like."""
    made = _try(files, data, asked, progress)
    better = replace(asked, channels=3) if made is None else _better(asked, made.found, data)
    if made is not None and better is None:
        return made, asked
    return _decoded(files, data, better or asked, progress)


def _try(files: Files, data: Data, asked: Asked, progress: Progress | None) -> Cached | None:
    """None if colour turned up where all images looked grey."""
    maybe = asked.channels == 1 and (data.channels or "auto") == "auto"

    def coloured(found: Found) -> bool:
        return maybe and any(mode and not is_grey(mode) for mode in set(found.modes.tolist()))

    return cached(files, asked, progress, coloured)


def _first_guess(files: Files, data: Data) -> Asked:
    """The shape from the headers of a few images. Raises DataError if they are of all sizes."""
    known = _looked_at(files)
    grey = data.channels == "grey" or (data.channels != "rgb" and all(is_grey(each.mode) for each in known))
    channels = 1 if grey and known else 3
    if data.size:
        return Asked(*data.size, channels, resized=True)
    if not known:
        return Asked(1, 1, channels, resized=False)
    ((height, width), count), *others = Counter((each.height, each.width) for each in known).most_common()
    if 2 * count < len(known):
        told = ", ".join(f"{high}×{wide}" for (high, wide), _ in [((height, width), count), *others[:3]])
        raise DataError(
            f"the images have {len(others) + 1} sizes and more ({told}, ...; height × width): give the one"
            f" that they are brought to, as in size = [{height}, {width}] in [data]"
        )
    return Asked(height, width, channels, resized=False)


def _looked_at(files: Files) -> list[Decoded]:
    """The headers of a few images that have one: spread over all, or the first where it tells of all."""
    n_images = len(files.names)
    step = max(1, n_images // LOOKED_AT)
    places = np.array([0]) if files.uniform else np.arange(0, n_images, step)
    for rows in (places, np.arange(n_images)):  # all of them where the few are broken
        some = files.take(rows)
        with calm():
            looked = (look(content, name) for content, name in zip(some.contents(), some.names, strict=True))
            known = list(islice((each for each in looked if isinstance(each, Decoded)), 2 * LOOKED_AT))
        if known:
            return known
    return []


def _better(asked: Asked, found: Found, data: Data) -> Asked | None:
    """The shape that the images should have had, now that all are known; None if they have it."""
    grey = asked.channels == 1
    if (data.channels or "auto") == "auto" and (modes := _modes(found)):
        grey = all(is_grey(mode) for mode, _ in modes)
    size = asked.height, asked.width
    if not data.size and (sizes := _sizes(found)):
        size = sizes[0][0]
    better = Asked(*size, 1 if grey else 3, asked.resized)
    return None if better == asked else better


def _counted(values: list[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(values).items(), key=lambda each: (-each[1], each[0])))


def _modes(found: Found) -> tuple[tuple[str, int], ...]:
    return _counted([mode for mode in found.modes.tolist() if mode])


def _sizes(found: Found) -> tuple[tuple[tuple[int, int], int], ...]:
    """By how often they stand, then by size."""
    counts = Counter(map(tuple, found.sizes[found.sizes[:, 0] > 0].tolist()))
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return tuple(((height, width), count) for (height, width), count in ordered)


def _reasons(found: Found, asked: Asked) -> NDArray[np.str_]:
    reasons = found.reasons.astype(object)
    if not asked.resized:
        odd = (found.reasons == "") & (found.sizes != (asked.height, asked.width)).any(axis=1)
        for place in np.flatnonzero(odd):
            height, width = found.sizes[place]
            reasons[place] = f"is {height}×{width} pixels, others are {asked.height}×{asked.width}"
    return reasons


def _damage(made: Cached) -> list[str]:
    return [f"the decoded images in {made.path.parent} were damaged, and are made anew"] * made.damaged


_READ_AS = {
    "deep": "16 bits a channel are brought to 8 (65,535 becomes 255)",
    "palette": "palettes are read as their colours",
    "cmyk": "CMYK is read as RGB",
    "alpha": "transparency is left out",
    "grey": "grey is read as RGB",
    "colour": "colours are read as grey",
}


def _kinds(mode: str, channels: int) -> list[str]:
    """What of `_READ_AS` is true of images of this mode."""
    plain, _, deep = mode.partition(";")
    return [
        *(["deep"] * bool(deep)),
        *(["palette"] * (plain in ("P", "PA"))),
        *(["cmyk"] * (plain == "CMYK")),
        *(["alpha"] * (plain in ("LA", "PA", "RGBA"))),
        *(["grey"] * (channels == 3 and is_grey(mode))),
        *(["colour"] * (channels == 1 and not is_grey(mode))),
    ]


def _notes(names: tuple[str, ...], found: Found, usable: NDArray[np.bool_], asked: Asked) -> list[str]:
    """How files were read that are unlike what networks take, with the first few names."""
    kinds = {mode: _kinds(mode, asked.channels) for mode in set(found.modes.tolist())}
    notes = []
    for kind, told in _READ_AS.items():
        places = np.flatnonzero(usable & np.array([kind in kinds[mode] for mode in found.modes.tolist()]))
        if len(places):
            first = _first([names[place] for place in places])
            notes.append(f"{told} in {len(places):,} of {len(names):,} images: {first}")
    if 0 < (largest := int(found.largest.max())) < 2**14:
        notes.append(f"the largest value of 16-bit pixels is {largest:,} of 65,535: such images become dark")
    if asked.resized:
        other = np.flatnonzero(usable & (found.sizes != (asked.height, asked.width)).any(axis=1))
        if len(other):
            notes.append(
                f"{len(other):,} of {len(names):,} images have another size than data.size, and are brought"
                f" to {asked.height}×{asked.width} (height × width)"
            )
    return notes


def _first(names: list[str]) -> str:
    """`'a.png', 'b.png' and 7 more`."""
    told = ", ".join(map(repr, names[:NAMED]))
    return told if len(names) <= NAMED else f"{told} and {len(names) - NAMED:,} more"
