"""Several studies in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from paribus.report.formats import count, level, score
from paribus.report.studies import StudiesBeside, StudyBeside

PARTS = {"val": "validation", "test": "sealed test"}
FINGERPRINT = 12
"""Characters of a fingerprint that are shown."""


def print_studies(console: Console, found: StudiesBeside) -> None:
    """A column a study: what it chose, the scores with intervals, the data; then the questions."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", overflow="fold")
    for study in found.studies:
        table.add_column(Text(study.folder.name or str(study.folder)), overflow="fold")
    for name, cells in _rows(found):
        table.add_row(Text(name), *(Text(cell) for cell in cells))
    console.print(table)
    console.print(
        "\nIn brackets: 95 % intervals. Each study chose on its own validation part.", soft_wrap=True
    )
    for warning in found.warnings:
        console.print(Text(f"Warning: {warning}"), soft_wrap=True)
    for question in found.questions:
        console.print(Text(f"\n{question}", style="bold"), soft_wrap=True)
        for study in found.studies:
            said = study.answers.get(question, "not asked")
            console.print(Text(f"  {study.folder.name or study.folder}: {said}"), soft_wrap=True)


def _rows(found: StudiesBeside) -> list[tuple[str, list[str]]]:
    studies = found.studies
    rows = [
        ("study", [study.name for study in studies]),
        ("chosen", [study.config_id or "–" for study in studies]),
        ("of configurations", [count(study.n_configurations) for study in studies]),
        ("trials", [count(study.n_trials) for study in studies]),
        ("parameters", [count(study.n_parameters) for study in studies]),
    ]
    paths = dict.fromkeys(path for study in studies for path in study.levels)
    rows += [(path, [_level(study, path) for study in studies]) for path in paths]
    for part, name in PARTS.items():
        for metric in found.metrics:
            cells = [_scored(study, part, metric) for study in studies]
            rows += [(f"{name} {metric}", cells)] if any(cell != "–" for cell in cells) else []
    return [*rows, ("data", _fingerprints(studies))]


def _level(study: StudyBeside, path: str) -> str:
    return level(study.levels[path]) if path in study.levels else "–"


def _scored(study: StudyBeside, part: str, metric: str) -> str:
    found = study.score(part, metric)
    if found is None:
        return "–"
    return f"{score(found.value)} ({score(found.interval.low)} to {score(found.interval.high)})"


def _fingerprints(studies: Sequence[StudyBeside]) -> list[str]:
    return [study.fingerprint[:FINGERPRINT] for study in studies]
