"""`paribus predict`: a model's predictions for a file of rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from paribus.cli.arguments import at_least_one

ModelPath = Annotated[Path, typer.Argument(metavar="MODEL", help="A run's DIR, its model/ or an .onnx file.")]


def predict(
    model: ModelPath,
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA",
            help="Rows: .csv, .tsv, .parquet, .txt (a text a line); images: a folder, .zip or a table.",
        ),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="OUT", help="Where predictions go: .csv or .parquet. [default: printed]"
        ),
    ] = None,
    rows: Annotated[
        int, typer.Option(parser=at_least_one, metavar="N", help="Rows held in memory at a time.")
    ] = 65_536,
    broken: Annotated[
        Literal["refuse", "drop"],
        typer.Option(
            help="Images that can't be read: end with an error, or leave them without a prediction."
        ),
    ] = "refuse",
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Predict for every row of DATA, in their order: prediction, and p_<class> for classes."""
    from paribus.cli.predicting import print_drift, progress_of
    from paribus.deliver.files import predict_file
    from paribus.deliver.model import load

    loaded = load(model)
    with progress_of(data, quiet or out is None) as told:
        drift = predict_file(loaded, data, out, rows, told, drop=broken == "drop")
    if not quiet and out is not None:
        print_drift(drift, out)
