"""The model card: what the model is, what it was judged by, and what its owner must still say.

Mitchell et al., Model Cards for Model Reporting, FAT* 2019.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from paribus.deliver.folder import MEANING, TENSORS
from paribus.deliver.groups_card import as_cell, groups_section
from paribus.deliver.schema import Column, Schema
from paribus.deliver.subgroups import Judged
from paribus.report.facts import Facts
from paribus.report.facts.uses import energy_words, machine_words

_PARTS = {"val": "validation", "test": "sealed test"}
_FILL = "*(to be filled in)*"


def card(facts: Facts, schema: Schema, notes: Sequence[str], judged: Judged = ("val", ())) -> str:
    """The card as Markdown. `judged`: the part that subgroups were judged on, and these."""
    return "\n".join(
        [
            *_head(facts, schema, notes),
            *_data(facts, schema),
            *_metrics(facts, schema),
            *groups_section(*judged, _FILL),
            *_audit(facts),
            *_limits(facts, schema),
            *(_weights() if notes else _use(schema)),
        ]
    )


def _head(facts: Facts, schema: Schema, notes: Sequence[str]) -> Iterator[str]:
    what = {
        "refit": f"one network, trained once more on all {schema.rows:,} rows outside the sealed part"
        + (f", for {schema.epochs} epochs" if schema.epochs else ""),
        "ensemble": f"the mean of {schema.members} networks: its folds and seeds, as they were judged",
    }
    yield from (f"# {schema.study}", "", f"Made by paribus {schema.paribus} from configuration")
    yield from (f"`{schema.config_id}` of {len(facts.board):,}: {what[schema.model]}.", "")
    yield from (f"- {note}" for note in notes)
    yield from ("## Purpose", "")
    for field in ("Owner and contact", "Intended use", "Users", "Uses it must not be put to", "Licence"):
        yield f"- {field}: {_FILL}"
    yield ""


def _data(facts: Facts, schema: Schema) -> Iterator[str]:
    data = facts.data
    asked = ", ".join(schema.targets)
    yield from ("## Data and protocol", "")
    yield f"- Source: {data['source']}, {data['n_rows']:,} rows; fingerprint `{facts.fingerprint}`"
    yield f"- Task: {schema.task}; target: {asked}"
    if data["class_counts"]:
        counts = ", ".join(f"{name} {count:,}" for name, count in data["class_counts"].items())
        yield f"- Rows of each class: {counts}"
    yield f"- Split: {facts.split}"
    yield f"- Validation: {facts.study.protocol.validation}, {facts.study.protocol.seeds} seed(s)"
    yield from ("", "| column | kind | training rows held | missing |", "|---|---|---|---|")
    yield from (_row(column) for column in schema.columns)
    yield ""


def _row(column: Column) -> str:
    if column.kind == "text":
        held = ", ".join(column.levels[:8]) + (
            f" and {len(column.levels) - 8} more" if len(column.levels) > 8 else ""
        )
    elif column.kind == "image" and column.shape is not None:
        height, width, channels = column.shape
        held = f"{height} × {width}, {channels} channel{'s' * (channels > 1)}"
    elif column.kind == "words":
        held = f"{column.low or 0:g} to {column.high or 0:g} characters"
    elif column.low is not None and column.high is not None:
        held = f"{column.low:g} to {column.high:g}" + (" seconds since 1970" if column.kind == "date" else "")
    else:
        held = "–"
    return f"| {as_cell(column.name)} | {column.kind} | {as_cell(held)} | {column.missing:.1%} |"


def _metrics(facts: Facts, schema: Schema) -> Iterator[str]:
    yield from ("## What it is worth", "")
    if schema.model == "refit":
        yield "Of the networks that were judged. This one was trained as they were, on more rows, and was not"
        yield "judged itself."
        yield ""
    yield from ("| metric | part | value | interval | method |", "|---|---|---|---|---|")
    for score in facts.best.scores:
        low, high = (f"{bound:.4g}" for bound in (score.interval.low, score.interval.high))
        part = _PARTS.get(score.part, score.part)
        yield f"| {score.metric} | {part} | {score.value:.4g} | {low} to {high} | {score.interval.method} |"
    yield ""
    if facts.optimism:
        yield f"Choosing among {len(facts.board):,} configurations made its validation score look better than"
        yield f"it is: {facts.optimism.naive:.4g} is worth about {facts.optimism.corrected:.4g}."
        yield ""
    if schema.threshold is not None:
        before = " before recalibration" if schema.threshold_before and schema.calibration != "none" else ""
        yield f"A row is called `{schema.classes[1]}` above a probability{before} of {schema.threshold:.6g}"
        yield f"(threshold for: {schema.threshold_for}; recalibration: {schema.calibration})."
        yield ""


def _audit(facts: Facts) -> Iterator[str]:
    found = [finding for finding in facts.findings if finding.status == "found"]
    yield from ("## What the audit found", "")
    yield from (f"- {finding.code}: {finding.message} {finding.remedy}" for finding in found)
    yield from ([] if found else ["Nothing."])
    yield ""


def _limits(facts: Facts, schema: Schema) -> Iterator[str]:
    yield from ("## Limits", "")
    yield "- It knows rows like those it was trained on; `paribus predict` tells the share that lies outside."
    yield "- A level that no training row had is treated as the preparation says, never refused."
    if schema.agreement is not None:
        yield f"- This file and the training process differ by at most {schema.agreement:.1g}, as compared."
    yield f"- The study took {facts.wall_seconds:,.0f} s, without this file."
    yield f"- Energy: {energy_words(facts.used)}."
    yield from (f"- Machine: {machine_words(machine)}" for machine in facts.used.machines)
    yield from (f"- Known failures, risks, what to watch: {_FILL}", "")


def _weights() -> Iterator[str]:
    """Of a model that has no ONNX file."""
    yield from ("## How to use it", "")
    yield "No `model.onnx` stands here, for the reason above, so that `paribus predict` can't use it. Its"
    yield f"numbers are in `{TENSORS}`, what they mean in `{MEANING}`."
    yield ""


def _use(schema: Schema) -> Iterator[str]:
    yield from (
        "## How to use it",
        "",
        "```",
        f"paribus predict model.onnx {_asked_of(schema)} -o predictions.csv",
        "```",
        "",
    )
    yield from (
        "```python",
        "import paribus",
        'model = paribus.load("model.onnx")',
        "model.predict(frame)",
        "```",
        "",
    )
    yield "Without paribus: one input a column, `(rows,)` each; numbers, and dates as seconds since"
    yield "1970-01-01 (UTC), as doubles, NaN where missing; texts as strings without spaces at their ends,"
    yield "empty where missing."
    for column in schema.columns:
        if column.shape is not None:
            yield f"`{as_cell(column.name)}`: uint8 {('rows', *column.shape)}, (row, height, width, channel)."
    for text in schema.texts:
        names = " and ".join(f"`{as_cell(name)}`" for name in text.names)
        yield f"`{as_cell(text.column)}`: as {names}, by the words in `vocabulary.json`."
    yield f"Outputs: {', '.join(f'`{name}`' for name in schema.outputs)}."
    yield ""


def _asked_of(schema: Schema) -> str:
    return "images/" if any(column.kind == "image" for column in schema.columns) else "rows.csv"
