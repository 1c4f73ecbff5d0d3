"""What is wrong with a study, said so that it can be mended.

Turns pydantic's findings into sentences with the key's dotted path, the value received, what is
allowed, and the nearest name for a misspelt one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from paribus.errors import StudyError, nearest

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
    "greater_than": "above {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "below {lt}",
    "less_than_equal": "at most {le}",
    "too_short": "a list of {min_length} or more",
    "too_long": "a list of at most {max_length}",
    "string_too_short": "text, and not empty",
    "string_too_long": "text of at most {max_length} characters",
}
_SHOWN = 60
"""Characters of a received value that a message shows."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong: where (`path` as in the study file) and the sentence that says so.

    `only_with`: the key, and its values, without which what was given has no effect.
    """

    path: Path
    sentence: str
    only_with: tuple[str, tuple[str, ...]] | None = None

    def __str__(self) -> str:
        return f"{dotted(self.path)}: {self.sentence}" if self.path else self.sentence

    def under(self, path: Path) -> Problem:
        """The same, told from further outside."""
        return replace(self, path=(*path, *self.path))


class WrongStudyError(StudyError):
    """A study with problems that are known by their keys."""

    def __init__(self, found: Iterable[Problem]) -> None:
        self.problems = tuple(found)
        super().__init__("\n".join(map(str, self.problems)))


class RuleError(ValueError):
    """A rule between keys is broken; `path` is the key to mend, seen from the section of the rule."""

    def __init__(self, sentence: str, *path: str | int) -> None:
        super().__init__(sentence)
        self.path = path


class IdleError(RuleError):
    """What was given has no effect without one of `values` at the key `needed`."""

    def __init__(self, sentence: str, needed: str, values: tuple[str, ...], *path: str | int) -> None:
        super().__init__(sentence, *path)
        self.only_with = (needed, values)


@contextmanager
def under(*path: str | int, note: str = "") -> Iterator[None]:
    """Problems raised inside are told from further outside, with a note."""
    try:
        yield
    except WrongStudyError as error:
        found = [replace(problem, sentence=problem.sentence + note) for problem in error.problems]
        raise WrongStudyError(problem.under(path) for problem in found) from None


def dotted(path: Path) -> str:
    """`("stage", 0, "factors", "train.epochs")` as `stage[1].factors.'train.epochs'`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += ("." if text else "") + (f"'{part}'" if "." in part else part)
    return text


def problems(error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    """The findings of one validation of `model`, each as a `Problem`."""
    for found in error.errors(include_url=False):
        rule = found.get("ctx", {}).get("error")
        inner = rule.path if isinstance(rule, RuleError) else ()
        idle = rule.only_with if isinstance(rule, IdleError) else None
        yield Problem((*found["loc"], *inner), _sentence(found, model), idle)


def shown(value: Any) -> str:
    """A value as a message shows it: nearly as TOML writes it, cut short."""
    text = repr(value)
    if isinstance(value, bool | date | time):
        text = str(value).lower()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _sentence(found: ErrorDetails, model: type[BaseModel]) -> str:
    kind, path, received = found["type"], found["loc"], found["input"]
    context: dict[str, Any] = found.get("ctx", {})
    match kind:
        case "extra_forbidden":
            return unknown_key(str(path[-1]), _keys(model, path[:-1]), model)
        case "missing":
            return "is missing, and has no default: add it"
        case "value_error":
            return str(context["error"])
        case "literal_error":
            rule = f"must be {context['expected']}"
        case "tuple_type" if isinstance(received, dict):
            rule = _no_list(path, received)
        case _ if kind in _KINDS:
            rule = "must be " + _KINDS[kind].format(
                **{name: _number(bound) for name, bound in context.items()}
            )
        case _:
            rule = f"{found['msg'][0].lower()}{found['msg'][1:]}"
    return f"{rule}, received {shown(received)}"


def _number(bound: Any) -> Any:
    if isinstance(bound, float) and bound.is_integer():
        bound = int(bound)
    return f"{bound:,}" if isinstance(bound, int) else bound


def _no_list(path: Path, received: dict[str, Any]) -> str:
    if len(path) == 1:
        return f"must be a list of tables: write [[{path[0]}]] in double brackets"
    inner = next(iter(received), "...")
    return f'must be a list of levels (put a dotted path in quotes: "{path[-1]}.{inner}" = [...])'


def unknown_key(key: str, allowed: Sequence[str], model: type[BaseModel]) -> str:
    """The sentence for a key that isn't `allowed` where it stands: the nearest, or its home in `model`."""
    homes = [name for name in model.model_fields if key in _keys(model, (name,))]
    hint = nearest(key, allowed) or (
        f": it belongs in {' or '.join(f'[{home}]' for home in homes)}" * bool(homes)
    )
    return f"unknown key '{key}'{hint} (allowed: {', '.join(allowed)})"


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
