"""What a study ran on and used: the page, the summary and the workbook say the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from paribus.report.facts import gather
from paribus.report.facts.uses import energy_words, machine_words, used
from paribus.report.write import write_report
from paribus.store.record import Record
from tests.report.records import record, study

MACHINE: dict[str, Any] = {
    **{"processor": "Example 3000", "cores": 4, "threads": 8, "memory": 16 * 2**30},
    **{"gpus": ["One", "One"], "system": "Linux", "python": "CPython 3.11.7"},
}


def _session(found: Record, joules: dict[str, float]) -> None:
    name = found.begin_session(1, "paribus run")
    use = {"machine": MACHINE, "processor_seconds": 90.0, "joules": joules}
    found.end_session(name, 60.0, use)


def test_a_machine_is_told_in_a_line() -> None:
    """Else the reader doesn't know what the times are of."""
    told = machine_words(MACHINE)
    assert told == "Example 3000; 4 cores (8 threads); 16.0 GiB of memory; 2 × One; Linux; CPython 3.11.7"
    alone = {**MACHINE, "cores": None, "threads": 1, "gpus": []}
    assert "; 1 core; 16.0 GiB of memory; no GPU of NVIDIA; " in machine_words(alone)


@pytest.mark.usefixtures("undrawn")
def test_what_was_used_is_added_up_over_sessions(tmp_path: Path) -> None:
    """Else a resumed study tells the energy of its last session, or of none."""
    asked = study()
    with record(tmp_path, asked) as found:
        assert energy_words(used(found)) == "not recorded"  # of before sessions told it
        _session(found, {"processor 0": 1500.0, "GPU 0": 500.0})
        _session(found, {"processor 0": 300.0, "GPU 0": 0.0})
        facts = gather(found, asked)
        assert facts.used.machines == (MACHINE,)
        assert facts.used.processor_seconds == 180.0
        assert facts.used.joules == {"processor 0": 1800.0, "GPU 0": 500.0}
        words = energy_words(facts.used)
        assert words.startswith("2.3 kJ (0.639 Wh); processor 0 1.8 kJ (0.5 Wh), GPU 0 500 J; without 2 of 4")
        write_report(found, asked, tmp_path)
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["use"]["joules"] == facts.used.joules
    assert summary["use"]["machines"] == [MACHINE]
    page = (tmp_path / "report.html").read_text()
    assert words in page
    assert machine_words(MACHINE) in page


def test_energy_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """Else 0 joules are read as a finding."""
    with record(tmp_path, study()) as found:
        found.connection.execute("delete from sessions")
        _session(found, {})
        assert energy_words(used(found)).startswith("not readable here")
        assert used(found).energy is None
        _session(found, {"processor 0": 12.0})
        assert energy_words(used(found)).startswith("12 J; of 1 of 2 sessions")
