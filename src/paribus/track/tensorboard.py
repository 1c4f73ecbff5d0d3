"""A study's runs as TensorBoard's files: a folder a run, its settings, scores and curves.

paribus track runs/mine --tensorboard logs && tensorboard --logdir logs
"""

from __future__ import annotations

import re
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from paribus.errors import StudyError
from paribus.store.record import Record
from paribus.store.recorded import read_record
from paribus.track.told import Source, Told

FOLDER = "tensorboard"
"""Where a run leaves them, in its own folder."""
MISSING_EXTRA = "TensorBoard's files need the extra tensorboard: pip install 'paribus[tensorboard]'"
_UNSAFE = re.compile(r"[^\w.=-]+")


def mirror(folder: Path, out: Path) -> int:
    """Write the runs of the study in `folder` that aren't in `out` yet; how many were written.

    A run's folder is there whole or not at all. Raises StudyError without the extra, or a place to write.
    """
    if not find_spec("tensorboardX"):
        raise StudyError(MISSING_EXTRA)
    count = 0
    with Record.at(folder) as record:
        source = Source(record, read_record(record))
        opened = source.opened()
        for told in source.configurations():
            place = out / _name(told)
            if (place / ("opened" if told.run_id in opened else "told")).exists():
                continue
            try:
                _write(place, told, told.run_id in opened)
            except OSError as error:
                raise StudyError(f"{out}: can't be written: {error.strerror or error}") from None
            count += 1
    return count


def mirrored(folder: Path, asked: bool) -> tuple[str, ...]:
    """The same at the end of a run, in its own folder, if it is `asked` for; why that can't be. The study
    never fails by it.
    """
    if not asked:
        return ()
    try:
        mirror(folder, folder / FOLDER)
    except StudyError as error:
        return (
            f"no TensorBoard files: {error}; then: paribus track {folder} --tensorboard {folder / FOLDER}",
        )
    return ()


def _name(told: Told) -> str:
    """A run's folder: it says what the run is, and is its own."""
    stage, config_id = told.tags["stage"], told.tags["config_id"]
    parts = [stage, config_id, *([told.name] if told.parent else [])]
    return "/".join(_UNSAFE.sub("_", part).strip(".") or "_" for part in parts)


def _write(place: Path, told: Told, opened: bool) -> None:
    """`opened`: whether the sealed part's scores are among the numbers; a run without them is told anew once
    it has them.
    """
    from tensorboardX import SummaryWriter
    from tensorboardX.summary import hparams

    new = place.with_name(f".{place.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    latest = {name: value for name, value, _ in told.numbers if not name.startswith("epoch_")}
    writer: Any = SummaryWriter(str(new))
    with writer:
        for summary in hparams(dict(told.params), latest):
            writer.file_writer.add_summary(summary)
        for name, value, step in told.numbers:
            writer.add_scalar(name, value, step, walltime=told.ended / 1000)
    (new / ("opened" if opened else "told")).touch()
    for file in place.glob("events.*"):
        file.unlink()
    for file in sorted(new.iterdir()):
        place.mkdir(parents=True, exist_ok=True)
        file.replace(place / file.name)
    new.rmdir()
