"""Several studies side by side: what each chose, what that is worth, and whether they can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paribus.report.facts import Facts, Score, gather
from paribus.store.record import Record
from paribus.store.recorded import read_record
from paribus.store.tables import factor_columns
from paribus.study.spec import Study

_SPLIT = ("test", "validation")
"""Settings of `[protocol]` that say which rows judge."""


@dataclass(frozen=True)
class StudyBeside:
    """One study: the chosen configuration (its levels of what varied), its scores, and what it was run on.

    `config_id` is empty and `scores` has none where no configuration came to an end.
    """

    folder: Path
    name: str
    config_id: str
    levels: dict[str, Any]
    n_parameters: int | None
    n_configurations: int
    n_trials: int
    scores: tuple[Score, ...]
    answers: dict[str, str]
    fingerprint: str
    study_hash: str

    def score(self, part: str, metric: str) -> Score | None:
        """On a part, where there is one."""
        return next((each for each in self.scores if (each.part, each.metric) == (part, metric)), None)


@dataclass(frozen=True)
class StudiesBeside:
    """The studies, all their metrics and questions in the order in which they name them, and `warnings`:
    why a difference between them may be due to something else than the networks.
    """

    studies: tuple[StudyBeside, ...]
    metrics: tuple[str, ...]
    questions: tuple[str, ...]
    warnings: tuple[str, ...]


def studies_beside(folders: Sequence[Path]) -> StudiesBeside:
    """The studies in these folders. Raises `StudyError` where one holds none."""
    found, studies = [], []
    for folder in folders:
        with Record.at(folder) as record:
            study = read_record(record)
            found.append(_beside(folder, gather(record, study)))
            studies.append(study)
    return StudiesBeside(
        studies=tuple(found),
        metrics=tuple(dict.fromkeys(metric for study in studies for metric in study.protocol.metrics)),
        questions=tuple(dict.fromkeys(name for each in found for name in each.answers)),
        warnings=tuple(_warnings(found, studies)),
    )


def _beside(folder: Path, facts: Facts) -> StudyBeside:
    best = facts.best if facts.standings else None
    varied = [path for path in factor_columns(facts.study) if best and path in best.levels]
    return StudyBeside(
        folder=folder,
        name=facts.study.name,
        config_id=best.config_id if best else "",
        levels={path: best.levels[path] for path in varied} if best else {},
        n_parameters=best.n_parameters if best else None,
        n_configurations=len(facts.board),
        n_trials=len(facts.trials),
        scores=best.scores if best else (),
        answers={answer.question.name: answer.sentence for answer in facts.answers},
        fingerprint=facts.fingerprint,
        study_hash=facts.study_hash,
    )


def _warnings(found: Sequence[StudyBeside], studies: Sequence[Study]) -> list[str]:
    told, seeds = [], {study.seed for study in studies}
    if len({each.fingerprint for each in found}) > 1:
        told.append(
            "The data differ (their fingerprints do): scores are of other rows, so that this comparison isn't"
            " fair, and a difference says nothing of the networks."
        )
    protocols = [study.protocol for study in studies]
    differ = [f"protocol.{key}" for key in _SPLIT if len({str(getattr(p, key)) for p in protocols}) > 1]
    differ += ["study.seed"] if len(seeds) > 1 else []
    if differ:
        told.append(
            f"The rows that judge differ, for these do: {', '.join(differ)}. A difference could be due to the"
            " split."
        )
    counts = [each.n_configurations for each in found]
    if len(set(counts)) > 1:
        listed = ", ".join(f"{count:,}" for count in counts)
        told.append(
            f"Each chose out of another number of configurations ({listed}): the best of more is luckier on"
            " validation. Compare the sealed scores."
        )
    return told
