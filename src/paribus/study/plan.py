"""The plan: which trials a study asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from paribus.designs.adaptive import REMEDY, is_installed
from paribus.study.conditions import applicable
from paribus.study.configuration import Configuration, digest
from paribus.study.designs import draw, grid
from paribus.study.factors import check_factors, with_levels
from paribus.study.problems import Path, Problem, WrongStudyError, shown, under
from paribus.study.sections.levels import Range
from paribus.study.spec import Question, Stage, Study, Train
from paribus.study.values import parse_word

SETTINGS = "settings"
QUESTION = "question: "
OUTER = "nested: outer folds"
"""The stage of the trials that judge the choices of nested validation."""
MOST_CORNERS = 4_096
"""Combinations of an adaptive design's levels, and of the ends of its ranges, that are tried beforehand."""
ROBUSTNESS = "robustness"
"""The stage of the trials that train finalists again, from other seeds than those that chose them."""


@dataclass(frozen=True)
class Trial:
    """One configuration × fold × seed, as one stage asks for it.

    Stages that ask for the same (config_id, fold, seed) share one training; each has its own trial.
    """

    stage: str
    configuration: Configuration
    fold: int
    seed: int

    @cached_property
    def trial_id(self) -> str:
        """The trial's name: a digest of what it is."""
        return digest([self.stage, self.configuration.config_id, self.fold, self.seed])

    @property
    def key(self) -> tuple[str, int, int]:
        """What is trained: (config_id, fold, seed)."""
        return (self.configuration.config_id, self.fold, self.seed)


def stages(study: Study) -> tuple[Stage, ...]:
    """The study's stages, drawn from its seed; a study without one runs its own settings as one stage."""
    if not study.stage and not study.question:
        return (Stage(name=SETTINGS),)
    return tuple(stage.seeded(study.seed) for stage in study.stage)


def seeds(study: Study) -> tuple[int, ...]:
    """The training seeds: the study's own, and those that follow it."""
    return tuple(range(study.seed, study.seed + study.protocol.seeds))


def robustness_seeds(study: Study) -> tuple[int, ...]:
    """The seeds with which finalists are trained again: those that follow the training seeds."""
    after = study.seed + study.protocol.seeds
    return tuple(range(after, after + (study.protocol.robustness.seeds if study.protocol.robustness else 0)))


def configurations(
    stage: Stage, bases: Iterable[Configuration], own: Configuration | None = None
) -> tuple[Configuration, ...]:
    """What `stage` compares, starting from each of `bases`; equal ones stand once.

    `own` are the study's own settings, for factors whose condition doesn't hold; without them, these
    keep the level of the base. Raises `StudyError` for a factor that doesn't exist or a level outside
    its range.
    """
    check_factors({path: ("factors", path) for path in stage.factors})
    check_factors({other: ("when", path, other) for path in stage.when for other in stage.when[path]})
    drawn: dict[str, Configuration] = {}
    for base in bases:
        for levels in draw(stage):
            made = configuration_at(stage, base, own or base, levels)
            drawn.setdefault(made.config_id, made)
    return tuple(drawn.values())


def configuration_at(
    stage: Stage, base: Configuration, own: Configuration, levels: Mapping[str, Any]
) -> Configuration:
    """`base` with the levels that `stage` has drawn, `own` those of factors whose condition doesn't hold."""
    places: dict[str, Path] = {}
    for path, level in levels.items():
        listed = stage.factors[path]
        places[path] = ("factors", path, *(() if isinstance(listed, Range) else (listed.index(level),)))
    return with_levels(base, applicable(stage, base, own, levels), places)


def question_configurations(study: Study, question: Question) -> tuple[tuple[Any, Configuration], ...]:
    """The (level, configuration) pairs that `question` compares: all but its factor held at
    the study's own settings and its `hold`.
    """
    held: dict[str, Path] = {path: ("hold", path) for path in question.hold}
    check_factors({**held, question.vary: ("vary",)})
    base = Configuration.base(study)
    return tuple(
        (
            level,
            with_levels(
                base,
                {**question.hold, question.vary: level},
                {**held, question.vary: ("levels", position)},
            ),
        )
        for position, level in enumerate(question.levels)
    )


def trials(
    stage: str,
    compared: Sequence[Configuration],
    folds: Collection[int],
    study: Study,
    trained_with: Sequence[int] | None = None,
) -> tuple[Trial, ...]:
    """Every compared configuration × fold × seed of a stage; the study's training seeds unless told."""
    return tuple(
        Trial(stage, configuration, fold, seed)
        for configuration in compared
        for fold in folds
        for seed in (seeds(study) if trained_with is None else trained_with)
    )


@dataclass(frozen=True)
class StagePlan:
    """A stage's size before anything is trained; `configurations` start from the study's own
    settings where the earlier stage's choice isn't known yet.
    """

    name: str
    configurations: tuple[Configuration, ...]
    bases: int

    @property
    def n_configurations(self) -> int:
        """How many configurations the stage will compare."""
        return len(self.configurations) * self.bases


def plan(study: Study) -> tuple[StagePlan, ...]:
    """The size of every stage and question. Raises `StudyError` for whatever can't be run."""
    planned, bases = [], 1
    base = Configuration.base(study)
    handed_on: list[tuple[str, Mapping[str, Any]]] = []
    for position, stage in enumerate(stages(study)):
        with under("stage", position):
            compared = configurations(stage, [base], base)
            _check_adaptive(stage, base)
            _check_starts(stage, base, handed_on)
        planned.append(StagePlan(stage.name, compared, bases))
        bases = min(kept(stage), bases * len(compared))
        handed_on += [
            (stage.name, applicable(stage, base, base, levels)) for levels in few(draw(stage), _ranges(stage))
        ]
    for position, question in enumerate(study.question):
        with under("question", position):
            compared = tuple(made for _, made in question_configurations(study, question))
        planned.append(StagePlan(QUESTION + question.name, compared, 1))
    _check_watched(study, planned)
    return tuple(planned)


def _check_adaptive(stage: Stage, base: Configuration) -> None:
    """See that an adaptive design can draw, and that whatever it may draw can be trained: every level with
    every other where they aren't too many.
    """
    if not stage.is_adaptive:
        return
    if not is_installed():
        raise WrongStudyError([Problem(("design",), f"'adaptive' needs Optuna: {REMEDY}")])
    ends = grid({path: stage.ends(path) for path in stage.factors})
    for levels in islice(ends, MOST_CORNERS):
        configuration_at(stage, base, base, levels)


def _check_watched(study: Study, planned: Iterable[StagePlan]) -> None:
    """See that no training of nested validation watches the outer rows that judge it, and that rows cut
    for watching are watched.
    """
    protocol = study.protocol
    watched = any(_watches(made.train) for stage in planned for made in stage.configurations)
    if watched and protocol.folds.name == "nested" and not protocol.stopping:
        told = (
            f"'{protocol.validation}' judges the choice on outer folds, and a training that watches them"
            " (early stopping, plateau) would be judged on what it saw: give it rows of the training part to"
            " watch, as in protocol.stopping = 0.15"
        )
        raise WrongStudyError([Problem(("protocol", "validation"), told)])
    if protocol.stopping and not watched:
        told = (
            f"{protocol.stopping} of each training part would be kept for early stopping, and no training"
            " stops early: remove it, or add train.early_stopping = {}"
        )
        raise WrongStudyError([Problem(("protocol", "stopping"), told)])


def _watches(train: Train) -> bool:
    return bool(train.early_stopping) or (train.schedule is not None and train.schedule.name == "plateau")


def _check_starts(
    stage: Stage, base: Configuration, handed_on: Iterable[tuple[str, Mapping[str, Any]]]
) -> None:
    """See that `stage` can start from whatever an earlier one hands on: better now than mid-run."""
    drawn = list(few(draw(stage), _ranges(stage)))
    for earlier, levels in handed_on:
        start = with_levels(base, levels, dict.fromkeys(levels, ()))
        told = ", ".join(f"{path} = {shown(level)}" for path, level in levels.items())
        with under(note=f" (if stage '{earlier}' hands on {told})"):
            for each in drawn:
                configuration_at(stage, start, base, each)


def _ranges(stage: Stage) -> tuple[str, ...]:
    return tuple(path for path, levels in stage.factors.items() if isinstance(levels, Range))


def few(drawn: Iterable[Mapping[str, Any]], ranges: Collection[str] = ()) -> Iterator[Mapping[str, Any]]:
    """Those of `drawn` that bring a level which none before them had; of `ranges` one level does for all."""
    seen: set[tuple[str, str]] = set()
    for levels in drawn:
        pairs = {(path, "" if path in ranges else repr(level)) for path, level in levels.items()}
        if not pairs <= seen:
            seen |= pairs
            yield levels


def kept(stage: Stage) -> int:
    """How many configurations a stage hands to the next."""
    return int(parse_word(stage.keep, "keep").number or 1)
