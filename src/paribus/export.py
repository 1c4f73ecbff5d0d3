"""A finished study's model made anew: from its record and its data, with other choices of `[deliver]`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
from pydantic import ValidationError

from paribus.deliver.writing import deliver
from paribus.errors import DataError, FailedTrialsError, StudyError
from paribus.report.facts import gather
from paribus.run import FOLDER
from paribus.steps.reading import read
from paribus.store.record import Record
from paribus.store.recorded import read_record
from paribus.study.problems import WrongStudyError, problems
from paribus.study.sections.deliver import Deliver
from paribus.study.spec import Study


def export(
    run: Path | str,
    *,
    frame: pd.DataFrame | None = None,
    folder: Path | str | None = None,
    data_dir: Path | str | None = None,
    choices: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[Path | None, tuple[str, ...]]:
    """Leave the chosen configuration of the folder `run` in its `model/`; that folder, and what to know.

    The data are looked for as `run` looks for them; `folder`: where the study stood when it was run, if None.
    `choices` are keys of `[deliver]` in place of the study's. No folder for what can't be delivered. Runs no
    code that the study names. Raises StudyError, DataError where the data aren't those of the study, and
    FailedTrialsError where the model can't be trained.
    """
    run = Path(run)
    with Record.at(run) as record:
        study = _asked(read_record(record), choices)
        if study.deliver.model == "none":
            raise StudyError("deliver.model = 'none': nothing to export; give --model refit or ensemble")
        folder = folder or record.fact(FOLDER) or "."
        study, table, parts, task = read(study, frame=frame, folder=folder, data_dir=data_dir, run_code=False)
        if table.fingerprint != record.fact("fingerprint"):
            raise DataError(
                f"{study.data.source}: isn't what {run} was made from (fingerprint"
                f" {record.fact('fingerprint')} → {table.fingerprint}): restore the data"
            )
        found = deliver(record, study, gather(record, study), table, parts, task, run)
    if found.failed:
        raise FailedTrialsError("; ".join(found.notes))
    return found.folder, found.notes


def _asked(study: Study, choices: Mapping[str, Any]) -> Study:
    try:
        chosen = Deliver.model_validate({**study.deliver.model_dump(), **choices})
    except ValidationError as error:
        raise WrongStudyError(each.under(("deliver",)) for each in problems(error, Deliver)) from None
    return study.model_copy(update={"deliver": chosen})
