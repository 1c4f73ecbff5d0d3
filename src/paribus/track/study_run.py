"""The run that stands for a whole study: its summary, the report and the tables, the chosen model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.deliver.folder import MODEL, ONNX
from paribus.deliver.guard import read_model
from paribus.deliver.schema import Column, Schema
from paribus.study.sections.deliver import Track
from paribus.track.client import FOLDER, KEY, known, unfinished
from paribus.track.sqlite import tags_of
from paribus.track.told import Number, Source, Told

FILES = ("study.toml", "trials.csv", "trials.parquet", "leaderboard.csv", "questions.csv", "summary.json")
MORE = ("audit.json", "tables.xlsx", "report.html")
FOLDERS = ("figures", MODEL)


def tell_study(
    client: Any, address: str, source: Source, folder: Path, experiment: str, asked: Track, user: str
) -> int:
    """Tell of the study as it stands in `folder`, unless just that was told already; 1 if it was told now."""
    if not (folder / "summary.json").is_file():
        return 0
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    model = _model(folder)
    run_id = source.run_id("study", model[1].made_from if model else "", summary["n_trials"])
    if run_id in known(client, experiment, "tags.kind = 'study' and attributes.status = 'FINISHED'"):
        return 0
    # MLflow marks a run as failed when its model can't be logged
    for asked_for in (
        "attributes.status = 'RUNNING'",
        "attributes.status = 'FAILED' and tags.kind = 'study'",
    ):
        for broken in unfinished(client, experiment, source.folder, asked_for):
            client.delete_run(broken)
    told = Told(
        run_id,
        f"study {source.study.name}",
        source.begun,
        source.begun + int(1000 * summary["wall_seconds"]),
        "FINISHED",
        {},
        tuple(_numbers(summary)),
        {"kind": "study", "data_fingerprint": source.fingerprint, "study_hash": source.hash},
    )
    own = {KEY: run_id, FOLDER: source.folder, "chosen": summary["best"]["config_id"]}
    tags = {**tags_of(told, user), **own}
    made = client.create_run(experiment, start_time=told.started, run_name=told.name, tags=tags).info.run_id
    _write(client, made, folder, told)
    if model is not None:
        register(address, made, model[0], model[1], asked.register_as or source.study.name)
    client.set_terminated(made, told.status, told.ended)
    return 1


def _write(client: Any, run_id: str, folder: Path, told: Told) -> None:
    from mlflow.entities import Metric

    client.log_batch(run_id, [Metric(name, value, told.ended, step) for name, value, step in told.numbers])
    for name in (*FILES, *MORE):
        if (folder / name).is_file():
            client.log_artifact(run_id, str(folder / name))
    for name in FOLDERS:
        if (folder / name).is_dir():
            client.log_artifacts(run_id, str(folder / name), name)


def _numbers(summary: dict[str, Any]) -> Iterator[Number]:
    """The chosen configuration's scores, and sizes."""
    best = {name: value for name, value in summary["best"].items() if name.startswith(("val_", "test_"))}
    for name, value in best.items():
        if isinstance(value, list):
            for end, bound in zip(("low", "high"), value, strict=True):
                if bound is not None:
                    yield f"{name}_{end}", float(bound), 0
        elif value is not None:
            yield name, float(value), 0
    for name in ("n_trials", "n_configurations", "wall_seconds"):
        yield name, float(summary[name]), 0


def _model(folder: Path) -> tuple[bytes, Schema] | None:
    path = folder / MODEL / ONNX
    return read_model(path) if path.is_file() else None


def register(address: str, run_id: str, content: bytes, schema: Schema, name: str) -> None:
    """Log the model's file with its signature and an example, and make it the next version of its name."""
    import mlflow
    import mlflow.onnx
    import onnx

    from paribus.deliver.running import Session

    session = Session(content, schema)
    row, found = session.inputs(example(schema)), session.run(example(schema))
    mlflow.set_tracking_uri(address)
    mlflow.set_registry_uri(address)
    with mlflow.start_run(run_id=run_id):
        mlflow.onnx.log_model(
            onnx.load_from_string(content),
            name="chosen",
            signature=_signature(row, found, schema),
            input_example=row,
            onnx_execution_providers=["CPUExecutionProvider"],
            registered_model_name=name.replace("/", "-").replace(":", "-"),
            pip_requirements=["onnx", "onnxruntime", "numpy", "pandas"],
            save_as_external_data=False,
        )


def _signature(row: dict[str, NDArray[Any]], found: dict[str, NDArray[Any]], schema: Schema) -> Any:
    """What goes in and out as MLflow says it: of texts any number of rows and of entries."""
    from mlflow.models import infer_signature
    from mlflow.types import Schema as Inputs
    from mlflow.types import TensorSpec

    words = {name for text in schema.texts for name in text.names}
    told = infer_signature(row, found)
    told.inputs = Inputs(
        [TensorSpec(each.type, (-1, -1), each.name) if each.name in words else each for each in told.inputs]
    )
    return told


def example(schema: Schema) -> dict[str, NDArray[Any]]:
    """One made-up row: the middle of each range, the first level of each text. No row of the data."""
    return {column.name: _cell(column) for column in schema.columns}


def _cell(column: Column) -> NDArray[Any]:
    if column.kind == "words":
        return np.array(["a text"], dtype=object)
    if column.shape is not None:
        return np.zeros((1, *column.shape), dtype=np.uint8)
    if column.kind == "text":
        return np.array([column.levels[0] if column.levels else ""], dtype=object)
    return np.array([0.0 if column.low is None or column.high is None else (column.low + column.high) / 2])
