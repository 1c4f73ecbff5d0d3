"""What a session ran on and used: machine, processor time, energy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from paribus.store.energy import Meter
from paribus.store.machine import machine, processor_seconds


@contextmanager
def counted() -> Iterator[dict[str, Any]]:
    """A session's use, filled in when the block is left, however that is.

    `machine`; `processor_seconds` of this process and of all that it started and saw the end of; `joules`
    by counter, empty where no counter can be read here.
    """
    use: dict[str, Any] = {"machine": machine()}
    before, meter = processor_seconds(), Meter()
    try:
        with meter:
            yield use
    finally:
        use["processor_seconds"] = round(processor_seconds() - before, 3)
        use["joules"] = {name: round(used, 1) for name, used in meter.joules.items()}
