"""The folder of a study: one study, one run at a time, files written whole or not at all."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from hashlib import blake2b, file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from paribus._version import __version__
from paribus.data.text.beside import found
from paribus.data.text.encoders import model_digest, model_folder
from paribus.data.text.vectors import file_of
from paribus.errors import DataError, InterruptedStudyError, StudyError
from paribus.execute.device import arithmetic
from paribus.networks.module import code_digest
from paribus.store.record import Record
from paribus.store.recorded import read_record
from paribus.study.changes import changes, study_hash
from paribus.study.fit import represented
from paribus.study.representation import ENCODED
from paribus.study.sections.levels import Range
from paribus.study.spec import Study
from paribus.study.toml import format_study

STUDY = "study.toml"
SHOWN_CHANGES = 12


@contextmanager
def claim(folder: Path, study: Study, fingerprint: str, device: str = "cpu") -> Iterator[Record]:
    """The record of `study` in `folder`, made if it isn't there to be trained on `device`, for this process
    alone.

    Raises `StudyError` if the folder holds another study, can't be written, or is in use;
    `DataError` if it holds this study on other data.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise StudyError(
            f"{folder}: another run is writing here; wait for it, or choose another --out"
        ) from None
    except OSError as error:
        raise StudyError(
            f"{folder}: can't be written ({error.strerror}): choose another folder with --out"
        ) from None
    try:
        with Record.at(folder, create=True) as record:
            _same(record, folder, study, fingerprint, device)
            yield record
    finally:
        lock.release()


def _same(record: Record, folder: Path, study: Study, fingerprint: str, device: str) -> None:
    """Hold the record against what is to be run; a new one is given its facts."""
    if record.fact("study") is None:
        record.put_facts(
            study=format_study(study),
            study_hash=study_hash(study),
            fingerprint=fingerprint,
            versions=versions(device),
            code=code_of(study),
        )
    elif record.fact("study_hash") != study_hash(study) and (listed := changes(read_record(record), study)):
        more = [f"... and {len(listed) - SHOWN_CHANGES} more"] if len(listed) > SHOWN_CHANGES else []
        told = "\n  ".join([*listed[:SHOWN_CHANGES], *more])
        raise StudyError(
            f"{folder} holds another study: results of two studies are never mixed."
            f" Changed since it was made:\n  {told}\n"
            f"Run this one into a folder of its own (--out DIR), or remove {folder}"
        )
    elif record.fact("fingerprint") != fingerprint:
        raise DataError(
            f"{study.data.source}: the data changed since {folder} was made (fingerprint"
            f" {record.fact('fingerprint')} → {fingerprint}):"
            " run into another folder (--out DIR), or restore the data"
        )
    elif (record.fact("code") or {}) != code_of(study):
        raise StudyError(
            f"{folder}: the code of network.module, a file of words' vectors or a pretrained model changed"
            " since it was made: what has one name is never mixed. Run into a folder of its own (--out DIR),"
            " or restore the file"
        )
    elif record.fact("study") != format_study(study):  # by what isn't of the trials: [deliver], [track]
        record.put_facts(study=format_study(study))
    write(folder / STUDY, format_study(study))


def code_of(study: Study) -> dict[str, str]:
    """A digest of each network's code, file of words' vectors, sentence encoder and folder of pretrained
    weights that the study names.
    """
    named = {study.network.module, *_levels(study, "network.module")} - {None, "None"}
    sources = {study.network.vectors, *_levels(study, "network.vectors")}
    texts = represented(study)
    sources |= {each.source for each in texts if each.weight == "vectors"}
    files = {source: path for source in map(str, sources) if (path := file_of(source))}
    encoders = {each.source for each in texts if each.weight in ENCODED}
    pretrained = {study.network.weights, *_levels(study, "network.weights")} - {None, "None"}
    bodies = {name: folder for name in map(str, pretrained) if (folder := found(name)) and folder.is_dir()}
    return {
        **{name: model_digest(bodies[name]) for name in sorted(bodies)},
        **{str(path): code_digest(str(path)) for path in sorted(map(str, named))},
        **{source: _digest(files[source]) for source in sorted(files)},
        **{source: model_digest(model_folder(source)) for source in sorted(encoders)},
    }


def _digest(path: Path) -> str:
    """Of a file, which may be larger than memory."""
    with path.open("rb") as file:
        return file_digest(file, partial(blake2b, digest_size=8)).hexdigest()


def _levels(study: Study, factor: str) -> set[Any]:
    """Whatever the study's stages and questions set a factor to."""
    listed = [stage.factors.get(factor, ()) for stage in study.stage]
    asked = [question.levels for question in study.question if question.vary == factor]
    held = {question.hold[factor] for question in study.question if factor in question.hold}
    return held | {level for levels in (*listed, *asked) if not isinstance(levels, Range) for level in levels}


def write(path: Path, content: str | bytes) -> None:
    """Write a file whole: a reader never meets half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_bytes(content.encode() if isinstance(content, str) else content)
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise InterruptedStudyError(
            f"{path}: can't be written ({error.strerror}). What was trained is kept: make room,"
            " then run the same command again"
        ) from None


def versions(device: str = "cpu") -> dict[str, str]:
    """The versions of what the numbers depend on, trained on `device`."""
    names = ("torch", "numpy", "scikit-learn", "scipy", "pandas")
    return {
        "paribus": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in names},
        "arithmetic": arithmetic(device),
    }
