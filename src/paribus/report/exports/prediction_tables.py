"""Tables of what the chosen configuration called each row, and of trials that did not end well."""

from __future__ import annotations

from collections.abc import Iterator

from paribus.report.exports.table import Column, Kind, Table, from_frame, table
from paribus.report.facts import Facts
from paribus.report.facts.predictions import Classified, Estimated

SHEET = "predictions"
PARTS = {"val": "validation", "test": "the sealed part"}
_REPORT = (
    *(Column("class"), Column("precision", "score"), Column("recall", "score"), Column("f1", "score")),
    *(Column("rows", "count"), Column("roc_auc", "score"), Column("average_precision", "score")),
)
_CONFUSION = (Column("truth"), Column("called"), Column("rows", "count"), Column("share", "score"))
_RESIDUALS = (Column("low", "score"), Column("high", "score"), Column("rows", "count"))


def prediction_tables(facts: Facts) -> Iterator[Table]:
    """By part: the classification report and the confusion matrix, or the residuals; then the failures."""
    for found in facts.predicted:
        if isinstance(found, Classified):
            yield from _classified(found)
        elif isinstance(found, Estimated):
            rows = from_frame(found.residuals, _RESIDUALS)
            title = f"Residuals (truth − predicted) on {PARTS[found.part]}"
            yield table(f"predictions-{found.part}-residuals", title, _RESIDUALS, rows, sheet=SHEET)
    if len(facts.failures):
        columns: dict[str, Kind] = {
            **{"stage": "text", "status": "text", "reason": "text", "trials": "count", "config_id": "text"}
        }
        rows = from_frame(facts.failures, [Column(name, kind) for name, kind in columns.items()])
        notes = ("config_id is one of them; … stands for a number.",)
        yield table("failures", "Trials that did not end well", columns, rows, notes)


def _classified(found: Classified) -> Iterator[Table]:
    part, calls = PARTS[found.part], "two classes are called at 0.5, several by the likeliest"
    areas, averages = (found.report["class"].map(known) for known in (found.areas, found.averages))
    report = found.report.assign(roc_auc=areas, average_precision=averages)
    notes = (f"Of the mean prediction over seeds; {calls}.",)
    yield table(
        f"predictions-{found.part}-report",
        f"Classification report on {part}",
        _REPORT,
        from_frame(report, _REPORT),
        notes,
        sheet=SHEET,
    )
    rows = from_frame(found.confusion, _CONFUSION)
    told = ("share: of the rows that are truly so.",)
    yield table(
        f"predictions-{found.part}-confusion", f"Confusion on {part}", _CONFUSION, rows, told, sheet=SHEET
    )
