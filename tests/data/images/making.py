"""Small image files of every kind, sound and broken."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from paribus.data.images.cache import Progress
from paribus.data.load import load
from paribus.data.table import Table
from paribus.study.spec import Data


def pixels(seed: int, height: int = 8, width: int = 8, channels: int = 3) -> NDArray[np.uint8]:
    """Random ones: (height, width, channel)."""
    shape = (height, width, channels)
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def encoded(image: Image.Image | NDArray[Any], kind: str = "PNG", **settings: Any) -> bytes:
    """An image file's bytes."""
    held = BytesIO()
    picture = image if isinstance(image, Image.Image) else Image.fromarray(image.squeeze())
    picture.save(held, kind, **settings)
    return held.getvalue()


def write(folder: Path, name: str, content: bytes) -> Path:
    """A file below `folder`, with the folders that it lies in."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def classes(folder: Path, count: int = 4, prefix: str = "") -> dict[str, NDArray[np.uint8]]:
    """`count` images of each of two classes, as PNG: their pixels by name."""
    made = {}
    for place, label in enumerate(("normal", "tumour")):
        for number in range(count):
            name = f"{prefix}{label}/slide{number % 2}_{number}.png"
            made[name] = pixels(100 * place + number)
            write(folder, name, encoded(made[name]))
    return made


def read(source: Path, progress: Progress | None = None, seed: int = 42, **settings: Any) -> Table:
    """A source of images as a table: columns image and label."""
    asked: dict[str, Any] = {"source": str(source), "image": "image", "target": "label", **settings}
    return load(Data(**asked), folder=source.parent, progress=progress, seed=seed)
