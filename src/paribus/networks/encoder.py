"""A pretrained transformer's summary of each text, or its tokens: nothing is learned, so they are kept.

Reimers & Gurevych, EMNLP 2019: the vectors of a text's pieces of words, pooled, and brought to length 1 where
the model's own files say so.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from paribus.data.sources.cache import cache_folder
from paribus.data.text.encoders import (
    Encode,
    Encoding,
    encoder_size,
    model_digest,
    model_folder,
    own_length,
    pools_first,
)
from paribus.data.text.model_tokens import read_tokenizer, tokenizer_of
from paribus.errors import DataError
from paribus.study.representation import ENCODED, Representation

TEXTS_AT_ONCE = 64
"""Texts that are read side by side, of about equal length."""
BATCHES_KEPT = 8
"""That are kept together: what an interruption costs at most, on each core."""
SECONDS_BETWEEN = 60.0
"""What is told of progress, at least."""
_BREAK = re.compile(r"<br\s*/?>")

Told = Callable[[int, int], None]
"""Hears of progress: texts done, of how many."""
Reads = Callable[[Sequence[str]], NDArray[Any]]
"""What a model makes of texts: (text, size)."""


def encode(
    asked: Representation,
    texts: Sequence[str],
    keys: NDArray[np.uint64],
    workers: int = 1,
    told: Told | None = None,
) -> Encoding:
    """Each text's vector or tokens, (text, size). `keys`: equal for equal texts, (text,).

    Texts go in blocks of about equal length; a block that was computed before is read from the cache, so that
    an interrupted run goes on where it was, to the bit. Raises StudyError for a model that isn't there,
    DataError for one that can't be read.
    """
    folder = model_folder(asked)
    made = "tokens" if asked.weight == "tokenizer" else asked.precision
    name = f"{model_digest(folder)}-{asked.length}-{made}"
    kept = cache_folder(f"encoded/{name}")
    order = np.lexsort((keys, np.array([len(text) for text in texts])))
    size = TEXTS_AT_ONCE * BATCHES_KEPT
    blocks = [order[start : start + size] for start in range(0, len(order), size)]
    paths = [kept / f"{blake2b(keys[block].tobytes(), digest_size=16).hexdigest()}.npy" for block in blocks]
    todo = [place for place, path in enumerate(paths) if not path.is_file()]
    done = len(texts) - sum(len(blocks[place]) for place in todo)
    for place in _encoded(asked, folder, texts, blocks, paths, todo, workers):
        done += len(blocks[place])
        if told:
            told(done, len(texts))
    places = np.empty(len(texts), dtype=np.int64)
    places[order] = np.arange(len(texts))
    return Encoding(tuple(paths), places)


def encoders_of(
    represented: Iterable[Representation], workers: int, note: Callable[[str], None]
) -> dict[str, Encode]:
    """What encodes texts, by the name of each sentence encoder and tokenizer among `represented`; none for no
    workers.

    Raises StudyError for a model that isn't there, DataError for one that can't be read. `note` is told of
    work that takes long.
    """
    asked = [each for each in represented if each.weight in ENCODED]
    for each in asked:
        encoder_size(each) if each.weight == "sentence" else tokenizer_of(each)
    return {each.name: _Encode(each, workers, note) for each in asked if workers}


class _Encode:
    """Encodes texts, and says now and then how far it is."""

    def __init__(self, asked: Representation, workers: int, note: Callable[[str], None]) -> None:
        self.asked, self.workers, self.note = asked, workers, note

    def __call__(self, texts: Sequence[str], keys: NDArray[np.uint64]) -> Encoding:
        self.begun = self.last = perf_counter()
        return encode(self.asked, texts, keys, self.workers, self._tell)

    def _tell(self, done: int, of: int) -> None:
        if (now := perf_counter()) > self.last + SECONDS_BETWEEN or done == of:
            self.last = now
            self.note(
                f"{self.asked.name}: {done:,} of {of:,} texts are encoded, in {now - self.begun:,.0f} s; what"
                " is done is kept"
            )


def _encoded(
    asked: Representation,
    folder: Path,
    texts: Sequence[str],
    blocks: Sequence[NDArray[np.int64]],
    paths: Sequence[Path],
    todo: Sequence[int],
    workers: int,
) -> Iterator[int]:
    """Encode the blocks `todo`, the longest texts first, each by a thread; each block's place as it ends."""
    if not todo:
        return
    reads, threads = _reader(folder, asked), torch.get_num_threads()

    def keep(place: int) -> int:
        _write(paths[place], reads([texts[text] for text in blocks[place]]))
        return place

    pool = ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,))
    try:
        for future in as_completed([pool.submit(keep, place) for place in reversed(todo)]):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(threads)


def _reader(folder: Path, asked: Representation) -> Reads:
    if asked.weight == "tokenizer":
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # the blocks are parallel
        return read_tokenizer(folder, asked.length or own_length(folder)).places
    return Encoder(folder, asked).vectors


def _write(path: Path, vectors: NDArray[Any]) -> None:
    """Whole, or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with part.open("wb") as file:
            np.save(file, vectors)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class Encoder:
    """A transformer with its tokenizer, read from a folder. No code of the folder's own is run."""

    def __init__(self, folder: Path, asked: Representation) -> None:
        """Raises DataError for files that aren't a model."""
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # the blocks are parallel
        from transformers import AutoModel, AutoTokenizer  # noqa: PLC0415  (the extra `pretrained`)
        from transformers.utils import logging  # noqa: PLC0415

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self.tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            self.model = AutoModel.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, dtype=getattr(torch, asked.precision)
            ).eval()
            own = own_length(folder)
            self.first = pools_first(folder)
            self.to_length_1 = any("Normalize" in str(step) for step in _steps(folder))
            self.longest, self.alone = min(own, asked.length or own), Lock()
            self._batch(["one text"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"{folder} can't be read as a model of Transformers that encodes texts:"
                f" {' '.join(str(error).split())[:300]}"
            ) from None

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Each text's vector, (text, size)."""
        found = [
            self._batch([_BREAK.sub(" ", text) for text in texts[start : start + TEXTS_AT_ONCE]])
            for start in range(0, len(texts), TEXTS_AT_ONCE)
        ]
        return np.concatenate(found)

    def _batch(self, texts: Sequence[str]) -> NDArray[np.float32]:
        with self.alone:  # a tokenizer is no thing to share between threads
            given = self.tokenizer(
                list(texts), padding=True, truncation=True, max_length=self.longest, return_tensors="pt"
            )
        with torch.inference_mode():
            words: Tensor = self.model(**given).last_hidden_state.float()
        there = given["attention_mask"][..., None].to(words)
        pooled = words[:, 0] if self.first else (words * there).sum(1) / there.sum(1).clamp(min=1)
        if self.to_length_1:
            pooled = torch.nn.functional.normalize(pooled)
        vectors: NDArray[np.float32] = pooled.numpy(force=True)
        return vectors


def _steps(folder: Path) -> Sequence[object]:
    """What follows the transformer, by sentence-transformers' files."""
    path = folder / "modules.json"
    return list(json.loads(path.read_bytes())) if path.is_file() else []
