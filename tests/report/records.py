"""Records without training: what a run would have written, from made-up predictions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paribus.population.metrics import scores
from paribus.population.outcome import Outcome, Status
from paribus.stats.ranking import rank
from paribus.store.folder import versions
from paribus.store.record import Opening, Record, Truth
from paribus.store.tables import factor_columns, trials_frame
from paribus.study.changes import study_hash
from paribus.study.configuration import Configuration
from paribus.study.plan import (
    QUESTION,
    Trial,
    configurations,
    question_configurations,
    stages,
    trials,
)
from paribus.study.spec import Data, Network, Prepare, Protocol, Question, Stage, Study, Train
from paribus.study.toml import format_study

ROWS = 24
EPOCHS = 5
CLASSES: dict[str, tuple[str, ...]] = {
    "binary": ("no", "yes"),
    "multiclass": ("a", "b", "c"),
    "regression": (),
}
Ending = Callable[[int], Status | None]
"""How the n-th trial ends; None where it was not trained."""

FACTORS: dict[str, Any] = {
    "network.hidden": ([4], [8, 4]),
    "train.learning_rate": (1e-3, 1e-2),
    "train.epochs": (EPOCHS,),
}
STAGE = Stage(name="broad", factors=FACTORS)
DEPTH = Question(
    name="width",
    ask="Does width help?",
    vary="network.units",
    levels=(2, 8),
    metric="accuracy",
    hold={"network.layers": 1},
)


def study(name: str = "made up", **changes: Any) -> Study:
    """A study with one stage and one question, changed as told."""
    protocol = {"metrics": ("accuracy", "roc_auc"), "test": 0.2, **changes.pop("protocol", {})}
    sections: dict[str, Any] = {
        "data": Data(source="rows.csv", target="y"),
        "prepare": Prepare(),
        "network": Network(hidden=(4,)),
        "train": Train(epochs=EPOCHS),
        "stage": (STAGE,),
        "question": (DEPTH,),
    }
    return Study(name=name, protocol=Protocol(**protocol), **{**sections, **changes})


def record(
    folder: Path,
    asked: Study,
    kind: str = "binary",
    *,
    classes: tuple[str, ...] | None = None,
    ends: Ending = lambda place: "done",
    open_sealed: bool = True,
) -> Record:
    """The record of `asked` in `folder`, every trial ended as `ends` says."""
    found = Record.at(folder, create=True)
    named = CLASSES[kind] if classes is None else classes
    _put_data(found, asked, kind, named)
    planned = _plan(found, asked)
    made = [_outcome(asked, kind, trial, place, ends(place)) for place, trial in enumerate(planned)]
    found.put_outcomes([outcome for outcome in made if outcome is not None])
    if asked.protocol.test and open_sealed:
        _open(found, asked, kind)
    return found


def _put_data(found: Record, asked: Study, kind: str, classes: tuple[str, ...]) -> None:
    found.put_facts(
        study=format_study(asked), study_hash=study_hash(asked), fingerprint="f00d", versions=versions()
    )
    parts = {"train": 3 * ROWS, "val": ROWS, **({"test": ROWS} if asked.protocol.test else {})}
    found.put_facts(
        data={
            **{"source": asked.data.source, "task": kind, "classes": list(classes)},
            **{"class_counts": {name: 40 + place for place, name in enumerate(classes)}},
            **{"n_rows": sum(parts.values()), "features": ["x<1>", "x2"], "duplicates": 0},
            **{"leaked_duplicates": 0, "parts": parts, "n_groups": None, "test_is_given": False},
            "folds": [_fold(3 * ROWS, ROWS)],
        }
    )
    found.put_truths("val", [Truth(0, np.arange(ROWS), _truth(kind))])
    name = found.begin_session(2, "paribus run made-up.toml")
    found.end_session(name, 1.5)
    found.begin_session(2, "paribus run made-up.toml --workers 2")


def _fold(train: int, val: int) -> dict[str, Any]:
    return {"train": train, "val": val, "stop": 0, "repeat": 0, "outer": None, "judges": False}


def _plan(found: Record, asked: Study) -> list[Trial]:
    base = Configuration.base(asked)
    planned: list[Trial] = []
    for place, stage in enumerate(stages(asked)):
        compared = configurations(stage, [base])
        planned += trials(stage.name, compared, [0], asked)
        found.end_stage(place, stage.name, [compared[0].config_id])
    for question in asked.question:
        compared = tuple(made for _, made in question_configurations(asked, question))
        planned += trials(QUESTION + question.name, compared, [0], asked)
    found.plan(planned)
    return planned


def _truth(kind: str) -> NDArray[Any]:
    classes = len(CLASSES[kind])
    return np.arange(ROWS) % classes if classes else np.linspace(-1, 1, ROWS)


def _predictions(kind: str, seed: int) -> NDArray[np.float32]:
    """Better than chance, with noise of its own."""
    random, truth = np.random.default_rng(seed), _truth(kind)
    if kind == "regression":
        return (truth + random.normal(0, 0.3, ROWS)).astype(np.float32)
    if kind == "binary":
        return np.clip(0.3 + 0.4 * truth + random.normal(0, 0.25, ROWS), 0.01, 0.99).astype(np.float32)
    raw = np.eye(3)[truth] + random.random((ROWS, 3))
    return np.asarray(raw / raw.sum(axis=1, keepdims=True), dtype=np.float32)


def _outcome(asked: Study, kind: str, trial: Trial, place: int, status: Status | None) -> Outcome | None:
    if status is None:
        return None
    found, metrics, done = _predictions(kind, place), asked.protocol.metrics, status == "done"
    values = {name: float(v[0]) for name, v in scores(kind, metrics, _truth(kind), found[None]).items()}
    falling = np.linspace(1, 0.2, EPOCHS) if done else np.array([0.9, np.inf, np.nan])
    curves = {"loss": falling, "val_loss": falling + 0.1}
    curves |= {f"val_{name}": np.linspace(0.5, value, EPOCHS) for name, value in values.items() if done}
    return Outcome(
        *(*trial.key, status, 10 + place % 3, EPOCHS, EPOCHS - 1, 0.01),
        reason="" if done else "loss is NaN at epoch 3",
        train=values if done else {},
        val=values if done else {},
        curves=curves,
        predictions=found if done else None,
    )


def _open(found: Record, asked: Study, kind: str) -> None:
    board = rank(trials_frame(found, asked), asked.protocol.metrics, factor_columns(asked))
    keys = [key for key in sorted(found.finished()) if key[0] == board["config_id"].iloc[0]]
    if not keys:
        return
    truth, openings = _truth(kind), []
    for key in keys:
        predictions = _predictions(kind, 100 + key[2])
        values = scores(kind, asked.protocol.metrics, truth, predictions[None])
        openings.append(
            Opening(key, "protocol.open = best", {n: float(v[0]) for n, v in values.items()}, predictions)
        )
    found.put_truths("test", [Truth(0, np.arange(ROWS), truth)])
    found.put_openings(openings)
