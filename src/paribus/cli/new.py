"""`paribus new` and `paribus templates`: a commented study to start from."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer


def templates() -> None:
    """List the templates of `paribus new`."""
    for name, text in _templates().items():
        print(f"{name:16} {text.splitlines()[0].removeprefix('# ')}")


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The study's name; NAME.toml is written.")],
    template: Annotated[
        str, typer.Option("--template", "-t", metavar="T", help="One of `paribus templates`.")
    ] = "classification",
) -> None:
    """Write a commented study to start from."""
    from paribus.errors import StudyError, nearest
    from paribus.study.toml import parse_study

    known = _templates()
    if template not in known:
        raise StudyError(
            f"--template {template}: no such template{nearest(template, known)} (allowed: {', '.join(known)})"
        )
    path = Path(name if name.endswith(".toml") else f"{name}.toml")
    if path.exists():
        raise StudyError(f"{path}: exists already; choose another name, or remove it")
    quoted = json.dumps(path.stem, ensure_ascii=False)
    text = known[template].replace('"NAME"', quoted).replace("NAME", path.stem)
    parse_study(text, str(path))  # a name that no study can have is refused before anything is written
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StudyError(f"{path}: can't be written ({error.strerror})") from None
    print(f"{path}: edit source and target, then: paribus check {path}")


def _templates() -> dict[str, str]:
    folder = files("paribus.study").joinpath("templates")
    found = {
        entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8") for entry in folder.iterdir()
    }
    return dict(sorted(found.items()))
