"""What the folder of a run says of itself, read without anything that trains."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from paribus.errors import StudyError
from paribus.store.record import NAME, Record
from paribus.study.spec import Study
from paribus.study.toml import parse_recorded


def read_record(record: Record) -> Study:
    """The study that a record is of. Raises `StudyError` if it holds none yet."""
    text = record.fact("study")
    if text is None:
        raise StudyError(f"{record.path}: no study stands in it yet: run one with `paribus run --out`")
    return parse_recorded(text, NAME)


def read_summary(folder: Path) -> dict[str, Any]:
    """What `summary.json` says: the chosen configuration, its scores, what choosing cost."""
    found: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return found
