"""One run in the record's log: what its user should know at first, how long it took, how it goes on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from paribus.data.table import Table
from paribus.errors import InterruptedStudyError
from paribus.execute.progress import Progress
from paribus.store.folder import versions
from paribus.store.record import Record
from paribus.store.sessions import counted


@contextmanager
def session(record: Record, workers: int, started: float) -> Iterator[None]:
    """One run in the record's log, if it adds anything; an interruption says how to go on."""
    before = record.size()
    session = record.begin_session(workers, " ".join(sys.argv))
    use: dict[str, Any] = {}
    try:
        with counted() as use:
            yield
    except KeyboardInterrupt:
        raise InterruptedStudyError(
            f"interrupted: {len(record.trained())} trainings are recorded in {record.path.parent};"
            " the same command goes on from there"
        ) from None
    finally:
        if record.size() > before:
            record.end_session(session, perf_counter() - started, use)
        else:
            record.drop_session(session)


def tell(progress: Progress, record: Record, table: Table, device: str) -> None:
    """What a user should know before anything is trained."""
    begun, now = record.fact("versions"), versions(device)
    if record.size() and (others := [name for name in now if begun.get(name) != now[name]]):
        told = ", ".join(f"{name}: {begun.get(name, 'none')} → {now[name]}" for name in others)
        progress.note(
            f"{record.path.parent} was begun with other versions ({told}): what is trained now may differ"
            " in the last bits"
        )
    for said in table.said:
        progress.note(said)
