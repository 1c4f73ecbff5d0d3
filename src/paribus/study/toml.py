"""Study files: a `Study` from TOML and back.

Raises `StudyError` with the file, the line, the key's dotted path, the value and what is allowed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError

from paribus.errors import StudyError, nearest
from paribus.study.lines import line_of
from paribus.study.plan import plan
from paribus.study.problems import Problem, problems
from paribus.study.spec import Study

_HEADER = ("name", "seed")


def read_study(path: Path, settings: Sequence[str] = ()) -> Study:
    """The study that stands in the file `path`, with `settings` (`path=value`) put over it."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        beside = [file.name for file in path.parent.glob("*.toml")] if path.parent.is_dir() else []
        listed = f" (study files there: {', '.join(sorted(beside))})" if beside else ""
        raise StudyError(f"{path}: no such file{nearest(path.name, beside)}{listed}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(f"{path}: can't be read as a text file: {error}") from None
    return parse_study(text, str(path), settings)


def parse_study(text: str, where: str = "study", settings: Sequence[str] = ()) -> Study:
    """The study that `text` declares; `where` is the file's name in messages."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StudyError(f"{where}: not valid TOML: {error}") from None
    for setting in settings:
        _put(document, setting)
    try:
        study = Study(**_fields(document, where))
    except StudyError as error:
        if not isinstance(error.__cause__, ValidationError):
            raise
        found = [_as_in_file(problem) for problem in problems(error.__cause__, Study)]
        raise StudyError("\n".join(_located(problem, text, where) for problem in found)) from None
    try:
        plan(study)
    except StudyError as error:
        raise StudyError(f"{where}: {error}") from None
    return study


def format_study(study: Study) -> str:
    """The study as TOML, every setting written out."""
    document = tomlkit.document()
    document["study"] = {key: getattr(study, key) for key in _HEADER}
    for section in ("data", "protocol", "prepare", "network", "train"):
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


def _fields(document: dict[str, Any], where: str) -> dict[str, Any]:
    header = document.get("study", {})
    if not isinstance(header, dict):
        raise StudyError(f"{where}: study: must be a table [study] with a name, received {header!r}")
    if unknown := [key for key in header if key not in _HEADER]:
        raise StudyError(
            f"{where}: study.{unknown[0]}: unknown key '{unknown[0]}'{nearest(unknown[0], _HEADER)}"
            f" (allowed: {', '.join(_HEADER)})"
        )
    if stray := [key for key in _HEADER if key in document]:
        raise StudyError(f"{where}: {stray[0]}: belongs under [study]")
    return {**{key: value for key, value in document.items() if key != "study"}, **header}


def _as_in_file(problem: Problem) -> Problem:
    if problem.path and problem.path[0] in _HEADER:
        return Problem(("study", *problem.path), f"study.{problem.message}")
    return problem


def _located(problem: Problem, text: str, where: str) -> str:
    line = line_of(text, problem.path)
    return f"{where}{f', line {line}' if line else ''}: {problem.message}"


def _put(document: dict[str, Any], setting: str) -> None:
    """Put one `path=value` over the document; a stage or question is named by its name."""
    path, equals, value = setting.partition("=")
    if not equals or not path.strip():
        raise StudyError(f"--set {setting}: must be path=value, as in --set train.epochs=5")
    keys = _keys(path.strip(), setting)
    table: Any = document
    for position, key in enumerate(keys[:-1]):
        if isinstance(table, list):
            named = {item.get("name"): item for item in table if isinstance(item, dict)}
            if key not in named:
                raise StudyError(
                    f"--set {setting}: no {keys[position - 1]} is named '{key}'{nearest(key, map(str, named))}"
                    f" (named: {', '.join(map(str, named))})"
                )
            table = named[key]
        else:
            table = table.setdefault(key, {})
        if not isinstance(table, dict | list):
            raise StudyError(f"--set {setting}: '{key}' is a value, not a table")
    if isinstance(table, list):
        raise StudyError(f"--set {setting}: say which key, as in {path}.keep=best")
    table[keys[-1]] = _value(value.strip())


def _keys(path: str, setting: str) -> list[str]:
    try:
        nested: Any = tomllib.loads(f"{path} = 0")
    except tomllib.TOMLDecodeError:
        raise StudyError(f"--set {setting}: '{path}' is no dotted path, as train.epochs is one") from None
    keys = []
    while isinstance(nested, dict):
        key, nested = next(iter(nested.items()))
        keys.append(key)
    return keys


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
