"""Where a key stands in a study file, so that an error can name its line."""

from __future__ import annotations

import tomllib

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from paribus.study.problems import Path

_PARSER = Parser(Language(tree_sitter_toml.language()))


def line_of(text: str, path: Path) -> int | None:
    """The line (from 1) of the longest part of `path` that stands in the TOML `text`."""
    lines = dict(reversed(_walk(_PARSER.parse(text.encode()).root_node)))  # of two, the first
    for end in range(len(path), 0, -1):
        if path[:end] in lines:
            return lines[path[:end]]
    return None


def _walk(document: Node) -> list[tuple[Path, int]]:
    found: list[tuple[Path, int]] = []
    arrays: dict[Path, int] = {}  # the last position in each array of tables
    for child in document.children:
        if child.type == "pair":
            found += _pair(child, ())
        elif child.type in ("table", "table_array_element"):
            path = _key(next(node for node in child.named_children if node.type.endswith("key")))
            if child.type == "table_array_element":
                arrays[path] = arrays.get(path, -1) + 1
            path = _counted(path, arrays)
            found.append((path, child.start_point[0] + 1))
            for pair in child.named_children:
                if pair.type == "pair":
                    found += _pair(pair, path)
    return found


def _counted(path: Path, arrays: dict[Path, int]) -> Path:
    """`("stage", "factors")` as `("stage", 1, "factors")`: a table lies in the last of its array."""
    counted: Path = ()
    for end, part in enumerate(path, 1):
        counted = (*counted, part, *([arrays[path[:end]]] if path[:end] in arrays else []))
    return counted


def _pair(pair: Node, prefix: Path) -> list[tuple[Path, int]]:
    key, value = (node for node in pair.named_children if node.type != "comment")
    path = (*prefix, *_key(key))
    line = pair.start_point[0] + 1
    outer = [(path[:end], line) for end in range(len(prefix) + 1, len(path) + 1)]  # `a.b = 1` makes `a` too
    return [*outer, *_value(value, path)]


def _value(value: Node, path: Path) -> list[tuple[Path, int]]:
    children = [node for node in value.named_children if node.type != "comment"]
    found: list[tuple[Path, int]] = []
    if value.type == "inline_table":
        for pair in children:
            found += _pair(pair, path)
    if value.type == "array":
        for position, item in enumerate(children):
            found += [((*path, position), item.start_point[0] + 1), *_value(item, (*path, position))]
    return found


def _key(key: Node) -> Path:
    if key.type == "dotted_key":
        return tuple(part for child in key.named_children for part in _key(child))
    text = (key.text or b"").decode()
    return (next(iter(tomllib.loads(f"{text} = 0"))),)
