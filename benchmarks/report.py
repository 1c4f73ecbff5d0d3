"""How long a study's report takes to write: the first time, again with its figures kept, and in one process.

    python benchmarks/report.py DIR

Wall seconds, and processor seconds of this process and of those that draw. Importing is not counted.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import psutil

from paribus.report import drawings
from paribus.report.write import write_report
from paribus.store.record import Record
from paribus.store.recorded import read_record


def measure(source: Path, target: Path) -> tuple[float, float, float]:
    """Wall seconds, processor seconds of this process, and of those that it started."""
    with Record.at(source) as record:
        before, started = psutil.Process().cpu_times(), perf_counter()
        write_report(record, read_record(record), target)
        wall, after = perf_counter() - started, psutil.Process().cpu_times()
    own = after.user + after.system - before.user - before.system
    others = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, own, others


def main() -> None:
    """Print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    source = parser.parse_args().folder
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':24} {'wall':>6} {'here':>6} {'drawing processes':>18}")
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        for name, target in (("first", one), ("again, figures kept", one)):
            print(f"{name:24} {' '.join(f'{each:6.2f}' for each in measure(source, Path(target)))}")
        drawings.MANY = 10**9
        alone = measure(source, Path(other))
        print(f"{'first, in one process':24} {' '.join(f'{each:6.2f}' for each in alone)}")
        page = (Path(one) / "report.html").stat().st_size
        print(f"report.html: {page / 1e6:.2f} MB; {len(list((Path(one) / 'figures').glob('*.svg')))} figures")


if __name__ == "__main__":
    main()
