"""`paribus new` and `paribus templates`: a commented study to start from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import typer

_COMMENTS = {
    "source": "beside this file, else in --data-dir",
    "labels": "a table with a row for each image",
    "image": "the column with the file names",
    "text": "the column with the texts",
    "target": "the column that is asked for",
    "positive": "which of its two values counts as positive",
    "size": "height and width that every image is brought to",
    "split": "the column that says train, validation or test",
}
"""Of keys that `paribus new --data` writes into `[data]`, in this order."""


def templates() -> None:
    """List the templates of `paribus new`."""
    for name, text in _templates().items():
        print(f"{name:16} {text.splitlines()[0].removeprefix('# ')}")


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The study's name; NAME.toml is written.")],
    template: Annotated[
        str | None,
        typer.Option("--template", "-t", metavar="T", help="One of `paribus templates`; classification."),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", metavar="PATH", help="A table, or a folder or .zip of images or texts: looked at."
        ),
    ] = None,
    target: Annotated[
        str | None, typer.Option("--target", metavar="COLUMN", help="What is asked for, of --data.")
    ] = None,
) -> None:
    """Write a commented study to start from."""
    from paribus.errors import StudyError, nearest
    from paribus.study.toml import parse_study

    known = _templates()
    if template is not None and template not in known:
        raise StudyError(
            f"--template {template}: no such template{nearest(template, known)} (allowed: {', '.join(known)})"
        )
    if target is not None and data is None:
        raise StudyError(f"--target {target} is a column of --data: say where that is, or edit the template")
    if template is not None and data is not None:
        raise StudyError(f"--template {template}: --data says by itself which fits; remove one of them")
    path = Path(name if name.endswith(".toml") else f"{name}.toml")
    if path.exists():
        raise StudyError(f"{path}: exists already; choose another name, or remove it")
    text = known[template or "classification"] if data is None else _begun(known, data, path.parent, target)
    quoted = json.dumps(path.stem, ensure_ascii=False)
    text = text.replace('"NAME"', quoted).replace("NAME", path.stem)
    parse_study(text, str(path))  # a name that no study can have is refused before anything is written
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StudyError(f"{path}: can't be written ({error.strerror})") from None
    print(f"{path}: {'edit source and target, then' if data is None else 'next'}: paribus check {path}")


def _begun(known: Mapping[str, str], data: Path, folder: Path, target: str | None) -> str:
    """The template that fits what lies at `data`, with what was found there."""
    from paribus.data.starting import start_of
    from paribus.errors import DataError

    if not data.exists():
        raise DataError(f"--data {data}: there is no such file or folder")
    start = start_of(data, target)
    beside = not data.is_absolute() and (folder / data).exists()
    found = {"source": str(data if beside else data.resolve()), **start.data}
    before, _, rest = known[start.template].partition("[data]\n")
    section, _, after = rest.partition("\n[protocol]\n")
    lines = [_line(key, found[key], comment) for key, comment in _COMMENTS.items() if key in found]
    hints = [line for line in section.splitlines() if line.startswith("#")]
    protocol, blank, behind = after.partition("\n\n")
    kept = [line for each in protocol.splitlines() for line in _replaced(each, start.protocol)]
    return "\n".join((f"{before}[data]", *lines, *hints, "", "[protocol]", *kept)) + blank + behind


def _line(key: str, value: Any, comment: str) -> str:
    return f"{f'{key} = {json.dumps(value, ensure_ascii=False)}':36} # {comment}"


def _replaced(line: str, instead: Mapping[str, Any]) -> list[str]:
    """A line of the template, or one with another value, or none where its key goes."""
    key = line.partition(" = ")[0]
    if key not in instead:
        return [line]
    return [] if instead[key] is None else [f"{key} = {json.dumps(instead[key])}"]


def _templates() -> dict[str, str]:
    folder = files("paribus.study").joinpath("templates")
    found = {
        entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8") for entry in folder.iterdir()
    }
    return dict(sorted(found.items()))
