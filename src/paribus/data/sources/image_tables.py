"""Images as bytes in a column of a Parquet file, beside their labels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from paribus.data.columns import listed
from paribus.data.sources.parquet import read_parquet
from paribus.data.sources.rows import Rows
from paribus.decoding.tabled import ParquetFiles
from paribus.errors import DataError, nearest
from paribus.study.spec import Data


def read_image_table(path: Path, data: Data) -> Rows:
    """The rows of a Parquet file; its images stay there until they are decoded. Raises DataError."""
    image = data.image
    assert image is not None  # else nothing is read as images
    rows = read_parquet(path, left_out=image)
    with pq.ParquetFile(path) as file:
        schema, told = file.schema_arrow, file.metadata
        if image not in schema.names:
            raise DataError(
                f"{path}: data.image names '{image}', which is no column{nearest(image, schema.names)}"
                f" (columns: {listed(schema.names)})"
            )
        kind = schema.field(image).type
        fields = [field.name for field in kind] if pa.types.is_struct(kind) else []
        if not (_is_bytes(kind) or ("bytes" in fields and _is_bytes(kind.field("bytes").type))):
            raise DataError(
                f"{path}: column '{image}' (data.image) holds {kind}, not the bytes of image files. Where it"
                " holds their names, give the folder with the files in data.source and this table in"
                " data.labels"
            )
        names = _names(file, image, fields, rows)
        sizes = [told.row_group(place).num_rows for place in range(told.num_row_groups)]
    stat = path.stat()
    files = ParquetFiles(
        path.resolve(),
        image,
        stamp=f"{stat.st_size}\0{stat.st_mtime_ns}",
        ends=np.cumsum(sizes),
        rows=np.arange(len(rows)),
        names=names,
        each=stat.st_size // len(rows),
    )

    def fetch(name: str) -> pd.Series[str]:
        return pd.Series(names, index=rows.index) if name == image else rows.column(name)

    return replace(rows, names=(*rows.names, image), fetch=fetch, files=files)


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _names(file: pq.ParquetFile, image: str, fields: list[str], rows: Rows) -> tuple[str, ...]:
    """The file names that stand beside the bytes, or the rows' numbers."""
    numbered = [rows.at(place) for place in range(len(rows))]
    if "path" not in fields:
        return tuple(numbered)
    paths = file.read(columns=[f"{image}.path"]).column(0).flatten()[0].to_pylist()
    return tuple(path or number for path, number in zip(paths, numbered, strict=True))
