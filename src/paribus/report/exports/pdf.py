"""The report as PDF, set by Typst, which comes as one package and needs nothing of the system.

Names and numbers reach Typst as data, never as its markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from paribus.report.exports.document import Document, Drawn, Section, breakable, brief, figure_share
from paribus.report.exports.table import NUMBERS, Table

_MARK = "\u200b"
"""A place where a line may break."""
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")
_SIZES = ((95, 8.5), (118, 7.0), (140, 6.0))


def pdf(made: Document) -> bytes:
    """The document set on A4. Needs the extra `pdf` (`chosen_formats` says so)."""
    import typst  # noqa: PLC0415 - an extra

    with TemporaryDirectory(prefix="paribus-") as name:
        folder = Path(name)
        (folder / "figures").mkdir()
        for place, figure in enumerate(_figures(made)):
            (folder / "figures" / f"{place}.pdf").write_bytes(figure.pdf())
        template = files("paribus.report").joinpath("templates/report.typ").read_text(encoding="utf-8")
        (folder / "report.typ").write_text(template, encoding="utf-8")
        (folder / "report.json").write_text(json.dumps(_values(made)), encoding="utf-8")
        return bytes(typst.compile(str(folder / "report.typ"), root=name))


def _figures(made: Document) -> list[Drawn]:
    return [figure for section in made.sections for figure in section.figures]


def _values(made: Document) -> dict[str, Any]:
    number, sections = 0, []
    for section in made.sections:
        sections.append(_section(section, number))
        number += len(section.figures)
    return {
        "title": _text(made.title),
        "lede": _text(made.lede),
        "sections": sections,
        "study": _CONTROLS.sub(" ", made.study),
    }


def _section(section: Section, first: int) -> dict[str, Any]:
    return {
        "title": _text(section.title),
        "paragraphs": [_text(each) for each in section.paragraphs],
        "tables": [_table(table) for table in section.tables],
        "figures": [
            {
                "file": f"figures/{first + place}.pdf",
                "share": figure_share(figure.svg),
                "description": _text(figure.description),
            }
            for place, figure in enumerate(section.figures)
        ],
    }


def _table(table: Table) -> dict[str, Any]:
    columns, rows, notes = brief(table)
    return {
        "title": _text(table.title),
        "size": _size([column.name for column in columns], rows),
        "columns": [
            {"name": re.sub(r"([_.])", rf"\1{_MARK}", _text(column.name)), "number": column.kind in NUMBERS}
            for column in columns
        ],
        "rows": [[_text(value) for value in row] for row in rows],
        "notes": [_text(note) for note in notes],
    }


def _size(names: Sequence[str], rows: Sequence[Sequence[str]]) -> float:
    """Points of the letters with which a row fits a line; long text is broken and counts little."""
    widths = [
        max([min(len(name), 9), *(min(len(row[place]), 28) for row in rows)])
        for place, name in enumerate(names)
    ]
    needed = sum(width + 2 for width in widths)
    return next((points for most, points in _SIZES if needed <= most), 5.0)


def _text(text: str) -> str:
    return breakable(_CONTROLS.sub(" ", text).replace("\n", " "), _MARK)
