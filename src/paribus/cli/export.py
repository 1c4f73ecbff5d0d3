"""`paribus export`: the chosen configuration as a deployable model."""

from __future__ import annotations

from typing import Annotated

import typer

from paribus.cli.arguments import DataDir, Folder


def export(
    folder: Folder,
    *,
    model: Annotated[
        str | None, typer.Option(metavar="refit|ensemble", help="Instead of [deliver] model.")
    ] = None,
    calibration: Annotated[
        str | None, typer.Option(metavar="none|validation", help="Instead of [deliver] calibration.")
    ] = None,
    threshold: Annotated[
        str | None,
        typer.Option(metavar="half|f1|youden|recall|cost", help="Instead of [deliver] threshold."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Leave the chosen configuration in DIR/model: ONNX, weights and card. Reads the study's data again."""
    from paribus.export import export as export_model

    told = {"model": model, "calibration": calibration, "threshold": threshold}
    asked = {key: value for key, value in told.items() if value is not None}
    made, notes = export_model(folder, data_dir=data_dir, choices=asked)
    for note in notes:
        print(note)
    if made is not None:
        print(f"model: {made.resolve()}")
