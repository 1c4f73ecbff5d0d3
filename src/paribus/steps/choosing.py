"""Choosing: every stage, each from what the one before kept, and the choices of nested validation."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from paribus.errors import FailedTrialsError
from paribus.steps.choice import Choice
from paribus.steps.searching import search
from paribus.steps.work import Work
from paribus.store.tables import configuration_of
from paribus.study.configuration import Configuration
from paribus.study.plan import OUTER, QUESTION, Trial, kept, question_configurations, stages, trials
from paribus.study.spec import Stage


def choose(work: Work) -> None:
    """Every stage, each starting from what the one before kept.

    In nested validation every outer fold goes through the stages by itself too, on its own inner folds:
    what its rows are to judge was chosen without them. Raises FailedTrialsError where a stage leaves
    nothing to choose.
    """
    base = Configuration.base(work.study)
    own = Choice(base, work.parts.compared)
    outer = [Choice(base, inner) for _, inner in work.parts.outer.values()]
    for position, stage in enumerate(stages(work.study)):
        boards = _boards(work, stage, [own, *outer])
        for choice, board in zip((own, *outer), boards, strict=True):
            chosen = _kept(work, stage, board)
            if choice is own:
                work.record.end_stage(position, stage.name, chosen)
            choice.bases = [configuration_of(work.record, config_id) for config_id in chosen]
    if stages(work.study):  # questions choose nothing
        _judge_outer(work, outer)


def answer(work: Work) -> None:
    """Train what every question compares, from the study's own settings."""
    for question in work.study.question:
        choice = Choice(Configuration.base(work.study), work.parts.compared)
        choice.compare(tuple(made for _, made in question_configurations(work.study, question)))
        _complete(work, QUESTION + question.name, [choice])


def _boards(work: Work, stage: Stage, choices: Sequence[Choice]) -> list[pd.DataFrame]:
    """Draw and train a stage; what each choice compared, the best first."""
    if stage.is_adaptive:
        search(work, stage, choices)
        own = _ranked(work, stage.name, choices[0])
    else:
        for choice in choices:
            choice.draw(stage)
        own = _complete(work, stage.name, choices)
    return [own, *(work.rank(choice.of(work.frame(), stage.name)) for choice in choices[1:])]


def _complete(work: Work, name: str, choices: Sequence[Choice]) -> pd.DataFrame:
    """Train what is missing of a stage; what its first choice compared, the best first."""
    asked = {trial.key: trial for choice in choices for trial in choice.trials(name, work.study)}
    work.train(name, list(asked.values()))
    return _ranked(work, name, choices[0])


def _ranked(work: Work, name: str, choice: Choice) -> pd.DataFrame:
    """What a choice compared in a stage that ended, the best first."""
    found = work.rank(choice.of(work.frame(), name))
    work.progress.ranked(name, found)
    return found


def _kept(work: Work, stage: Stage, board: pd.DataFrame) -> list[str]:
    """The config_ids that a stage hands on. Raises FailedTrialsError where no trial ended well."""
    if not board["n_done"].iloc[0]:
        frame = work.frame()
        reason = frame.loc[frame["stage"] == stage.name, "reason"].mode()[0]
        raise FailedTrialsError(
            f"stage '{stage.name}': every trial diverged or failed, so none can be chosen."
            f" Most often: {reason}. A smaller train.learning_rate is the usual remedy"
        )
    return list(board["config_id"].head(kept(stage)))


def _judge_outer(work: Work, outer: Sequence[Choice]) -> None:
    """Train what the inner folds of each outer fold chose on all of its training part, to be judged."""
    asked: list[Trial] = []
    for choice, (place, _) in zip(outer, work.parts.outer.values(), strict=True):
        config_id = work.rank(choice.of(work.frame()))["config_id"].iloc[0]
        asked += trials(OUTER, [configuration_of(work.record, config_id)], [place], work.study)
    if asked:
        work.train(OUTER, asked)
