"""Synthetic patches of stained tissue, to learn, teach and measure with where no real ones are at hand.

A patch is tumour where its centre, a third of its height and width, holds tumour nuclei: large, dark,
irregular and crowded. Everything else says nothing of it: normal nuclei, and two kinds that look like tumour,
large pale ones, in many centres too, and small dark ones; and in some rims real tumour nuclei, which don't
count. Colours come from light that two stains absorb (Ruifrok & Johnston, Analytical and Quantitative
Cytology and Histology 23, 2001); every slide has stains of its own strength.

The same parameters make the same patches, and with more rows the first ones stay what they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paribus.seeds import stream

Floats = NDArray[np.float32]
Whole = NDArray[np.int64]

SIZE = 96
"""Pixels of a side at which the sizes below are meant; a patch of another size shows the same tissue."""
DIFFICULTY = 0.5
_TUMOUR = 0.4
"""Share of tumour patches, on average over slides."""
_BLOCK = 50
"""Patches that come from one random stream, and are held as numbers at a time."""
_STAINS = np.array([[0.650, 0.704, 0.286], [0.072, 0.990, 0.105]], dtype=np.float32)
"""How much red, green and blue haematoxylin and eosin absorb: (stain, channel)."""
_DARKEST = 0.4
"""The most that a nucleus' darkness is off its kind's, as a share of it."""
_LARGEST = 0.1
"""The most that the logarithm of a nucleus' radius is off its kind's."""


@dataclass(frozen=True)
class Kind:
    """Nuclei of one kind: radius in pixels, darkness, and how long and irregular they may be; `alike`: how
    much of their darkness those of a patch share.
    """

    radius: float
    dark: float
    long: float = 0.25
    irregular: float = 0.0
    alike: float = 0.7

    @property
    def reach(self) -> float:
        """The farthest that one reaches from its middle, and a bit for its soft edge."""
        return self.radius * float(np.exp(_LARGEST) * np.sqrt(1 + self.long)) * (1 + self.irregular) + 1.5


_NORMAL, _PALE, _SMALL = Kind(3.6, 0.7, alike=0.0), Kind(5.2, 1.0, 0.3, 0.1), Kind(2.6, 0.9, 0.1)


def tumour(difficulty: float) -> Kind:
    """Tumour nuclei: the more difficult, the more they look like the others."""
    return Kind(6.4 - 1.2 * difficulty, 1.65 - 0.8 * difficulty, 0.3, 0.15)


@dataclass(frozen=True, eq=False)
class Nuclei:
    """Nuclei of one kind: the patch of each, (nucleus,), its middle, (2, nucleus): y and x, and by how much
    it is off its kind, -1 to 1, (4, nucleus): radius, darkness, length, direction.
    """

    kind: Kind
    patch: Whole
    places: NDArray[np.float64]
    off: NDArray[np.float64]


@dataclass(frozen=True)
class Tissue:
    """What the patches are: `rows` of them from `slides` slides, `size` pixels high and wide.

    `difficulty`, from 0 to 1: how much tumour looks like other nuclei, and how often its like stands about.
    """

    rows: int = 2000
    slides: int = 20
    size: int = SIZE
    seed: int = 0
    difficulty: float = DIFFICULTY

    @property
    def slide(self) -> Whole:
        """The slide of each patch, from 0: (row,)."""
        found: Whole = np.arange(self.rows) % self.slides
        return found

    @property
    def labels(self) -> Whole:
        """1 for tumour: (row,). Some slides have more of it than others."""
        return self._labels()[: self.rows]

    def _labels(self) -> Whole:
        """Those of whole blocks, whatever the number of rows."""
        spread = stream(self.seed, "tissue", "shares").uniform(-0.15, 0.15, self.slides)
        shares = _TUMOUR + spread - spread.mean()
        blocks = range(-(-self.rows // _BLOCK))
        drawn = [stream(self.seed, "tissue", "labels", block).random(_BLOCK) for block in blocks]
        slide = np.arange(len(blocks) * _BLOCK) % self.slides
        found: Whole = (np.concatenate(drawn) < shares[slide]).astype(np.int64)
        return found

    def pixels(self, start: int, stop: int, *, tumour: bool = True) -> NDArray[np.uint8]:
        """The patches from `start` to before `stop`: (row, height, width, channel).

        Without `tumour` every centre is normal, and all else the same to the pixel.
        """
        labels = self._labels() * tumour
        blocks = range(start // _BLOCK, -(-stop // _BLOCK))
        made = [self.block(block, labels[block * _BLOCK : (block + 1) * _BLOCK]) for block in blocks]
        first = start - blocks.start * _BLOCK
        return np.concatenate(made)[first : first + min(stop, self.rows) - start]

    def block(self, block: int, labels: Whole) -> NDArray[np.uint8]:
        """The patches of one random stream, with these labels, (patch,): the rim doesn't depend on them."""
        random, size = stream(self.seed, "tissue", "patches", block), self.size
        noise = 3 * random.standard_normal((_BLOCK, size, size, 3), dtype=np.float32)
        fine, coarse = (texture(random, size, cells) for cells in (size // 2, 6))
        eosin = 0.45 + 0.1 * texture(random, size, 8) + 0.06 * texture(random, size, size // 3)
        nuclei = darkness(_scattered(random, labels, self.difficulty), size)
        haematoxylin = (0.12 + 0.04 * coarse + nuclei) * (1 + 0.12 * fine)
        slide = np.arange(block * _BLOCK, (block + 1) * _BLOCK) % self.slides
        return _coloured(haematoxylin, eosin, self._strengths()[slide], noise)

    def _strengths(self) -> Floats:
        """How strong each slide's stains are: (slide, stain)."""
        random = stream(self.seed, "tissue", "stains")
        return np.exp(random.normal(0, 0.08, (self.slides, 2))).astype(np.float32)


def tissue(
    rows: int = 2000, slides: int = 20, size: int = SIZE, seed: int = 0, difficulty: float = DIFFICULTY
) -> tuple[NDArray[np.uint8], Whole, Whole]:
    """All patches (row, height, width, channel), whether each is tumour (row,), and its slide (row,)."""
    made = Tissue(rows, slides, size, seed, difficulty)
    return made.pixels(0, rows), made.labels, made.slide


def _coloured(haematoxylin: Floats, eosin: Floats, strengths: Floats, noise: Floats) -> NDArray[np.uint8]:
    """The light that the stains of each patch let through, with a camera's noise: (patch, y, x, channel)."""
    stains = np.maximum(haematoxylin, 0), np.maximum(eosin, 0)
    found = np.empty(noise.shape, dtype=np.uint8)
    for channel in range(noise.shape[-1]):
        one, other = (strengths * _STAINS[:, channel]).T[:, :, None, None]
        light = 250 * np.exp(-one * stains[0] - other * stains[1]) + noise[..., channel]
        found[..., channel] = np.clip(light, 0, 255)
    return found


def texture(random: np.random.Generator, size: int, cells: int) -> Floats:
    """Normal noise of about `cells` spots along a side: (patch, height, width)."""
    grid = random.standard_normal((_BLOCK, cells + 1, cells + 1), dtype=np.float32)
    places = (np.arange(size, dtype=np.float32) + 0.5) * np.float32(cells / size)
    low = places.astype(np.int64)
    part = places - low
    wide = grid[:, :, low] + part * (grid[:, :, low + 1] - grid[:, :, low])
    found: Floats = wide[:, low]
    found += part[:, None] * (wide[:, low + 1] - found)
    return found


def _scattered(random: np.random.Generator, labels: Whole, difficulty: float) -> list[Nuclei]:
    """What stands in each patch. What labels bring comes last, so that all else is the same without it."""
    own, counts = tumour(difficulty), random.integers(18, 27, _BLOCK)
    everywhere = np.repeat(np.arange(_BLOCK), counts)
    found = [
        _varied(random, _NORMAL, everywhere, random.uniform(0, SIZE, (2, len(everywhere)))),
        *(_anywhere(random, kind, _counted(random, 0.3)) for kind in (_PALE, _SMALL)),
        _in_centre(random, _PALE, _counted(random, 0.6 * difficulty)),
        _in_rim(random, own, _counted(random, 0.3 * difficulty)),
    ]
    counts = np.where(labels == 1, random.integers(5, 14, _BLOCK), 0)
    return [*found, _in_centre(random, own, counts)]


def _counted(random: np.random.Generator, share: float) -> Whole:
    """How many nuclei of a kind stand in each patch: some in a share of them, (patch,)."""
    return np.where(random.random(_BLOCK) < share, random.integers(3, 7, _BLOCK), 0)


def _anywhere(random: np.random.Generator, kind: Kind, counts: Whole) -> Nuclei:
    """So many crowded nuclei a patch."""
    patch = np.repeat(np.arange(_BLOCK), counts)
    middle = random.uniform(0, SIZE, (2, _BLOCK))[:, patch]
    return _varied(random, kind, patch, middle + random.normal(0, 1.2 * kind.radius, middle.shape))


def _in_centre(random: np.random.Generator, kind: Kind, counts: Whole) -> Nuclei:
    """So many crowded nuclei a patch, wholly in its centre."""
    patch = np.repeat(np.arange(_BLOCK), counts)
    low, high = SIZE / 3 + kind.reach, 2 * SIZE / 3 - kind.reach
    middle = random.uniform(low, high, (2, _BLOCK))[:, patch]
    places = np.clip(middle + random.normal(0, kind.radius, middle.shape), low, high)
    return _varied(random, kind, patch, places)


def _in_rim(random: np.random.Generator, kind: Kind, counts: Whole) -> Nuclei:
    """So many crowded nuclei a patch, wholly outside of its centre: on one side of it, along one axis."""
    patch = np.repeat(np.arange(_BLOCK), counts)
    axis, near = random.integers(0, 2, _BLOCK)[patch], (random.random(_BLOCK) < 0.5)[patch]
    places = random.uniform(0, SIZE, (2, _BLOCK))[:, patch]
    places += random.normal(0, 1.2 * kind.radius, places.shape)
    edge = SIZE / 3 - kind.reach
    away = edge - random.uniform(0, edge, _BLOCK)[patch] + random.normal(0, kind.radius, len(patch))
    away = np.minimum(away, edge)
    places[axis, np.arange(len(patch))] = np.where(near, away, SIZE - away)
    return _varied(random, kind, patch, places)


def _varied(random: np.random.Generator, kind: Kind, patch: Whole, places: NDArray[np.float64]) -> Nuclei:
    """Nuclei at their places; those of a patch are more alike in their darkness than those of others."""
    off, alike = random.uniform(-1, 1, (4, len(patch))), random.uniform(-1, 1, _BLOCK)
    off[1] = kind.alike * alike[patch] + (1 - kind.alike) * off[1]
    return Nuclei(kind, patch, places, off)


def darkness(kinds: list[Nuclei], size: int) -> Floats:
    """How dark nuclei make each pixel, the darkest one where they overlap: (patch, height, width)."""
    margin = int(np.ceil(max(nuclei.kind.reach for nuclei in kinds) * size / SIZE)) + 1
    canvas = np.zeros((_BLOCK, size + 2 * margin, size + 2 * margin), dtype=np.float32)
    for nuclei in kinds:
        _draw(canvas, nuclei, size, margin)
    return canvas[:, margin:-margin, margin:-margin]


def _draw(canvas: Floats, nuclei: Nuclei, size: int, margin: int) -> None:
    """Draw nuclei of one kind, each in a window around its middle; those out of sight are left out."""
    kind, scale = nuclei.kind, size / SIZE
    middle = nuclei.places * scale + margin
    reach = int(np.ceil(kind.reach * scale))
    seen = ((middle >= reach) & (middle < canvas.shape[1] - reach - 1)).all(axis=0)
    middle, patch, off = middle[:, seen], nuclei.patch[seen], nuclei.off[:, seen, None, None]
    corner = np.round(middle).astype(np.int64)
    window = np.arange(-reach, reach + 1)
    y, x = (corner[:, :, None] + window - middle[:, :, None]).astype(np.float32)
    shade = _shade(y[:, :, None], x[:, None, :], kind, scale, off.astype(np.float32))
    rows, columns = corner[:, :, None] + window
    places = (patch[:, None, None] * canvas.shape[1] + rows[:, :, None]) * canvas.shape[2] + columns[:, None]
    np.maximum.at(canvas.reshape(-1), places.reshape(-1), shade.reshape(-1))


def _shade(y: Floats, x: Floats, kind: Kind, scale: float, off: Floats) -> Floats:
    """How dark each pixel of each nucleus' window is, (nucleus, height, width), from the window's places
    around its middle: an ellipse, turned, with three bumps and a soft edge.
    """
    radius = kind.radius * scale * np.exp(_LARGEST * off[0])
    long = np.sqrt(1 + kind.long * np.abs(off[2]))
    down, right = np.sin(np.pi * off[3]), np.cos(np.pi * off[3])
    along, across = (x * right + y * down) / long, (y * right - x * down) * long
    distance = np.hypot(along, across) + np.float32(1e-6)
    bumps = (along**3 - 3 * along * across**2) / distance**3
    inside = radius * (1 + kind.irregular * np.abs(off[1]) * bumps) - distance
    shade: Floats = kind.dark * (1 + _DARKEST * off[1]) * np.clip(inside / np.float32(1.2) + 0.5, 0, 1)
    return shade.astype(np.float32)
