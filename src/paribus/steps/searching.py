"""Searching: a stage of an adaptive design, which draws each batch by what those before it gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version

from paribus.designs.adaptive import Told, proposed
from paribus.seeds import stream
from paribus.steps.choice import Choice
from paribus.steps.work import Work
from paribus.study.conditions import holding
from paribus.study.configuration import Configuration
from paribus.study.designs import choices, levels_at
from paribus.study.options import larger_is_better
from paribus.study.plan import configuration_at, seeds
from paribus.study.spec import Stage


class Search:
    """One search, from one base. What it draws follows from the stage's seed and what it was told alone."""

    def __init__(self, stage: Stage, base: Configuration, own: Configuration, metric: str) -> None:
        """`own`: the study's own settings; `metric` says which score is better."""
        self.stage, self.base, self.own, self.metric = stage, base, own, metric
        self.told: list[Told] = []
        self.asked: list[tuple[tuple[float | None, ...], Configuration]] = []

    def ask(self) -> tuple[Configuration, ...]:
        """The next batch."""
        stage, base, own = self.stage, self.base, self.own
        assert stage.seed is not None  # `plan.stages` gives it the study's
        n_points = min(stage.together, (stage.configurations or 0) - len(self.told))
        drawn = stream(stage.seed, "design", "adaptive", base.config_id, len(self.told))
        seed = int(drawn.integers(2**32))
        better = larger_is_better(self.metric)
        for point in proposed(choices(stage), self.told, n_points, seed, better):
            levels = levels_at(stage, point)
            held = holding(stage, base, own, levels)
            had = zip(sorted(levels), point, strict=True)
            known = tuple(share if path in held else None for path, share in had)
            self.asked.append((known, configuration_at(stage, base, own, levels)))
        return tuple(made for _, made in self.asked)

    def tell(self, scores: Mapping[str, float]) -> None:
        """The scores of what was asked for, by config_id; one that isn't there has failed."""
        self.told += [Told(point, scores.get(made.config_id)) for point, made in self.asked]
        self.asked = []


def search(work: Work, stage: Stage, compared: Sequence[Choice]) -> None:
    """Draw and train every batch of an adaptive stage, for each choice from each of its bases.

    The record is the memory: a run that goes on asks for the same batches again, and trains what is missing.
    """
    _same_version(work)
    metric = work.study.protocol.metrics[0]
    searches = [
        (choice, Search(stage, base, choice.own, metric)) for choice in compared for base in choice.bases
    ]
    for choice in compared:
        choice.compare(())
    each = (stage.configurations or 0) * len(seeds(work.study))
    n_trials = sum(each * len(choice.folds) for choice, _ in searches)
    query = "select count(*) from trials join outcomes using (config_id, fold, seed) where stage = ?"
    (n_done,) = work.record.connection.execute(query, (stage.name,)).fetchone()
    work.begin(stage.name, n_trials, n_done)
    for _ in range(0, stage.configurations or 0, stage.together):
        for choice, own in searches:
            choice.add(own.ask())
        asked = {trial.key: trial for choice in compared for trial in choice.trials(stage.name, work.study)}
        work.finish(list(asked.values()))
        known = {id(choice): _scores(work, stage, choice) for choice in compared}
        for choice, own in searches:
            own.tell(known[id(choice)])


def _scores(work: Work, stage: Stage, choice: Choice) -> dict[str, float]:
    """The first metric of each configuration whose trials all ended well, on the folds of this choice."""
    board = work.rank(choice.of(work.frame(), stage.name))
    column = f"val_{work.study.protocol.metrics[0]}"
    whole = board[(board["n_done"] == board["n_trials"]) & board[column].notna()]
    return dict(zip(whole["config_id"], whole[column].astype(float), strict=True))


def _same_version(work: Work) -> None:
    """Say so where a record was begun with another Optuna, which may draw others than those recorded."""
    now, begun = version("optuna"), work.record.fact("optuna")
    if begun is None:
        work.record.put_facts(optuna=now)
    elif begun != now:
        work.progress.note(
            f"{work.record.path.parent} was begun with Optuna {begun}, and this is {now}: an adaptive stage"
            " may draw other configurations, and leave those recorded aside"
        )
