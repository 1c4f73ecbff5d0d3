"""The peak memory of a large table: read, split and prepared for training, over that of its float32 matrix.

A Parquet file of 2 million rows and 50 columns: 46 numbers, 6 of them with gaps, and 4 categories. A child
process reads, splits and prepares it as a run does, and tells the highest resident memory of each step
above what it held once everything was imported.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from paribus.data.load import load
from paribus.data.profile import table_profile
from paribus.data.split import split
from paribus.execute.shelf import Shelf
from paribus.study.spec import Data, Prepare, Protocol

ROWS, NUMBERS, GAPS, LEVELS = 2_000_000, 46, 6, (2, 3, 4, 5)
PIECE = 100_000


def write(path: Path, rows: int) -> None:
    """The table, a piece at a time."""
    generator = np.random.default_rng(0)
    writer: pq.ParquetWriter | None = None
    for start in range(0, rows, PIECE):
        size = min(PIECE, rows - start)
        numbers = generator.standard_normal((NUMBERS, size))
        numbers[:GAPS, :][generator.random((GAPS, size)) < 0.1] = np.nan
        columns = {f"x{place}": values for place, values in enumerate(numbers)}
        for n_levels in LEVELS:
            codes = generator.integers(n_levels, size=size)
            columns[f"c{n_levels}"] = np.array([f"level {code}" for code in range(n_levels)])[codes]
        signal = np.nan_to_num(numbers).sum(axis=0) + generator.standard_normal(size)
        table = pa.table({**columns, "y": (signal > 0).astype(np.int64)})
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    assert writer is not None
    writer.close()


def resident(key: str) -> int:
    """Bytes of this process: VmRSS now, VmHWM at its highest."""
    found = re.search(rf"{key}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def child(path: Path) -> None:
    """Do what a run does before training; print a line of JSON for each step."""
    base, began = resident("VmRSS"), perf_counter()

    def tell(step: str, features: int = 0) -> None:
        found = {"step": step, "now": resident("VmRSS") - base, "peak": resident("VmHWM") - base}
        print(json.dumps({**found, "seconds": perf_counter() - began, "features": features}), flush=True)

    table = load(Data(source=str(path), target="y"), folder=path.parent)
    tell("read")
    parts = split(table, Protocol(), 1)
    tell("split")
    with TemporaryDirectory(dir=path.parent) as folder:
        shelf = Shelf(Path(folder), parts, 1)
        tell("laid down")
        arrays = shelf.load(shelf.prepare((0, "default"), Prepare()))
        tell("prepared", arrays.size.features)
        assert table.fingerprint
        table_profile(table)
        tell("profile and fingerprint")


def main() -> None:
    """Write the table, measure in a child, print the steps as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        child(asked.child)
        return
    with TemporaryDirectory(prefix="paribus-large-") as folder:
        path = Path(folder) / "rows.parquet"
        write(path, asked.rows)
        command = [sys.executable, __file__, "--child", str(path)]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    steps = [json.loads(line) for line in lines]
    matrix = asked.rows * max(step["features"] for step in steps) * 4
    print(f"{asked.rows:,} rows, float32 matrix of {matrix / 2**20:,.0f} MB\n")
    print("| step | memory ÷ matrix | peak ÷ matrix | seconds |")
    print("|---|---|---|---|")
    for step in steps:
        ratios = f"{step['now'] / matrix:.2f} | {step['peak'] / matrix:.2f}"
        print(f"| {step['step']} | {ratios} | {step['seconds']:.0f} |")


if __name__ == "__main__":
    main()
