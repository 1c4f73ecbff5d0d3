"""The processor time of `paribus --help`, beside a Python that does nothing.

python benchmarks/help.py
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from common import described, rows


class Run(NamedTuple):
    """One run of a command: processor seconds (user and system), and seconds on the wall."""

    cpu: float
    wall: float


def command() -> list[str]:
    """The installed `paribus` of this Python, or the package as a module."""
    beside = shutil.which("paribus", path=os.pathsep.join([str(Path(sys.executable).parent)]))
    return [beside] if beside else [sys.executable, "-m", "paribus"]


def run(call: list[str]) -> Run:
    """Run it to its end; its output is dropped. Raises `SystemExit` with it where it fails."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    wall, after = perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(call)} ended with {done.returncode}:\n{done.stderr}")
    return Run(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, wall)


def line(name: str, runs: list[Run]) -> list[str]:
    """The table's line: medians, and the fastest and slowest run."""
    cpu, wall = [each.cpu for each in runs], [each.wall for each in runs]
    spread = f"{min(cpu):.3f} to {max(cpu):.3f}"
    return [name, f"{statistics.median(cpu):.3f}", spread, f"{statistics.median(wall):.3f}"]


def main() -> None:
    """Run the commands in turn, after one run of each that isn't counted, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repeat", type=int, default=20, help="runs of each")
    repeat = max(1, parser.parse_args().repeat)
    calls = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "paribus --help": [*command(), "--help"],
    }
    runs: dict[str, list[Run]] = {name: [] for name in calls}
    for place in range(repeat + 1):
        for name, call in calls.items():
            found = run(call)
            if place:
                runs[name].append(found)
    print(described(), end="\n\n")
    print(rows(["", "processor s", "spread", "wall s"], [line(name, runs[name]) for name in calls]))


if __name__ == "__main__":
    main()
