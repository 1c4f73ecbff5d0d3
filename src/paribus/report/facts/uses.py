"""What all sessions of a study ran on and used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from paribus.report.formats import energy
from paribus.store.record import Record


@dataclass(frozen=True)
class Used:
    """Machines, each once; processor seconds and joules by counter, over all sessions that told them.

    `sessions` ran, `told` of them said what they used, and `metered` could read a counter of energy.
    """

    machines: tuple[dict[str, Any], ...]
    processor_seconds: float | None
    joules: dict[str, float]
    sessions: int
    told: int
    metered: int

    @property
    def energy(self) -> float | None:
        """Joules of all counters together; None where none could be read."""
        return sum(self.joules.values()) if self.metered else None

    @property
    def limit(self) -> str:
        """What the numbers don't say; nothing where they say it all."""
        if not self.told:
            return "not recorded"
        missing = self.sessions - self.told
        return f"without {missing} of {self.sessions} sessions, which did not come to tell" if missing else ""

    @property
    def energy_limit(self) -> str:
        """The same of energy."""
        if self.told and not self.metered:
            return "not readable here: no counter of the machine that this user may read (RAPL, NVML)"
        if self.metered < self.told:
            return f"of {self.metered} of {self.sessions} sessions; no counter could be read in the others"
        return self.limit


def used(record: Record) -> Used:
    """Of a record; one that was begun before sessions told it has nothing of them."""
    uses = record.uses()
    (sessions,) = record.connection.execute("select count(*) from sessions").fetchone()
    joules: Counter[str] = Counter()
    for use in uses.values():
        joules.update(use["joules"])
    return Used(
        machines=tuple(_each_once(use["machine"] for use in uses.values())),
        processor_seconds=sum(use["processor_seconds"] for use in uses.values()) if uses else None,
        joules=dict(joules),
        sessions=int(sessions),
        told=len(uses),
        metered=sum(bool(use["joules"]) for use in uses.values()),
    )


def _each_once(machines: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for each in machines:
        if each not in found:
            found.append(each)
    return found


def energy_words(found: Used) -> str:
    """Energy in words: by counter, and what it doesn't say."""
    by_counter = ", ".join(f"{name} {energy(joules)}" for name, joules in found.joules.items())
    told = [energy(found.energy), by_counter if len(found.joules) > 1 else "", found.energy_limit]
    return "; ".join(each for each in (told if found.metered else told[2:]) if each)


def machine_words(machine: Mapping[str, Any]) -> str:
    """A machine in a line: processor, cores, memory, GPUs, system, Python."""
    cores = machine["cores"] or machine["threads"]
    threads = f" ({machine['threads']} threads)" if machine["threads"] != cores else ""
    gpus = [f"{n} × {name}" if n > 1 else name for name, n in Counter(machine["gpus"]).items()]
    return "; ".join(
        [
            str(machine["processor"]),
            f"{cores} {'core' if cores == 1 else 'cores'}{threads}",
            f"{machine['memory'] / 2**30:.1f} GiB of memory",
            ", ".join(gpus) or "no GPU of NVIDIA",
            str(machine["system"]),
            str(machine["python"]),
        ]
    )
