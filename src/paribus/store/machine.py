"""The machine that a session runs on."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

import psutil

from paribus.store.energy import nvidia

_PROCESSORS = Path("/proc/cpuinfo")


def machine() -> dict[str, Any]:
    """Its processor, cores (`threads` are those that the system counts), bytes of memory, GPUs, system.

    `cores` is None where the system doesn't tell them from threads.
    """
    return {
        "processor": _processor(),
        "cores": psutil.cpu_count(logical=False),
        "threads": psutil.cpu_count(),
        "memory": psutil.virtual_memory().total,
        "gpus": [gpu.name for gpu in nvidia()],
        "system": platform.platform(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def processor_seconds() -> float:
    """What this process and those of its children that have ended have used of processors."""
    used = psutil.Process().cpu_times()
    return float(used.user + used.system + used.children_user + used.children_system)


def _processor(told: Path = _PROCESSORS) -> str:
    """Its name, where the system has one; else its kind."""
    try:
        lines = told.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next((name for name in named if name), "") or platform.processor() or platform.machine()
