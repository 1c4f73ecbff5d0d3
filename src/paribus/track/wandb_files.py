"""A study's runs as Weights & Biases' offline files, without login or network: `wandb sync` sends them later.

paribus track runs/mine --wandb logs && wandb sync logs/wandb/offline-run-*
"""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

from paribus.errors import StudyError
from paribus.store.record import Record
from paribus.store.recorded import read_record
from paribus.track.told import Source, Told

MISSING_EXTRA = "Weights & Biases' files need the extra wandb: pip install 'paribus[wandb]'"
FOLDER = "wandb"
"""Where wandb itself puts runs, in the folder that it is given."""
_UNSAFE = re.compile(r"[/\\#?%:\x00-\x1f]+")
_LONGEST = 128
"""Characters of a project's and of a group's name."""


def write_offline(folder: Path, out: Path) -> int:
    """Write the runs of the study in `folder` that aren't in `out` yet; how many were written.

    A run that was cut off is written anew, and so is one whose scores on the sealed part are new. Raises
    StudyError without the extra, or a place to write.
    """
    if not find_spec("wandb"):
        raise StudyError(MISSING_EXTRA)
    import wandb

    count = 0
    with Record.at(folder) as record:
        source = Source(record, read_record(record))
        opened = source.opened()
        try:
            out.mkdir(parents=True, exist_ok=True)  # else wandb would write elsewhere
            there = _there(out)
            for told in source.configurations():
                mark = "opened" if told.run_id in opened else "told"
                if any((place / mark).exists() for place in there[told.run_id]):
                    continue
                for place in there[told.run_id]:
                    shutil.rmtree(place)
                (_write(out, told, source.study.track.experiment or source.study.name) / mark).touch()
                count += 1
        except (wandb.Error, OSError) as error:
            why = getattr(error, "strerror", None) or str(error)[:300]
            raise StudyError(f"{out}: Weights & Biases' files can't be written: {why}") from None
        finally:
            wandb.teardown()
    return count


def _there(out: Path) -> defaultdict[str, list[Path]]:
    """The folders in `out` by the ids of their runs."""
    found = defaultdict(list)
    for place in (out / FOLDER).glob("offline-run-*"):
        found[place.name.rpartition("-")[2]].append(place)
    return found


def _write(out: Path, told: Told, project: str) -> Path:
    """Write one run; its folder."""
    import wandb

    settings = wandb.Settings(
        silent=True,
        console="off",
        disable_code=True,
        disable_git=True,
        x_disable_meta=True,
        x_disable_stats=True,
        x_save_requirements=False,
    )
    run = wandb.init(
        dir=str(out),
        mode="offline",
        id=told.run_id,
        name=told.name,
        project=_UNSAFE.sub("-", project)[:_LONGEST],
        group=_UNSAFE.sub("-", told.tags["stage"])[:_LONGEST],
        job_type=told.tags["kind"],
        config={**told.params, **told.tags},
        settings=settings,
        reinit="finish_previous",
    )
    curves: defaultdict[int, dict[str, float]] = defaultdict(dict)
    scores = {}
    for name, value, step in told.numbers:
        if name.startswith(("epoch_", "trial_")):
            curves[step][name] = value
        else:
            scores[name] = value
    for step, values in sorted(curves.items()):
        run.log(values, step=step)
    run.summary.update(scores)
    run.finish(exit_code=0 if told.status == "FINISHED" else 1)
    return Path(run.settings.sync_dir)
