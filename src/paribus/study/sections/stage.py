"""`[[stage]]` and `[[question]]`: what is compared."""

from __future__ import annotations

from math import prod
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from paribus.designs.adaptive import FIRST
from paribus.study.fields import (
    Level,
    Name,
    Section,
    metric,
    one_of,
    refuse_idle,
    refuse_twice,
    word,
)
from paribus.study.problems import RuleError, shown
from paribus.study.sections.levels import Levels, Range

MOST_CONFIGURATIONS = 1_000_000
MOST_FRACTION = 20
"""Factors of a factorial of a stated resolution."""
MOST_RESOLUTION = 6
ADAPTIVE = "adaptive"
SAMPLED = ("random", "latin", "sobol", ADAPTIVE)
BATCH = 8
CROSSED = ("grid", "factorial")
Condition = Annotated[tuple[Level, ...], Field(strict=False)]


class Stage(Section):
    """One design over factors, and what it hands to the next stage."""

    name: Name
    design: Annotated[str, one_of("design")] = "grid"
    factors: dict[str, Levels] = Field(default_factory=dict)
    when: dict[str, dict[str, Condition]] = Field(default_factory=dict)
    """A factor that is varied only where others have one of these levels; elsewhere it keeps the study's
    own level."""
    configurations: Annotated[int, Field(ge=1, le=MOST_CONFIGURATIONS)] | None = None
    """How many a sampled design draws."""
    batch: Annotated[int, Field(ge=1, le=MOST_CONFIGURATIONS)] | None = None
    """How many an adaptive design draws, and trains, at once; 8 where it isn't given."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    """Of a sampled design, in place of the study's: the configurations stay the same whatever that is."""
    resolution: Annotated[int, Field(ge=3, le=MOST_RESOLUTION)] | None = None
    """Of a factorial: a fraction of it that keeps effects apart as far as this."""
    keep: Annotated[str, word("keep")] = "best"

    @property
    def is_sampled(self) -> bool:
        """Whether the design draws levels by chance."""
        return self.design in SAMPLED

    @property
    def is_adaptive(self) -> bool:
        """Whether the design draws levels near the good ones of those before."""
        return self.design == ADAPTIVE

    @property
    def together(self) -> int:
        """How many configurations an adaptive design draws at once."""
        return self.batch or BATCH

    def ends(self, path: str) -> tuple[Level, ...]:
        """The levels of a factor, or the ends of its range."""
        levels = self.factors[path]
        return (levels.low, levels.high) if isinstance(levels, Range) else levels

    def seeded(self, seed: int) -> Stage:
        """The same, drawn from `seed` where the design is sampled and names no seed of its own."""
        return self.model_copy(update={"seed": seed}) if self.is_sampled and self.seed is None else self

    @model_validator(mode="after")
    def _levels(self) -> Self:
        for path, levels in self.factors.items():
            if isinstance(levels, Range):
                if not self.is_sampled:
                    raise RuleError(
                        f"is a range, and design '{self.design}' needs levels: list them, or choose a design"
                        f" that draws from ranges ({', '.join(SAMPLED)})",
                        "factors",
                        path,
                    )
                continue
            if not levels:
                raise RuleError("has no levels: give at least one, or remove the factor", "factors", path)
            if self.design != "list":  # there a level comes again with others beside it
                refuse_twice(levels, "factors", path)
        return self

    @model_validator(mode="after")
    def _conditions(self) -> Self:
        for path, conditions in self.when.items():
            if path not in self.factors:
                raise RuleError(
                    f"'{path}' is no factor of this stage, so it has no condition"
                    f" (factors: {', '.join(self.factors) or 'none'})",
                    "when",
                    path,
                )
            if path in conditions:
                raise RuleError("is its own condition: name another factor", "when", path)
            for other, levels in conditions.items():
                if not levels:
                    raise RuleError("has no levels: give at least one", "when", path, other)
                never = [] if other not in self.factors else self._never(other, levels)
                if never:
                    raise RuleError(
                        f"{shown(never[0])} is no level of '{other}' in this stage, so it never holds"
                        f" ({self._allowed(other)})",
                        *("when", path, other),
                    )
        return self

    def _allowed(self, path: str) -> str:
        levels = self.factors[path]
        if isinstance(levels, Range):
            return (
                f"whole numbers from {levels.low} to {levels.high}" if levels.is_whole else "a range has none"
            )
        return f"levels: {', '.join(map(shown, levels))}"

    def _never(self, path: str, levels: tuple[Level, ...]) -> list[Level]:
        """Levels of a condition that the factor it looks at never has."""
        drawn = self.factors[path]
        if isinstance(drawn, Range):
            return [level for level in levels if not drawn.may_be(level)]
        return [level for level in levels if level not in drawn]

    @model_validator(mode="after")
    def _arguments(self) -> Self:
        given = {key: getattr(self, key) for key in ("configurations", "batch", "seed", "resolution")}
        refuse_idle("stage", given, "design", self.design)
        if self.is_sampled and self.configurations is None:
            raise RuleError(
                f"design '{self.design}' draws configurations: say how many, as in configurations = 64",
                "design",
            )
        if self.is_adaptive and (self.configurations or 0) <= max(FIRST, self.together):
            raise RuleError(
                f"draws the first {max(FIRST, self.together)} at random and learns from none of"
                f" {self.configurations}: ask for more configurations, or choose design 'random'",
                "design",
            )
        if self.is_sampled and not self.factors:
            raise RuleError(f"design '{self.design}' draws levels of factors: give one or more", "design")
        return self

    @model_validator(mode="after")
    def _size(self) -> Self:
        lengths = {path: len(self.ends(path)) for path in self.factors}
        if self.design == "list" and len(set(lengths.values())) > 1:
            listed = ", ".join(f"'{path}' has {length}" for path, length in lengths.items())
            raise RuleError(
                f"design 'list' takes the first levels together, so all need as many levels: {listed}",
                "factors",
            )
        if self.design == "pairs" and len(lengths) < 2:
            raise RuleError("design 'pairs' crosses two factors at a time: give two or more", "factors")
        if self.resolution is not None:
            self._two_levels(lengths)
        elif self.design in CROSSED and (size := prod(lengths.values())) > MOST_CONFIGURATIONS:
            raise RuleError(
                f"the grid has {size:,} configurations, and a stage may have {MOST_CONFIGURATIONS:,}:"
                " use fewer levels, or share the factors out over several stages",
                "factors",
            )
        return self

    def _two_levels(self, lengths: dict[str, int]) -> None:
        for path, length in lengths.items():
            if length != 2:
                raise RuleError(
                    f"has {length} level{'s' * (length > 1)}, and a factorial of a stated resolution takes"
                    " two of each factor: give two, or remove resolution",
                    "factors",
                    path,
                )
        if len(lengths) > MOST_FRACTION:
            raise RuleError(
                f"a factorial of a stated resolution takes at most {MOST_FRACTION} factors, received"
                f" {len(lengths)}: share them out over several stages",
                "factors",
            )


class Question(Section):
    """A factor, what is held, and the metric that answers."""

    name: Name
    ask: str = ""
    vary: str
    levels: Annotated[tuple[Level, ...], Field(strict=False, min_length=2)]
    hold: dict[str, Level] = Field(default_factory=dict)
    metric: Annotated[str, AfterValidator(metric)]
    margin: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    """The region of practical equivalence: differences of the metric up to it don't matter. 0: all do."""

    @model_validator(mode="after")
    def _levels(self) -> Self:
        for position, level in enumerate(self.levels):
            if others := [path for path in _settings(level) if path != self.vary]:
                told = " and ".join(f"'{path}'" for path in others)
                raise RuleError(
                    f"sets {told} too, so that a difference could be due to either: a question varies"
                    f" '{self.vary}' alone. Give {told} one level in hold, or ask a question of its own",
                    "levels",
                    position,
                )
        refuse_twice(self.levels, "levels")
        if self.vary in self.hold:
            raise RuleError("is varied and held at once: remove it from hold", "hold", self.vary)
        return self


def _settings(level: Level) -> list[str]:
    """The dotted paths that a level sets, if it is a table of them."""
    return [str(key) for key in level if "." in str(key)] if isinstance(level, dict) else []
