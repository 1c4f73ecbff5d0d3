"""Texts as a pretrained transformer's own tokenizer parts them: its tokens, in their order.

Sennrich, Haddow & Birch, ACL 2016. The tokenizer is read from `tokenizer.json` by the package tokenizers,
which runs no code of a model's folder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.data.text.encoders import model_folder, own_length
from paribus.errors import DataError, StudyError
from paribus.study.representation import Representation

FILE = "tokenizer.json"
ENDED, FIRST = 0, 1
"""The place where a text has ended, and that of the token with the number 0."""
_BREAK = re.compile(r"<br\s*/?>")
_ASIDE = ("truncation", "padding", "version")
"""What of a tokenizer's file changes no token: a study says how many are read."""


class ModelTokenizer:
    """A tokenizer that reads the first `length` tokens of a text, its own signs of begin and end among them.

    `told`: what its file says.
    """

    def __init__(self, told: str, length: int, where: str) -> None:
        """`where`: the file, for messages. Raises StudyError for too few tokens, else DataError."""
        if find_spec("tokenizers") is None:
            raise StudyError(
                f"{where} needs a package that isn't installed: pip install -c constraints.txt"
                " 'paribus[pretrained]'"
            )
        from tokenizers import Tokenizer  # noqa: PLC0415  (the extra `pretrained`)

        self.told, self.length = told, length
        try:
            self.tokenizer = Tokenizer.from_str(told)
        except Exception as error:  # its errors share no class of their own
            raise DataError(
                f"{where} can't be read as a tokenizer ({' '.join(str(error).split())[:200]}): save the"
                " tokenizer again, with Transformers' save_pretrained"
            ) from None
        if length <= (signs := self.tokenizer.num_special_tokens_to_add(is_pair=False)):
            raise StudyError(
                f"prepare.represent: {length} tokens leave no place for a text's own, since this tokenizer"
                f" adds {signs}: use more, such as 128"
            )
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(max_length=length)

    @property
    def size(self) -> int:
        """The number of tokens that it knows."""
        return int(self.tokenizer.get_vocab_size(with_added_tokens=True))

    @property
    def rules(self) -> dict[str, Any]:
        """All that decides which tokens a text has: equal for tokenizers that part all texts alike."""
        rules: dict[str, Any] = json.loads(self.tokenizer.to_str())
        return {name: rule for name, rule in rules.items() if name not in _ASIDE}

    def places(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """Each text's tokens, (text, length): a token's number + 1, 0 after the last; <br /> is a space."""
        found = np.full((len(texts), self.length), ENDED, dtype=np.int32)
        parted = self.tokenizer.encode_batch([_BREAK.sub(" ", text) for text in texts])
        for row, each in zip(found, parted, strict=True):
            row[: len(each.ids)] = np.array(each.ids, dtype=np.int32) + FIRST
        return found


def token_length(asked: Representation) -> int:
    """How many tokens of a text are read. Raises StudyError without the model."""
    return asked.length or own_length(model_folder(asked))


def tokenizer_of(asked: Representation) -> ModelTokenizer:
    """The tokenizer that a representation names.

    Raises StudyError for one that isn't there, DataError for one that can't be read.
    """
    folder = model_folder(asked)
    return read_tokenizer(folder, asked.length or own_length(folder))


def read_tokenizer(folder: Path, length: int) -> ModelTokenizer:
    """The tokenizer of a model's folder. Raises DataError where there is none."""
    path = folder / FILE
    try:
        told = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path} can't be read ({' '.join(str(error).split())[:200]}): save the model's tokenizer there,"
            " with AutoTokenizer.from_pretrained(...).save_pretrained(...) of Transformers"
        ) from None
    return ModelTokenizer(told, length, str(path))
