"""Figures drawn while others are put together: in processes of their own, and none that is drawn already."""

from __future__ import annotations

import json
import os
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from loky import ProcessPoolExecutor
from loky.process_executor import TerminatedWorkerError

from paribus.data.processes import OWN_CODE
from paribus.execute.pool import available_workers
from paribus.report import rendering
from paribus.report.figures.drawing import VEGA_LITE, Figure
from paribus.store.folder import write

MANY = 500
"""Trials from which figures are drawn in processes of their own: fewer are drawn while those would start."""
MOST = 4
"""Processes that draw, at most."""
KEPT = ".drawn.json"
"""In the folder of the figures: of each file, what it was drawn from and what it held."""
Drawn = tuple[str, bytes | None]


class Drawings:
    """Draws the figures that it is given, and hands them back drawn.

    In `folder` stand the figures of the last time: one whose specification is unchanged is read there, if
    its file holds what was written. With `files`, SVG and PNG of each figure are written there. From `MANY`
    trials on, drawing goes on beside whatever the caller does meanwhile.
    """

    def __init__(self, folder: Path, n_trials: int, *, files: bool) -> None:
        self.folder, self.files = folder, files
        self.processes = min(available_workers(), MOST) if n_trials >= MANY else 1
        self.known = _known(folder)
        self.figures: list[Figure] = []
        self.drawn: list[Drawn | Future[Drawn]] = []
        self.executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> Drawings:
        if not self.known:
            self._start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.executor:
            self.executor.shutdown(wait=True, kill_workers=True)

    def add(self, figure: Figure) -> None:
        """One figure more."""
        self.figures.append(figure)
        kept = self._kept(figure)
        if kept:
            self.drawn.append(kept)
            return
        self._start()
        if self.executor:
            with suppress(TerminatedWorkerError):  # of before: it is drawn here
                self.drawn.append(self.executor.submit(rendering.render, *self._asked(figure)))
                return
        self.drawn.append(rendering.render(*self._asked(figure)))

    def finish(self) -> tuple[Figure, ...]:
        """All figures with their drawings, in the order in which they came."""
        made: list[Figure] = []
        now: dict[str, dict[str, str]] = {}
        for figure, drawn in zip(self.figures, self.drawn, strict=True):
            svg, png = self._ended(figure, drawn)
            made.append(replace(figure, drawing=svg))
            if png is not None:
                write(self.folder / f"{figure.name}.svg", svg)
                write(self.folder / f"{figure.name}.png", png)
                now[figure.name] = _entry(_key(figure), svg, png)
        if now:
            write(self.folder / KEPT, json.dumps(now, indent=1))
        return tuple(made)

    def _asked(self, figure: Figure) -> tuple[str, str, str, str, bool]:
        return figure.text, figure.name, figure.description, VEGA_LITE, self.files

    def _ended(self, figure: Figure, drawn: Drawn | Future[Drawn]) -> Drawn:
        """What was drawn; drawn here if its process was killed, perhaps for want of memory."""
        if not isinstance(drawn, Future):
            return drawn
        try:
            return drawn.result()
        except TerminatedWorkerError:
            return rendering.render(*self._asked(figure))

    def _start(self) -> None:
        """The processes, started once: they make themselves ready while the first facts are gathered."""
        if self.executor is None and self.processes > 1:
            self.executor = ProcessPoolExecutor(
                max_workers=self.processes,
                timeout=None,
                initializer=rendering.set_up,
                initargs=(os.getpid(), VEGA_LITE),
                env=OWN_CODE,
            )
            for _ in range(self.processes):
                self.executor.submit(rendering.way)

    def _kept(self, figure: Figure) -> Drawn | None:
        """The drawing of the last time, if it was drawn from the same and nobody changed it."""
        entry = self.known.get(figure.name)
        if entry is None or entry["key"] != _key(figure):
            return None
        try:
            svg = (self.folder / f"{figure.name}.svg").read_text(encoding="utf-8")
            png = (self.folder / f"{figure.name}.png").read_bytes() if self.files else None
        except (OSError, UnicodeDecodeError):
            return None
        if rendering.digest(svg) != entry["svg"] or (
            png is not None and rendering.digest(png) != entry["png"]
        ):
            return None
        return svg, png


def _key(figure: Figure) -> str:
    """Of all that the drawing depends on."""
    said = (rendering.way(), VEGA_LITE, figure.name, figure.description, figure.text)
    return rendering.digest(json.dumps(said))


def _entry(key: str, svg: str, png: bytes) -> dict[str, str]:
    return {"key": key, "svg": rendering.digest(svg), "png": rendering.digest(png)}


def _known(folder: Path) -> dict[str, dict[str, str]]:
    """What was told of the figures in `folder`; nothing where that can't be read."""
    try:
        found = json.loads((folder / KEPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {
        str(name): entry
        for name, entry in (found.items() if isinstance(found, dict) else ())
        if isinstance(entry, dict) and entry.keys() >= {"key", "svg", "png"}
    }
