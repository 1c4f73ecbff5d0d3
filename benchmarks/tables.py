"""What `broad_grid.py` measured, as tables of plain text and as one JSON value."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from common import machine, rows
from peers import Fit
from scaling import Agreement, Scaled

from paribus.population.outcome import Outcome


@dataclass(frozen=True)
class Ours:
    """paribus on the whole stage: seconds of each start of workers and of each run; its outcomes."""

    start_up: list[float]
    seconds: list[float]
    outcomes: dict[str, Outcome]

    @property
    def median(self) -> float:
        """The median run."""
        return statistics.median(self.seconds)

    def and_again(self, later: Ours) -> Ours:
        """Both measurements as one."""
        return Ours(self.start_up + later.start_up, self.seconds + later.seconds, later.outcomes)


@dataclass(frozen=True)
class Row:
    """One line of a table: a peer's fits, scaled to the stage on so many processes."""

    name: str
    processes: int
    scaled: Scaled
    agreement: Agreement | None
    sample_wall: float
    fits: list[Fit]


def speed_table(peers: Sequence[Row], ours: Ours, n: int, trainings: int) -> str:
    """Seconds for the stage, and the ratios."""
    header = [f"wall seconds for {n:,}", "total", "95 % interval", "÷ paribus"]
    header += [f"÷ if {trainings} trained", "sampled", "median fit", "quartiles"]
    spread = f"{min(ours.seconds):.2f} to {max(ours.seconds):.2f} *"
    lines = [["paribus, populations", f"{ours.median:.2f}", spread, "1", "1", "all", "", ""]]
    return rows(header, lines + [_speed(row, ours) for row in peers])


def _speed(row: Row, ours: Ours) -> list[str]:
    found = row.scaled
    low, middle, high = found.fit_quartiles
    return [
        row.name,
        f"{found.total:.1f}",
        "{:.1f} to {:.1f}".format(*found.interval) if found.interval else "too few",
        f"{found.total / ours.median:.1f}",
        f"{found.shared / ours.median:.1f}",
        str(found.sampled),
        f"{middle:.3f}",
        f"{low:.3f} to {high:.3f}",
    ]


def notes(ours: Ours, n: int, trainings: int) -> str:
    """What a reader of the table must know."""
    return (
        f"* all {len(ours.seconds)} runs, before and after the peers; the workers' start isn't counted:"
        f" {statistics.mean(ours.start_up):.2f} s.\n"
        f"paribus reads {n:,} configurations off {trainings} trainings, since those that differ in their\n"
        f"epochs alone are one. Peers train all {n:,}; '÷ if {trainings} trained' is for a peer that would\n"
        "read off too. All totals of peers assume cores that are always busy. scikit-learn has no dropout:\n"
        "its sample is drawn from the configurations without, and stands for all."
    )


def agreement_table(compared: Sequence[Row]) -> str:
    """Whether the peers' networks are those that paribus trains."""
    header = ["validation, against paribus", "compared", "median |Δ accuracy|", "mean Δ"]
    header += ["median |Δ AUC|", "mean Δ", "mean epochs: theirs", "ours"]
    return rows(header, [_agreement(row.name, row.agreement) for row in compared if row.agreement])


def _agreement(name: str, found: Agreement) -> list[str]:
    apart = [text for m in found.median for text in (f"{found.median[m]:.4f}", f"{found.mean[m]:+.4f}")]
    return [name, str(found.compared), *apart, *(f"{epochs:.1f}" for epochs in found.epochs_run)]


def as_json(peers: Sequence[Row], chance: Row, ours: Ours, options: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that was measured, as plain values."""
    statuses = [outcome.status for outcome in ours.outcomes.values()]
    return {
        "machine": machine(),
        "options": dict(options),
        "paribus": {
            "start_up_seconds": ours.start_up,
            "seconds": ours.seconds,
            "median_seconds": ours.median,
            "statuses": {status: statuses.count(status) for status in sorted(set(statuses))},
            "another_seed": asdict(chance.agreement) if chance.agreement else None,
        },
        "peers": [_as_json(row, ours) for row in peers],
    }


def _as_json(row: Row, ours: Ours) -> dict[str, Any]:
    fields = ("config_id", "level", "seconds", "epochs_run")
    return {
        "name": row.name,
        "processes": row.processes,
        "ratio": row.scaled.total / ours.median,
        "ratio_shared": row.scaled.shared / ours.median,
        **asdict(row.scaled),
        "sample_wall_seconds": row.sample_wall,
        "agreement": asdict(row.agreement) if row.agreement else None,
        "fits": [{name: getattr(fit, name) for name in fields} for fit in row.fits],
    }
