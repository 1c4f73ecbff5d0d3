"""Tables of the audit, of the openings of the sealed part, and of all that doing it again needs."""

from __future__ import annotations

from collections.abc import Iterator

from paribus.report.exports.table import Column, Kind, Table, table
from paribus.report.facts import Facts
from paribus.report.facts.uses import energy_words, machine_words
from paribus.report.references import references

AGAIN = "to do it again"


def provenance_tables(facts: Facts) -> Iterator[Table]:
    """What was checked, what was opened, what it was run with."""
    yield _audit(facts)
    if facts.openings:
        yield _openings(facts)
    yield _sessions(facts)
    rows = [
        ("study hash", facts.study_hash),
        ("data fingerprint", facts.fingerprint),
        *facts.versions.items(),
        *(("machine", machine_words(each)) for each in facts.used.machines),
        ("energy", energy_words(facts.used)),
    ]
    columns: dict[str, Kind] = {"name": "text", "value": "text"}
    yield table("versions", "Versions and fingerprints", columns, rows, sheet=AGAIN)
    if cited := list(references(facts)):
        yield table("references", "References", {"method": "text", "source": "text"}, cited)


def _audit(facts: Facts) -> Table:
    columns = (
        *(Column("code"), Column("title"), Column("status"), Column("severity", brief=False)),
        *(Column("message"), Column("remedy", brief=False)),
    )
    rows = [
        (each.code, each.title, each.status, each.severity, each.message, each.remedy)
        for each in facts.findings
    ]
    return table("audit", "Audit", columns, rows)


def _openings(facts: Facts) -> Table:
    columns: dict[str, Kind] = {
        **{"config_id": "text", "fold": "count", "seed": "count", "opened_at": "moment", "reason": "text"}
    }
    rows = [tuple(opening[name] for name in columns) for opening in facts.openings]
    return table("openings", "Openings of the sealed part", columns, rows)


def _sessions(facts: Facts) -> Table:
    columns: dict[str, Kind] = {
        **{"started_at": "moment", "ended_at": "moment", "seconds": "seconds", "workers": "count"},
        **{"processor_seconds": "seconds", "joules": "score", "command": "text"},
    }
    rows = [tuple(session[name] for name in columns) for session in facts.sessions]
    return table("sessions", "Sessions", columns, rows, sheet=AGAIN)
