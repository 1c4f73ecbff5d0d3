"""What is delivered: the chosen configuration, trained once more, or the networks that were judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median_high
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.data.parts import TrainingPart
from paribus.data.prepare.preparation import Preparation, prepare_training
from paribus.data.split import Split, unsealed
from paribus.data.table import Table
from paribus.engines import ENGINES
from paribus.errors import FailedTrialsError
from paribus.networks.network import Weights
from paribus.networks.predict import predict
from paribus.population.outcome import FoldArrays, Lineage, Task
from paribus.store.arrays import pack, unpack, weights
from paribus.store.record import Record
from paribus.store.tables import configuration_of
from paribus.study.configuration import Configuration
from paribus.study.plan import seeds
from paribus.study.spec import Study

WATCHED = 256
"""Rows that a refit's engine is shown as validation, as it needs some; nothing depends on them."""


@dataclass(frozen=True, eq=False)
class Trained:
    """One delivered network with its fitted preparation."""

    configuration: Configuration
    preparation: Preparation
    weights: Weights
    epochs: int

    def predict(self, part: TrainingPart, task: Task) -> NDArray[np.float32]:
        """What it predicts for a part's rows, in the target's own units."""
        asked = self.configuration
        rows = self.preparation.apply(part)
        found = predict(asked, self.weights, rows, task.kind, task.n_outputs)
        return self.preparation.restore(found)


def watches_validation(configuration: Configuration) -> bool:
    """Whether its learning rate depends on rows that a refit doesn't hold out."""
    schedule = configuration.train.schedule
    return schedule is not None and schedule.name == "plateau"


def refit(record: Record, study: Study, config_id: str, part: TrainingPart, task: Task, fold: int) -> Trained:
    """Train the configuration once more, on all of `part`, from the study's seed.

    Where it stops early, for as many epochs as its trials' best had in the median: no rows are left to
    watch. `fold` names its random streams. Raises FailedTrialsError where it diverges.
    """
    chosen = configuration_of(record, config_id)
    epochs = _epochs(record, chosen)
    # A schedule runs over all epochs that were asked for, as in the trials: the network is read off earlier.
    last = epochs if chosen.train.schedule is None else chosen.train.epochs
    train = chosen.train.model_copy(update={"early_stopping": None, "epochs": last})
    asked = replace(chosen, train=train)
    fitted, rows = prepare_training(asked.prepare, part, study.seed)
    target: NDArray[Any] = rows.target.astype(
        np.float32 if task.kind in ("regression", "multilabel") else np.int64
    )
    watched = slice(0, min(WATCHED, len(target)))
    truth = part.target.astype(np.float32) if fitted.target else None
    arrays = FoldArrays(
        rows.features,
        target,
        rows.features[watched],
        target[watched],
        train_weight=rows.weight,
        restore=fitted.restore if fitted.target else None,
        train_truth=truth,
        val_truth=None if truth is None else truth[watched],
        words=fitted.vocabulary,
    )
    lineage = Lineage(asked, tuple(sorted({epochs, last})), fold, study.seed)
    outcome, *_ = ENGINES[asked.train.engine].train([lineage], {lineage.data: arrays}, task)
    if outcome.status != "done":
        raise FailedTrialsError(f"the refit of {config_id} on all rows {outcome.status}: {outcome.reason}")
    return Trained(chosen, fitted, weights(unpack(pack(outcome))), epochs)


def _epochs(record: Record, chosen: Configuration) -> int:
    if chosen.train.early_stopping is None:
        return chosen.train.epochs
    column = "best_epoch" if chosen.train.early_stopping.restore_best else "epochs_run"
    query = f"select {column} from outcomes where config_id = ? and status = 'done'"
    found = [row[0] for row in record.connection.execute(query, (chosen.config_id,))]
    return max(1, int(median_high(found)))


def judged(record: Record, study: Study, config_id: str, parts: Split) -> list[Trained]:
    """The networks of all compared folds and training seeds, each with its fold's preparation."""
    chosen = configuration_of(record, config_id)
    done = record.finished()
    found = []
    for fold in parts.compared:
        keys = [(config_id, fold, seed) for seed in seeds(study) if (config_id, fold, seed) in done]
        if not keys:
            continue
        fitted, _ = prepare_training(chosen.prepare, parts.folds[fold].training, study.seed)
        found += [
            Trained(chosen, fitted, weights(unpack(record.arrays(key))), chosen.train.epochs) for key in keys
        ]
    return found


def delivered(
    record: Record, study: Study, config_id: str, table: Table, parts: Split, task: Task
) -> list[Trained]:
    """The networks that `[deliver]` asks for. A learning rate that watches validation can't be refitted:
    the networks that were judged are taken in its place. Raises FailedTrialsError where none was done.
    """
    if study.deliver.model == "ensemble" or watches_validation(configuration_of(record, config_id)):
        if not (found := judged(record, study, config_id, parts)):
            raise FailedTrialsError(f"none of the trials of {config_id} was done")
        return found
    return [refit(record, study, config_id, unsealed(table, parts), task, len(parts.folds))]


def mean_prediction(members: Sequence[Trained], part: TrainingPart, task: Task) -> NDArray[np.float64]:
    """The mean of the members' predictions: what the delivered model must give, before recalibration."""
    found: NDArray[np.float64] = np.mean(
        [member.predict(part, task).astype(np.float64) for member in members], axis=0
    )
    return found
