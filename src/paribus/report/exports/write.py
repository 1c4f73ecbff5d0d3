"""The report in one format or another, from the same facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from paribus.errors import StudyError, nearest
from paribus.report.drawings import Drawings
from paribus.report.exports.delimited import csv_text, file_frame, parquet_bytes
from paribus.report.exports.document import Document, document
from paribus.report.exports.latex import file_name, latex
from paribus.report.exports.markdown import markdown
from paribus.report.exports.pdf import pdf
from paribus.report.exports.table import Table
from paribus.report.exports.tables import tables
from paribus.report.exports.workbook import workbook
from paribus.report.facts import Facts
from paribus.report.figures import Figure, each_figure
from paribus.report.page import page
from paribus.store.folder import write

FORMATS = {
    "html": "report.html: one page that works offline",
    "md": "report.md, with figures/*.svg",
    "tex": "latex/report.tex, with tables/*.tex (booktabs) and figures/*.pdf",
    "pdf": "report.pdf (needs the extra `pdf`)",
    "xlsx": "tables.xlsx: a sheet a question and the other tables",
    "csv": "tables/*.csv: raw numbers",
    "parquet": "tables/*.parquet",
}
"""What `paribus report --format` takes, and what each leaves."""


_DRAWN = {"html", "md", "tex", "pdf"}


def chosen_formats(given: Sequence[str]) -> tuple[str, ...]:
    """The formats named in `given`, words or lists with commas, each once.

    Raises `StudyError` for an unknown one, and for one that needs a package that isn't installed.
    """
    named = [word.strip().lower() for text in given for word in text.split(",") if word.strip()]
    if not named:
        raise StudyError(f"--format names no format: choose of {', '.join(FORMATS)}")
    for name in named:
        if name not in FORMATS:
            hint = nearest(name, FORMATS)
            raise StudyError(f"--format {name}: must be one of {', '.join(FORMATS)}{hint}")
    if "pdf" in named and find_spec("typst") is None:
        raise StudyError(
            "--format pdf needs the package typst, which isn't installed: pip install 'paribus[pdf]'"
        )
    return tuple(dict.fromkeys(named))


def export(facts: Facts, folder: Path, formats: Sequence[str]) -> list[Path]:
    """Write the facts into `folder` in these formats; the file to open first of each."""
    made, drawn = tables(facts), _drawn(facts, folder) if _DRAWN & set(formats) else ()
    told = document(facts, made, drawn)
    writers: dict[str, Callable[[], Path]] = {
        "html": lambda: _page(facts, drawn, folder),
        "md": lambda: _markdown(told, drawn, folder),
        "tex": lambda: _latex(told, drawn, folder / "latex"),
        "pdf": lambda: _whole(folder / "report.pdf", pdf(told)),
        "xlsx": lambda: _whole(folder / "tables.xlsx", workbook(made)),
        "csv": lambda: _delimited(made, folder / "tables", "csv"),
        "parquet": lambda: _delimited(made, folder / "tables", "parquet"),
    }
    return [writers[name]() for name in formats]


def _drawn(facts: Facts, folder: Path) -> tuple[Figure, ...]:
    """Every figure; those that stand in `folder` as they were drawn last time are taken from there."""
    with Drawings(folder / "figures", len(facts.trials), files=False) as drawings:
        for figure in each_figure(facts):
            drawings.add(figure)
        return drawings.finish()


def make_folder(folder: Path) -> None:
    """Make the folder to write into. Raises `StudyError` where that can't be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudyError(
            f"{folder}: can't be written ({error.strerror}): choose another folder with --out"
        ) from None


def _whole(path: Path, content: str | bytes) -> Path:
    write(path, content)
    return path


def _page(facts: Facts, drawn: Sequence[Figure], folder: Path) -> Path:
    return _whole(folder / "report.html", page(facts, drawn))


def _markdown(told: Document, drawn: Sequence[Figure], folder: Path) -> Path:
    for figure in drawn:
        write(folder / "figures" / f"{figure.name}.svg", figure.svg)
    return _whole(folder / "report.md", markdown(told))


def _latex(told: Document, drawn: Sequence[Figure], folder: Path) -> Path:
    for name, content in latex(told).items():
        write(folder / name, content)
    for figure in drawn:
        write(folder / "figures" / f"{file_name(figure.name)}.pdf", figure.pdf())
    return folder / "report.tex"


def _delimited(made: Sequence[Table], folder: Path, suffix: str) -> Path:
    for table in made:
        frame = file_frame(table)
        content = csv_text(frame) if suffix == "csv" else parquet_bytes(frame)
        write(folder / f"{table.name}.{suffix}", content)
    return folder
