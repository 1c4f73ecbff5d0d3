"""Tables of the data: parts, target, columns. Never a row of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from paribus.report.exports.table import Column, Kind, Table, table
from paribus.report.facts import Facts

SHEET = "data"
_NAMED: dict[str, Kind] = {"name": "text", "value": "level"}


def data_tables(facts: Facts) -> Iterator[Table]:
    """Sizes and parts; the target; a row a column, where the record has a profile."""
    data = facts.data
    yield _sizes(facts)
    profile = data.get("profile") or {}
    if data["class_counts"]:
        total = sum(data["class_counts"].values())
        rows = [(name, rows, rows / total) for name, rows in data["class_counts"].items()]
        columns: dict[str, Kind] = {"class": "text", "rows": "count", "share": "score"}
        yield table("data-classes", "Classes of the target", columns, rows, sheet=SHEET)
    elif quartiles := [
        (each["name"], *each["quartiles"]) for each in profile.get("targets", ()) if each["quartiles"]
    ]:
        columns = dict.fromkeys(("least", "lower quartile", "median", "upper quartile", "largest"), "score")
        yield table("data-target", "The target", {"target": "text", **columns}, quartiles, sheet=SHEET)
    if profile.get("columns"):
        yield _columns(profile)
    for key, title in (("dropped", "Columns left out"), ("suspicious", "Suspicious columns")):
        if profile.get(key):
            pairs: dict[str, Kind] = {"column": "text", "reason": "text"}
            yield table(f"data-{key}", title, pairs, profile[key], sheet=SHEET)


def _sizes(facts: Facts) -> Table:
    data = facts.data
    rows: list[tuple[str, Any]] = [
        *(("source", data["source"]), ("task", data["task"]), ("rows", data["n_rows"])),
        *(("features", len(data["features"])), ("duplicate rows", data["duplicates"])),
        *((f"rows of part {part}", size) for part, size in data["parts"].items()),
        *(("split", facts.split), ("fingerprint", facts.fingerprint)),
    ]
    return table("data", "Data", _NAMED, rows, sheet=SHEET)


def _columns(profile: dict[str, Any]) -> Table:
    rows = [
        (
            *(each["name"], each["kind"], each["rows"], each["missing"], each["distinct"]),
            *(each["low"], each["high"]),
            ", ".join(f"{name} ({rows:,})" for name, rows in each["commonest"]) or None,
        )
        for each in profile["columns"]
    ]
    columns = [
        *(Column("column"), Column("kind"), Column("rows", "count", brief=False)),
        *(Column("missing", "count"), Column("distinct", "count")),
        *(Column("least", "score"), Column("largest", "score"), Column("commonest")),
    ]
    return table("data-columns", "Columns before preparation", columns, rows, sheet=SHEET)
