"""Files of words' vectors and folders of encoders, looked for as a study's data are.

Worker processes look in the same folders: they read them from their environment.
"""

from __future__ import annotations

import os
from pathlib import Path

from paribus.data.sources.locate import places

PLACES = "PARIBUS_STUDY_PLACES"
"""The folders that are looked in, the system's separator of paths between them."""


def look_in(folder: Path, data_dir: Path | None) -> None:
    """Look for what a study names beside it, then in the data folder, then in PARIBUS_DATA."""
    os.environ[PLACES] = os.pathsep.join(str(place) for place in places(folder, data_dir))


def looked_in() -> tuple[str, ...]:
    """The folders, in order; the current one where no study has been read."""
    return tuple(os.environ.get(PLACES, os.curdir).split(os.pathsep))


def found(source: str) -> Path | None:
    """The file or the folder that `source` names; None where there is none."""
    for place in looked_in():
        path = Path(place, source)
        try:
            if path.exists():
                return path.resolve()
        except (OSError, ValueError):  # a name too long, a null character
            return None
    return None
