"""Settings from the command line: `path=value`, put over what a study file says."""

from __future__ import annotations

import tomllib
from typing import Any

from paribus.errors import StudyError, nearest
from paribus.study.problems import Path, shown


def put_over(document: dict[str, Any], setting: str) -> Path:
    """Put one `path=value` over `document`; the path that was set.

    A stage or question is named by its name. Raises `StudyError` for what is no such setting.
    """
    told, equals, value = setting.partition("=")
    if not equals or not told.strip():
        raise StudyError(f"--set {setting}: must be path=value, as in --set train.epochs=5")
    path: Path = ()
    table: Any = document
    *outer, last = _keys(told.strip(), setting)
    for key in outer:
        if isinstance(table, list):
            position = _named(table, key, setting)
            path, table = (*path, position), table[position]
        else:
            path, table = (*path, key), table.setdefault(key, {})
        if not isinstance(table, dict | list):
            raise StudyError(f"--set {setting}: '{key}' is {shown(table)}, and no table with keys of its own")
    if isinstance(table, list):
        raise StudyError(f"--set {setting}: say which key, as in {told.strip()}.keep=best")
    table[last] = _value(value.strip())
    return (*path, last)


def _named(tables: list[Any], name: str, setting: str) -> int:
    """The position of the stage or question of this name."""
    names = [str(table.get("name")) for table in tables if isinstance(table, dict)]
    if name not in names:
        raise StudyError(
            f"--set {setting}: none is named '{name}'{nearest(name, names)} (named: {', '.join(names)})"
        )
    return names.index(name)


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
    """The value as TOML reads it; what it can't read is text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text
