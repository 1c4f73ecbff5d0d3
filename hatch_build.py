"""Builds the native code where there is a C compiler; elsewhere the package is pure Python.

Without it paribus trains by PyTorch's calls: the same study, somewhat slower.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = (
    Path("src/paribus/population/native/networks.c"),
    Path("src/paribus/networks/augment/native/movements.c"),
)
FLAGS = ("-O3", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math", "-shared", "-fPIC")
VARIANTS = {
    "x86_64": {"x86_64_v3": ("-march=x86-64-v3",), "x86_64_v4": ("-march=x86-64-v4",)},
}
"""Which builds, by the kind of processor; `generic` for any other."""


class NativeBuild(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles each source beside itself, once for each variant."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before a wheel or an editable install is made."""
        named = os.environ.get("CC", "cc").split()[0]
        compiler = next(filter(None, map(shutil.which, (named, "gcc", "clang"))), None)
        if compiler is None or self.target_name != "wheel":
            return
        for source in SOURCES:
            built = [
                self._compile(compiler, Path(self.root) / source, variant, flags)
                for variant, flags in VARIANTS.get(platform.machine(), {"generic": ()}).items()
            ]
            if any(built):
                build_data["pure_python"] = False
                build_data["infer_tag"] = True
                build_data["artifacts"].append(f"/{source.parent}/*.so")

    def _compile(self, compiler: str, source: Path, variant: str, flags: tuple[str, ...]) -> bool:
        target = source.with_name(f"{source.stem}_{variant}.so")
        command = [compiler, *FLAGS, *flags, str(source), "-o", str(target), "-lm"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            target.unlink(missing_ok=True)
            print(f"paribus: no native code for {variant}: {done.stderr.strip()[:500]}", file=sys.stderr)
        return done.returncode == 0
