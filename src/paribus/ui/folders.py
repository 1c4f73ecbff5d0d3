"""Which studies the app shows: looked for anew every time, each known by a key and never by a path."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from paribus.store.record import NAME


def studies(roots: Sequence[Path]) -> dict[str, Path]:
    """Key to folder of every study: a root that is a run's folder, or the runs right inside of it.

    A folder that can't be looked into is left out.
    """
    found: dict[str, Path] = {}
    for root in roots:
        inside: list[Path] = []
        with suppress(OSError):
            inside = sorted(root.iterdir()) if root.is_dir() else []
        for folder in (root, *inside):
            with suppress(OSError):
                if (folder / NAME).is_file():
                    found[key_of(folder)] = folder
    return found


def key_of(folder: Path) -> str:
    """A short name that an address can hold."""
    return blake2b(str(folder.resolve()).encode(), digest_size=6).hexdigest()
