"""What was looked at last: the facts and figures of studies, made anew where a record has grown."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock

from paribus.report.facts import Facts, gather
from paribus.report.figures import Figure, figures
from paribus.store.record import NAME, Record
from paribus.store.recorded import read_record

HELD = 4
"""Studies whose facts are kept."""
_Stamp = tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class Held:
    """A study's facts at one moment, and their figures by name."""

    stamp: _Stamp
    facts: Facts

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """Made on first use."""
        return {figure.name: figure for figure in figures(self.facts)}


class Shelf:
    """Held studies by folder; one is gathered at a time."""

    def __init__(self) -> None:
        self._held: OrderedDict[Path, Held] = OrderedDict()
        self._lock = Lock()

    def held(self, folder: Path) -> Held:
        """What the record in `folder` says now. Raises `StudyError` as `gather` does."""
        with self._lock:
            stamp = _stamp(folder)
            known = self._held.get(folder)
            if known is None or known.stamp != stamp:
                with Record.at(folder, checked=False) as record:
                    known = Held(stamp, gather(record, read_record(record)))
                self._held[folder] = known
            self._held.move_to_end(folder)
            while len(self._held) > HELD:
                self._held.popitem(last=False)
            return known

    def figures(self, folder: Path) -> dict[str, Figure]:
        """The figures of the study in `folder` by name; made by one reader, while the others wait."""
        held = self.held(folder)
        with self._lock:
            return held.figures


def _stamp(folder: Path) -> _Stamp:
    """Changes whenever the record does."""
    found = []
    for path in (folder / NAME, folder / f"{NAME}-wal"):
        told = path.stat() if path.is_file() else None
        if told and told.st_size:  # SQLite leaves an empty one where a reader looked
            found.append((told.st_mtime_ns, told.st_size))
    return tuple(found)
