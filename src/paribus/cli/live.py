"""A run as it goes: a live line in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import pandas as pd
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import (
    Progress as Bars,
)
from rich.table import Column
from rich.text import Text

from paribus.execute.progress import Progress, Quiet
from paribus.population.outcome import Outcome
from paribus.report.formats import score
from paribus.study.options import larger_is_better
from paribus.study.spec import Study

NARROW, WIDE = 80, 100
"""Characters of a terminal's line below which it has no room for bars, and from which it has for the rate."""
PLAIN_SECONDS = 10.0
"""Without a terminal, a line at most this often within a stage."""


@contextmanager
def progress_for(study: Study, quiet: bool) -> Iterator[Progress]:
    """What draws the run: live, plain or not at all."""
    metric = study.protocol.metrics[0]
    if quiet:
        yield Quiet()
    elif sys.stderr.isatty():
        with _bars() as bars:
            yield Live(metric, bars)
    else:
        yield Plain(metric)


def _bars() -> Bars:
    console = Console(stderr=True)
    narrow = console.width < NARROW
    name = _whole(max_width=16 if narrow else 20, overflow="ellipsis")
    columns: list[ProgressColumn] = [
        TextColumn("{task.description}", markup=False, table_column=name),
        *([] if narrow else [BarColumn(bar_width=20)]),
        MofNCompleteColumn(table_column=_whole(justify="right")),
        *([TextColumn("{task.fields[rate]}", table_column=_whole())] if console.width >= WIDE else []),
        _TimeColumn(compact=True, elapsed_when_finished=True, table_column=_whole(justify="right")),
        TextColumn("{task.fields[best]}"),
    ]
    return Bars(*columns, console=console)


def _whole(**settings: Any) -> Column:
    return Column(no_wrap=True, **settings)


class _TimeColumn(TimeRemainingColumn):
    """`00:12 left`, and `00:34 in all` at the end."""

    def render(self, task: Task) -> Text:
        """See `ProgressColumn.render`."""
        return super().render(task).append(" in all" if task.finished else " left")


class _Counting(Progress):
    """Counts trials and the best first metric of the stage that runs."""

    def __init__(self, metric: str) -> None:
        self.judged_by(metric)

    def judged_by(self, metric: str) -> None:
        """See `Progress.judged_by`."""
        self.metric, self.sign = metric, 1 if larger_is_better(metric) else -1

    def stage(self, name: str, position: int, of: int, trials: int, done: int) -> None:
        """See `Progress.stage`."""
        self.title = f"{position}/{of} {name}"
        self.trials, self.before, self.done = trials, done, done
        self.best: float | None = None
        self.started = perf_counter()

    def trained(self, outcomes: Sequence[Outcome]) -> None:
        """See `Progress.trained`."""
        self.done += len(outcomes)
        for outcome in outcomes:
            value = outcome.val.get(self.metric)
            if value is not None and (self.best is None or self.sign * value > self.sign * self.best):
                self.best = value

    @property
    def rate(self) -> str:
        """Trials a second since the stage began."""
        rate = (self.done - self.before) / max(perf_counter() - self.started, 1e-9)
        return f"{rate:,.{0 if rate >= 10 else 1}f} trials/s"

    @property
    def told(self) -> str:
        """The best value so far, in words."""
        return f"best {self.metric} {score(self.best)}" if self.best is not None else ""


class Live(_Counting):
    """Bars that move in a terminal."""

    def __init__(self, metric: str, bars: Bars) -> None:
        super().__init__(metric)
        self.bars = bars
        self.bar: TaskID | None = None
        self.decoding: TaskID | None = None

    def decoded(self, done: int, of: int) -> None:
        """See `Progress.decoded`."""
        if self.decoding is None:
            self.decoding = self.bars.add_task("decoding images", total=of, rate="", best="")
        self.bars.update(self.decoding, completed=done, total=of)

    def stage(self, name: str, position: int, of: int, trials: int, done: int) -> None:
        """See `Progress.stage`."""
        super().stage(name, position, of, trials, done)
        self.bar = self.bars.add_task(self.title, total=trials, completed=done, rate="", best="")

    def prepared(self, done: int, of: int) -> None:
        """See `Progress.prepared`."""
        if self.bar is not None:
            told = f"preparing {done:,} of {of:,}" if done < of else ""
            self.bars.update(self.bar, best=told)

    def trained(self, outcomes: Sequence[Outcome]) -> None:
        """See `Progress.trained`."""
        super().trained(outcomes)
        if self.bar is not None:
            self.bars.update(self.bar, completed=self.done, rate=self.rate, best=self.told)

    def ranked(self, name: str, board: pd.DataFrame) -> None:
        """See `Progress.ranked`."""
        if self.bar is not None:
            best = f"best {self.metric} {score(board[f'val_{self.metric}'].iloc[0])}"
            self.bars.update(self.bar, completed=self.trials, best=best)

    def note(self, text: str) -> None:
        """See `Progress.note`."""
        self.bars.console.print(text, markup=False)


class Plain(_Counting):
    """Lines for a log."""

    def __init__(self, metric: str) -> None:
        super().__init__(metric)
        self.last = perf_counter()

    def decoded(self, done: int, of: int) -> None:
        """See `Progress.decoded`."""
        if perf_counter() - self.last > PLAIN_SECONDS:
            self.last = perf_counter()
            self.note(f"{done:,} of {of:,} images decoded")

    def stage(self, name: str, position: int, of: int, trials: int, done: int) -> None:
        """See `Progress.stage`."""
        super().stage(name, position, of, trials, done)
        self.last = self.started
        self.note(
            f"{self.title}: {trials:,} trials" + (f", {done:,} of them recorded already" if done else "")
        )

    def prepared(self, done: int, of: int) -> None:
        """See `Progress.prepared`."""
        if perf_counter() - self.last > PLAIN_SECONDS:
            self.last = perf_counter()
            self.note(f"{self.title}: {done:,} of {of:,} folds prepared")

    def trained(self, outcomes: Sequence[Outcome]) -> None:
        """See `Progress.trained`."""
        super().trained(outcomes)
        if perf_counter() - self.last > PLAIN_SECONDS:
            self.last = perf_counter()
            self.note(f"{self.title}: {self.done:,} of {self.trials:,}, {self.rate}, {self.told}")

    def ranked(self, name: str, board: pd.DataFrame) -> None:
        """See `Progress.ranked`."""
        seconds = perf_counter() - self.started
        best = score(board[f"val_{self.metric}"].iloc[0])
        self.note(f"{self.title}: done in {seconds:.1f} s, best {self.metric} {best}")

    def note(self, text: str) -> None:
        """See `Progress.note`."""
        print(text, file=sys.stderr, flush=True)
