"""One image: from what its file holds to pixels of 8 bit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from posixpath import splitext
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from paribus.decoding.files import Broken, Content

SUFFIXES: Mapping[str, str] = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".png": "PNG",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".bmp": "BMP",
}
"""What files of images end in, and what they hold."""
FORMATS = tuple(dict.fromkeys(SUFFIXES.values()))
_GREY = ("1", "L", "LA", "I")
_DEEP = ("I;16", "I;16B", "I;16L", "I;16N")
_CONVERTED = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "HSV")
_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
"""Of arrays, by their channels."""
DEEP = 65_535
"""The largest value of 16 bits."""
LONGEST = 2**16
"""Pixels of a side, at most: the squares of so many fit 32 bits."""


@dataclass(frozen=True)
class Asked:
    """What every image becomes. `resized`: brought to this height and width, or refused if it has others."""

    height: int
    width: int
    channels: int
    resized: bool

    @property
    def shape(self) -> tuple[int, int, int]:
        """(height, width, channel)."""
        return self.height, self.width, self.channels


@dataclass(frozen=True)
class Decoded:
    """`pixels`: (height, width, channel) uint8, None if they are refused; how the file was: its `mode` as
    Pillow calls it, `RGB;16` with 16 bit a channel, its `height` and `width`, and the largest value of 16-bit
    pixels.
    """

    mode: str
    height: int
    width: int
    pixels: NDArray[np.uint8] | None = None
    largest: int = 0


def look(content: Content, name: str) -> Decoded | Broken:
    """The mode and the size, without the pixels."""
    if isinstance(content, Broken):
        return content
    if isinstance(content, np.ndarray):
        return Decoded(_array_mode(content), *content.shape[:2])
    try:
        with _opened(content, name) as image:
            return Decoded(_mode(image), image.height, image.width)
    except Exception as error:  # a damaged file may raise anything; it is told by name with all others
        return _reason(error, content, name)


def decode(content: Content, name: str, asked: Asked) -> Decoded | Broken:
    """The pixels as `asked`, or why there are none. `name` must end as what the file holds."""
    if isinstance(content, Broken):
        return content
    if isinstance(content, np.ndarray):
        return _of_array(content, asked)
    try:
        with _opened(content, name) as image:
            return _pixels(image, asked)
    except Exception as error:  # a damaged file may raise anything; it is told by name with all others
        return _reason(error, content, name)


@contextmanager
def calm() -> Iterator[None]:
    """While images are decoded: no word of odd headers, and no image larger than Pillow trusts."""
    with catch_warnings():
        simplefilter("ignore")
        simplefilter("error", Image.DecompressionBombWarning)
        yield


def is_grey(mode: str) -> bool:
    """Whether images of this mode have no colour."""
    return mode.partition(";")[0] in _GREY


def _opened(content: bytes, name: str) -> Image.Image:
    expected = SUFFIXES.get(splitext(name)[1].lower())
    return Image.open(BytesIO(content), formats=(expected,) if expected else FORMATS)


def _reason(error: Exception, content: bytes, name: str) -> Broken:
    """Why a file can't be read, as its owner would say it."""
    if not content:
        return Broken("is empty: 0 bytes")
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return Broken("has more pixels than an image can be trusted with")
    if isinstance(error, UnidentifiedImageError):
        suffix = splitext(name)[1].lower()
        if suffix in SUFFIXES and (held := _held(content)):
            return Broken(f"holds {held}, though its name ends in {suffix}")
        return Broken("is no image, or a damaged one")
    told = re.sub(r"<[^>]*>", "", str(error)).strip()
    if "truncated" in told.lower() or isinstance(error, EOFError):
        return Broken("is cut off")
    return Broken(f"is damaged: {told or type(error).__name__}")


def _held(content: bytes) -> str | None:
    """The kind of image that a file is, whatever it is called."""
    try:
        with Image.open(BytesIO(content)) as image:
            return image.format
    except Exception:  # as above
        return None


def _mode(image: Image.Image) -> str:
    """The mode; with `;16` where 16 bits of each channel are read as 8."""
    tiles: list[Any] = getattr(image, "tile", None) or []
    raw = tiles[0][3] if tiles else ""
    raw = raw[0] if isinstance(raw, tuple) and raw else raw
    deep = isinstance(raw, str) and ";16" in raw and ";16" not in image.mode
    return f"{image.mode};16" if deep else image.mode


def _pixels(image: Image.Image, asked: Asked) -> Decoded | Broken:
    mode, height, width = _mode(image), image.height, image.width
    fits = (height, width) == (asked.height, asked.width)
    if max(height, width) > LONGEST:
        return Broken(f"is {height:,}×{width:,} pixels: a side has {LONGEST:,} at most")
    if not fits and not asked.resized:
        image.load()  # what is cut off is told so, whatever its size
        return Decoded(mode, height, width)
    largest = 0
    if image.mode in _DEEP:
        deep = np.asarray(image)
        largest, image = int(deep.max()), Image.fromarray(_to_8_bits(deep))
    elif image.mode not in _CONVERTED:
        return Broken(f"has pixels of the kind {image.mode}: save it as grey or RGB, 8 or 16 bits")
    wanted = "L" if asked.channels == 1 else "RGB"
    if image.mode != wanted:
        image = image.convert(wanted)
    if not fits:
        image = image.resize((asked.width, asked.height), Image.Resampling.BILINEAR)
    pixels = np.frombuffer(image.tobytes(), dtype=np.uint8).reshape(asked.shape)
    return Decoded(mode, height, width, pixels, largest)


def _to_8_bits(deep: NDArray[Any]) -> NDArray[np.uint8]:
    """0 to 65,535 as 0 to 255, to the nearest."""
    return ((deep.astype(np.uint32) * 255 + DEEP // 2) // DEEP).astype(np.uint8)


def _array_mode(array: NDArray[Any]) -> str:
    mode = _MODES[array.shape[2] if array.ndim == 3 else 1]
    return f"{mode};16" if array.dtype.itemsize == 2 else mode


def _of_array(array: NDArray[Any], asked: Asked) -> Decoded | Broken:
    mode, (height, width) = _array_mode(array), array.shape[:2]
    fits, largest = (height, width) == (asked.height, asked.width), 0
    if not fits and not asked.resized:
        return Decoded(mode, height, width)
    if array.dtype.itemsize == 2:
        largest, array = int(array.max()), _to_8_bits(array)
    array = array[:, :, None] if array.ndim == 2 else array[:, :, : 3 if array.shape[2] == 4 else None]
    if fits and array.shape[2] == asked.channels:
        return Decoded(mode, height, width, array, largest)
    image = Image.fromarray(np.ascontiguousarray(array[:, :, 0] if array.shape[2] == 1 else array))
    wanted = "L" if asked.channels == 1 else "RGB"
    image = image.convert(wanted).resize((asked.width, asked.height), Image.Resampling.BILINEAR)
    return Decoded(mode, height, width, np.asarray(image).reshape(asked.shape), largest)
