"""One entry of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """One name that a study may use.

    `arguments` maps a key of the study, or the number after a colon (`k`), to what it means. A key
    that stands here belongs to this option and to those of its family where it stands too.
    """

    family: str
    name: str
    meaning: str
    arguments: tuple[tuple[str, str], ...] = ()
    source: str = ""
