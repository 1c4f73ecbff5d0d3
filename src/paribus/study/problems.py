"""What is wrong with a study, said so that it can be mended.

Turns pydantic's findings into sentences with the key's dotted path, the value received, what is
allowed, and the nearest name for a misspelt one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from paribus.errors import nearest

Path = tuple[str | int, ...]

_KINDS = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": 'text in "quotes"',
    "bool_type": "true or false",
    "tuple_type": "a list in [brackets]",
    "list_type": "a list in [brackets]",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "finite_number": "a finite number",
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong: where (`path` as in the study file) and the sentence that says so."""

    path: Path
    message: str


def dotted(path: Path) -> str:
    """`("stage", 0, "factors", "train.epochs")` as `stage[1].factors.'train.epochs'`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += ("." if text else "") + (f"'{part}'" if "." in part else part)
    return text


def problems(error: ValidationError, model: type[BaseModel] | None = None) -> Iterator[Problem]:
    """The findings of one validation, each as a `Problem`; `model` gives the keys that exist."""
    for found in error.errors(include_url=False):
        path: Path = tuple(found["loc"])
        yield Problem(path, f"{dotted(path)}: {_sentence(found, path, model)}" if path else _sentence(found, path, model))


def _sentence(found: ErrorDetails, path: Path, model: type[BaseModel] | None) -> str:
    kind, received = found["type"], found["input"]
    context: dict[str, Any] = found.get("ctx", {})
    if kind == "extra_forbidden":
        allowed = _keys(model, path[:-1])
        listed = f" (allowed: {', '.join(allowed)})" if allowed else ""
        return f"unknown key '{path[-1]}'{nearest(str(path[-1]), allowed)}{listed}"
    if kind == "missing":
        return "is missing: every study needs it"
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return f"{received!r} is not allowed (allowed: {context['expected']})"
    if kind in _KINDS:
        return f"must be {_KINDS[kind]}, received {received!r}"
    return f"{found['msg'][0].lower()}{found['msg'][1:]}, received {received!r}"


def _keys(model: type[BaseModel] | None, path: Path) -> list[str]:
    """The keys that the table at `path` may have."""
    for part in path:
        if model is None or isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        model = _inner(field.annotation) if field else None
    return list(model.model_fields) if model else []


def _inner(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_inner(argument) for argument in getattr(annotation, "__args__", ()))
    return next((model for model in inner if model), None)
