"""Reading: the study's data, checked and split, and whether what the study asks of them can be done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from paribus.data.load import load
from paribus.data.prepare.text.represent import vocabulary_notes
from paribus.data.split import Split, split
from paribus.data.table import Table
from paribus.data.text.beside import look_in
from paribus.data.text.vectors import vector_size
from paribus.errors import StudyError
from paribus.execute.progress import Progress, Quiet
from paribus.networks.encoder import encoders_of
from paribus.networks.fitting import check_networks, check_readers
from paribus.networks.module import distrust, factory, trust
from paribus.population.outcome import Task
from paribus.steps.refusal import refuse
from paribus.study.fit import check_fit, check_representations, represented, with_usual_settings
from paribus.study.plan import plan
from paribus.study.spec import Study


def read(
    study: Study,
    *,
    frame: pd.DataFrame | None = None,
    folder: Path | str = ".",
    data_dir: Path | str | None = None,
    trust_code: bool = False,
    run_code: bool = True,
    workers: int = 1,
    progress: Progress | None = None,
) -> tuple[Study, Table, Split, Task]:
    """The study with what is usual for its task; its data, checked and split; what networks are asked for.

    `run_code`: see that the code that the study names can be run; not needed where nothing is trained by it.
    `workers`: threads that encode texts; 0 where nothing is to be encoded, since nothing is trained.
    Raises `DataError`, and `StudyError` for what no engine can train on them.
    """
    if not isinstance(study, Study):
        raise StudyError(
            f"study must be a paribus.Study, received {study!r}:"
            " paribus.read_study(path) reads one from its file"
        )
    trust(Path(folder)) if trust_code else distrust()
    where = Path(data_dir) if data_dir else None
    look_in(Path(folder), where)
    told = progress or Quiet()
    check_representations(study)
    encoders = encoders_of(represented(study), workers, told.note)
    table = load(
        study.data,
        folder=Path(folder),
        data_dir=where,
        frame=frame,
        encoders=encoders,
        seed=study.seed,
        progress=told.decoded,
    )
    study = with_usual_settings(study, table.task)
    check_fit(study, table.task, table.n_selectable, table.classes, len(table.outputs))
    task = Task(
        table.task,
        table.n_outputs,
        study.protocol.metrics,
        classes=table.classes,
        train_metrics=study.protocol.curves == "both",
        weighted=study.data.weight is not None,
        image=table.features.images.shape if table.features.has_images else None,
    )
    texts = _represented(study, task, run_code)
    parts = split(table, study.protocol, study.seed)
    if notes := vocabulary_notes(texts, parts.folds[0].training):
        table = replace(table, notes=(*table.notes, *notes))
    return study, table, parts, task


def _represented(study: Study, task: Task, run_code: bool) -> list[str]:
    """Every `prepare.represent` of what is planned. Raises `StudyError` for what can't be trained, imported,
    read or built.
    """
    texts = set()
    for stage in plan(study):
        for configuration in stage.configurations:
            texts.add(configuration.prepare.represent)
            if run_code and configuration.network.module:
                factory(configuration.network.module)
            for source in configuration.vector_sources:
                vector_size(source)
        refuse(stage.name, stage.configurations, task)
        if run_code:
            check_readers(stage.configurations)
        if run_code and task.image:
            check_networks(stage.configurations, task.image)
    return sorted(texts)
