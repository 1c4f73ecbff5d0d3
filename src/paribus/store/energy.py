"""Energy by the machine's own counters: Linux' powercap (RAPL) for processors and memory, NVML for GPUs.

A counter belongs to the whole machine: what else runs meanwhile counts too.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

POWERCAP = Path("/sys/class/powercap")
SECONDS = 30.0
"""Between two readings: a processor's counter starts anew after some minutes of heavy work."""
_LIBRARIES = ("libnvidia-ml.so.1", "nvml.dll")
_NAME_LENGTH = 96


@dataclass(frozen=True)
class Counter:
    """A counter of joules by its name; it starts anew from 0 at `turns`, where it does."""

    name: str
    read: Callable[[], float]
    turns: float | None = None


@dataclass(frozen=True)
class Gpu:
    """A GPU and its counter, where it has one."""

    name: str
    counter: Counter | None


class Meter:
    """Joules by counter, from entering to leaving; none where no counter can be read here."""

    def __init__(self, counters: tuple[Counter, ...] | None = None, seconds: float = SECONDS) -> None:
        self.counters = readable() if counters is None else counters
        self.joules: dict[str, float] = {counter.name: 0.0 for counter in self.counters}
        self.seconds = seconds
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Meter:
        self.last = {counter.name: counter.read() for counter in self.counters}
        if self.counters:
            self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        if self.counters:
            self.thread.join()
            self._read()

    def _watch(self) -> None:
        while not self.ended.wait(self.seconds):
            self._read()

    def _read(self) -> None:
        for counter in self.counters:
            try:
                now = counter.read()
            except OSError:
                continue  # the next reading counts from the last one
            used = now - self.last[counter.name]
            self.joules[counter.name] += used + (counter.turns or 0.0 if used < 0 else 0.0)
            self.last[counter.name] = now


def readable(folder: Path = POWERCAP) -> tuple[Counter, ...]:
    """The counters that this process may read. (RAPL's are the administrator's on most systems.)"""
    gpus = [gpu.counter for gpu in nvidia() if gpu.counter]
    found = []
    for counter in (*_powercap(folder), *gpus):
        try:
            counter.read()
        except (OSError, ValueError):
            continue
        found.append(counter)
    return tuple(found)


def _powercap(folder: Path) -> Iterator[Counter]:
    """The processors, and the memory beside them; the zones inside of a processor are counted with it."""
    for zone in sorted(folder.glob("intel-rapl:*")):
        try:
            name = (zone / "name").read_text().strip()
            turns = int((zone / "max_energy_range_uj").read_text()) / 1e6
        except (OSError, ValueError):
            continue
        package = zone.name.removeprefix("intel-rapl:").partition(":")[0]
        if name.startswith("package"):
            yield Counter(f"processor {package}", _microjoules(zone / "energy_uj"), turns)
        elif name == "dram":
            yield Counter(f"memory of processor {package}", _microjoules(zone / "energy_uj"), turns)


def _microjoules(path: Path) -> Callable[[], float]:
    return lambda: int(path.read_text()) / 1e6


def nvidia() -> tuple[Gpu, ...]:
    """NVIDIA's GPUs, asked through its driver's library; none where that isn't installed."""
    for name in _LIBRARIES:
        try:
            return tuple(_gpus(ctypes.CDLL(name)))
        except OSError:
            continue
    return ()


def _gpus(library: Any) -> Iterator[Gpu]:
    """By NVML's C interface; every call gives 0 where it went well."""
    if library.nvmlInit_v2() != 0:
        return
    count = ctypes.c_uint()
    if library.nvmlDeviceGetCount_v2(ctypes.byref(count)) != 0:
        return
    for place in range(count.value):
        handle, name = ctypes.c_void_p(), ctypes.create_string_buffer(_NAME_LENGTH)
        if library.nvmlDeviceGetHandleByIndex_v2(ctypes.c_uint(place), ctypes.byref(handle)) != 0:
            continue
        library.nvmlDeviceGetName(handle, name, ctypes.c_uint(_NAME_LENGTH))
        read = _millijoules(library, handle)
        try:
            read()
        except OSError:
            yield Gpu(name.value.decode(errors="replace"), None)
        else:
            yield Gpu(name.value.decode(errors="replace"), Counter(f"GPU {place}", read))


def _millijoules(library: Any, handle: ctypes.c_void_p) -> Callable[[], float]:
    def read() -> float:
        used = ctypes.c_ulonglong()
        if (code := library.nvmlDeviceGetTotalEnergyConsumption(handle, ctypes.byref(used))) != 0:
            raise OSError(f"NVML gave no energy: {code}")
        return used.value / 1000

    return read
