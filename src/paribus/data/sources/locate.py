"""Finding a file: beside the study, in the data folder, in PARIBUS_DATA."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path

from paribus.errors import DataError


def places(folder: Path, data_dir: Path | None) -> tuple[Path, ...]:
    """The folders that are looked in, in order: the study's, the data folder, PARIBUS_DATA."""
    shelf = os.environ.get("PARIBUS_DATA")
    found = [folder, *([data_dir] if data_dir else []), *([Path(shelf)] if shelf else [])]
    return tuple(place.absolute() for place in found)


def locate(
    source: str, folder: Path, data_dir: Path | None, *, folders: bool = False, key: str = "data.source"
) -> Path:
    """The file, or with `folders` the folder, that `source`, the study's `key`, names.

    Raises DataError with every place looked in and names near to it.
    """
    shelf = os.environ.get("PARIBUS_DATA")
    tried = [place / source for place in places(folder, data_dir)]  # an absolute source stands for itself
    for path in tried:
        if _is(path, "dir") and folders:
            return path
        if _is(path, "dir"):
            raise DataError(
                f"{key} = '{source}' is a folder ({path}): name one file in it, or, where each file in it is"
                " a text or an image, what its column is to be called in data.text or data.image"
            )
        if _is(path, "file"):
            return path
    looked = ", ".join(dict.fromkeys(str(path.parent) for path in tried))
    hint = "" if shelf or Path(source).is_absolute() else " (PARIBUS_DATA isn't set)"
    raise DataError(
        f"{key} = '{source}' isn't there. Looked in: {looked}{hint}.{_below(tried) or _near(tried)}"
        " Correct the name, or say where the file is with --data-dir or PARIBUS_DATA"
    )


def _is(path: Path, kind: str) -> bool:
    try:
        return path.is_dir() if kind == "dir" else path.exists()
    except (OSError, ValueError):  # a name too long, a null character
        return False


def _below(tried: list[Path]) -> str:
    """The same name in a folder of the places looked in."""
    for path in tried:
        if not _is(path.parent, "dir") or not os.access(path.parent, os.R_OK):
            continue
        for folder in sorted(path.parent.iterdir()):
            if _is(folder, "dir") and os.access(folder, os.X_OK) and _is(folder / path.name, "file"):
                return f" It is in a folder there: write '{folder.name}/{path.name}'."
    return ""


def _near(tried: list[Path]) -> str:
    siblings = {
        other.name.lower(): other.name
        for path in tried
        if _is(path.parent, "dir") and os.access(path.parent, os.R_OK)
        for other in path.parent.iterdir()
    }
    found = get_close_matches(tried[0].name.lower(), siblings, n=3)
    return f" Near names there: {', '.join(siblings[name] for name in found)}." if found else ""
