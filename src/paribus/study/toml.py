"""Study files: a `Study` from TOML and back.

Raises `StudyError` with the file, the line, the key's dotted path, the value and what is allowed.
"""

from __future__ import annotations

import pathlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import tomlkit

from paribus.errors import StudyError, nearest
from paribus.study.lines import line_of
from paribus.study.plan import plan
from paribus.study.problems import Path, Problem, WrongStudyError, shown, unknown_key
from paribus.study.settings import put_over
from paribus.study.spec import Study

_HEADER = ("name", "seed")


def read_study(path: pathlib.Path | str, settings: Sequence[str] = ()) -> Study:
    """The study that stands in the file `path`, with `settings` (`path=value`) put over it."""
    path = pathlib.Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise StudyError(f"{path}: no such file{_beside(path.parent, path.name)}") from None
    except IsADirectoryError:
        raise StudyError(f"{path}: is a folder: name the study file in it{_beside(path)}") from None
    except UnicodeDecodeError as error:
        raise StudyError(f"{path}: is no text in UTF-8 ({error.reason}): a study is a TOML file") from None
    except (OSError, ValueError) as error:
        raise StudyError(f"{path}: can't be read: {getattr(error, 'strerror', error)}") from None
    return parse_study(text, str(path), settings)


def _beside(folder: pathlib.Path, name: str = "") -> str:
    """The study files of a folder, the one nearest to `name` first, as a hint."""
    found = sorted(file.name for file in folder.glob("*.toml")) if folder.is_dir() else []
    return nearest(name, found) + (f" (study files there: {', '.join(found)})" if found else "")


def parse_study(text: str, where: str = "study", settings: Sequence[str] = ()) -> Study:
    """The study that `text` declares; `where` is the file's name in messages."""
    with located(text, where, settings):
        study = _study(_document(text, where, settings)[0])
        plan(study)
    return study


def parse_recorded(text: str, where: str) -> Study:
    """The same of a study that was run: it was planned then, and its configurations stand in its record."""
    with located(text, where, ()):
        return _study(_document(text, where, ())[0])


def _study(document: dict[str, Any]) -> Study:
    fields = _fields(document)
    try:
        return Study(**fields)
    except WrongStudyError as error:
        raise WrongStudyError(map(_as_in_file, error.problems)) from None


@contextmanager
def told_in_file(path: pathlib.Path, settings: Sequence[str] = ()) -> Iterator[None]:
    """`located` for what comes up after the file `path` was read."""
    with located(path.read_text(encoding="utf-8-sig"), str(path), settings):
        yield


@contextmanager
def located(text: str, where: str, settings: Sequence[str] = ()) -> Iterator[None]:
    """Problems raised inside name the file and the line, or the `--set`, of their keys."""
    try:
        yield
    except WrongStudyError as error:
        put = _document(text, where, settings)[1]
        found = sorted(_locate(problem, text, where, put) for problem in error.problems)
        raise StudyError("\n".join(told for _, told in found)) from None


def _locate(problem: Problem, text: str, where: str, put: Mapping[Path, str]) -> tuple[int, str]:
    """The line, 0 where it isn't known, and the whole message."""
    for end in range(len(problem.path), 0, -1):
        if setting := put.get(problem.path[:end]):
            return 0, f"--set {setting}: {problem}"
    line = line_of(text, problem.path)
    return line or 0, f"{where}{f', line {line}' if line else ''}: {problem}"


def _document(text: str, where: str, settings: Sequence[str]) -> tuple[dict[str, Any], dict[Path, str]]:
    """The file's tables with the settings put over them, and the path that each setting has set."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: also a whole number of 5,000 digits
        raise StudyError(f"{where}: not valid TOML: {error}") from None
    return document, {put_over(document, setting): setting for setting in settings}


def format_study(study: Study) -> str:
    """The study as TOML, every setting written out."""
    document = tomlkit.document()
    document["study"] = {key: getattr(study, key) for key in _HEADER}
    for section in ("data", "protocol", "prepare", "network", "train", "deliver", "track"):
        document[section] = _plain(getattr(study, section).model_dump())
    for kind in ("stage", "question"):
        if listed := getattr(study, kind):
            tables = tomlkit.aot()
            for item in listed:
                tables.append(tomlkit.item(_plain(item.model_dump())))
            document[kind] = tables
    return tomlkit.dumps(document)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _fields(document: dict[str, Any]) -> dict[str, Any]:
    """The fields of `Study`: the tables, and what stands in [study]."""
    header = document.get("study", {})
    if not isinstance(header, dict):
        raise WrongStudyError([Problem(("study",), f"must be a table [study], received {shown(header)}")])
    tables = ["study", *(name for name in Study.model_fields if name not in _HEADER)]
    wrong = [
        Problem(
            (*table, key),
            "belongs in [study]" if key in _HEADER else unknown_key(key, allowed, Study),
        )
        for table, keys, allowed in (((), document, tables), (("study",), header, _HEADER))
        for key in keys
        if key not in allowed
    ]
    if wrong:
        raise WrongStudyError(wrong)
    return {**{key: value for key, value in document.items() if key != "study"}, **header}


def _as_in_file(problem: Problem) -> Problem:
    in_header = problem.path and problem.path[0] in _HEADER
    return problem.under(("study",)) if in_header else problem
