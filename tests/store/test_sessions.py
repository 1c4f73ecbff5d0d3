"""What a session ran on and used, by the machine's own counters."""

from __future__ import annotations

import ctypes
import time
from pathlib import Path
from typing import Any

from paribus.store import energy
from paribus.store.energy import Counter, Meter, readable
from paribus.store.machine import machine
from paribus.store.record import Record
from paribus.store.sessions import counted


def _zone(folder: Path, place: str, name: str, used: str, turns: str = "1000000") -> Path:
    zone = folder / f"intel-rapl:{place}"
    zone.mkdir()
    (zone / "name").write_text(f"{name}\n")
    (zone / "max_energy_range_uj").write_text(f"{turns}\n")
    (zone / "energy_uj").write_text(f"{used}\n")
    return zone


def test_energy_is_that_of_processors_and_memory_each_once(tmp_path: Path) -> None:
    """Else a processor's cores are counted twice, and the report's energy is too large."""
    packages = [_zone(tmp_path, "0", "package-0", "5000000"), _zone(tmp_path, "1", "package-1", "0")]
    _zone(tmp_path, "0:0", "core", "4000000")
    memory = _zone(tmp_path, "0:1", "dram", "100000")
    _zone(tmp_path, "2", "psys", "9000000")
    _zone(tmp_path, "3", "package-3", "not a number")
    with Meter(readable(tmp_path)) as meter:
        (packages[0] / "energy_uj").write_text("5250000")
        (memory / "energy_uj").write_text("600000")
    assert meter.joules == {"processor 0": 0.25, "memory of processor 0": 0.5, "processor 1": 0.0}


def test_a_counter_that_starts_anew_loses_nothing() -> None:
    """Else a long run's energy is negative, or that of its last minutes."""
    told = iter([900.0, 990.0, 60.0, 100.0])
    counter = Counter("processor 0", lambda: next(told), turns=1000.0)
    meter = Meter((counter,), seconds=3600.0)
    with meter:
        meter._read()
        meter._read()
    assert meter.joules == {"processor 0": 200.0}


def test_counters_are_read_while_a_session_runs() -> None:
    """Else a counter that starts anew twice in a session tells too little."""
    readings = [0]

    def read() -> float:
        readings[0] += 1
        return 0.0

    with Meter((Counter("processor 0", read),), seconds=0.001):
        patience = time.monotonic() + 30
        while readings[0] < 5 and time.monotonic() < patience:
            time.sleep(0.001)
    assert readings[0] >= 5


def test_no_counter_is_no_energy(tmp_path: Path) -> None:
    """Else a machine that tells nothing stands in the report with 0 joules."""
    with Meter(readable(tmp_path / "nowhere")) as meter:
        pass
    assert meter.joules == {}


class _Nvml:
    """NVML with two GPUs, the second without a counter of energy."""

    def nvmlInit_v2(self) -> int:  # noqa: N802 - its name
        return 0

    def nvmlDeviceGetCount_v2(self, count: Any) -> int:  # noqa: N802
        count._obj.value = 2
        return 0

    def nvmlDeviceGetHandleByIndex_v2(self, place: Any, handle: Any) -> int:  # noqa: N802
        handle._obj.value = place.value + 1
        return 0

    def nvmlDeviceGetName(self, handle: Any, name: Any, length: Any) -> int:  # noqa: N802
        name.value = f"GPU of {length.value} letters, {handle.value}".encode()
        return 0

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: Any, used: Any) -> int:  # noqa: N802
        used._obj.value = 12_500
        return 0 if handle.value == 1 else 3


def test_gpus_tell_their_names_and_energy() -> None:
    """Else what a GPU used is missing, and one that can't tell ends the run."""
    one, other = energy._gpus(_Nvml())
    assert (one.name, other.name) == ("GPU of 96 letters, 1", "GPU of 96 letters, 2")
    assert one.counter is not None
    assert one.counter.read() == 12.5
    assert other.counter is None
    assert ctypes.sizeof(ctypes.c_ulonglong) == 8


def test_a_session_tells_its_machine_and_processor_time(tmp_path: Path) -> None:
    """Else nobody can say what the study ran on, or what it would cost again."""
    with Record.at(tmp_path, create=True) as record:
        name = record.begin_session(2, "paribus run")
        with counted() as use:
            sum(n * n for n in range(300_000))
        record.end_session(name, 1.0, use)
        told = record.uses()
    assert told == {name: use}
    assert told[name]["machine"] == machine()
    assert told[name]["processor_seconds"] > 0
    assert {"processor", "cores", "threads", "memory", "gpus", "system", "python"} == set(machine())
