"""Requests that come together are computed together: one call of the model for all that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
Feeds = Mapping[str, NDArray[Any]]
"""The model's inputs by column, (row,) each."""
MOST_ROWS = 4_096
"""Rows of one call."""


class Batcher:
    """Gathers requests while a call is under way, and hands each its own rows of the next."""

    def __init__(self, run: Callable[[Feeds], Arrays], most_waiting: int) -> None:
        """`run`: from inputs to outputs, (row, ...) each; `most_waiting`: rows that may wait."""
        self.run, self.most_waiting = run, most_waiting
        self.waiting: list[tuple[Feeds, asyncio.Future[Arrays]]] = []
        self.rows_waiting = self.calls = 0
        self.working: asyncio.Task[None] | None = None

    async def predict(self, feeds: Feeds) -> Arrays:
        """The outputs for these inputs. Raises OverflowError where too many wait, and what `run` raises."""
        count = n_rows(feeds)
        if self.rows_waiting + count > self.most_waiting:
            raise OverflowError(f"{self.rows_waiting:,} rows wait already")
        future: asyncio.Future[Arrays] = asyncio.get_running_loop().create_future()
        self.waiting.append((feeds, future))
        self.rows_waiting += count
        if self.working is None or self.working.done():
            self.working = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        """Call after call until nobody waits."""
        while self.waiting:
            if taken := self._next():
                await self._call(taken)

    async def _call(self, taken: list[tuple[Feeds, asyncio.Future[Arrays]]]) -> None:
        """One call for all of `taken`; where it fails, one for each, so that none harms its neighbours."""
        self.calls += 1
        try:
            found = await asyncio.to_thread(self.run, _together([feeds for feeds, _ in taken]))
        except Exception as error:
            if len(taken) > 1:
                for one in taken:
                    await self._call([one])
            elif not taken[0][1].done():
                taken[0][1].set_exception(error)
            return
        start = 0
        for feeds, future in taken:
            stop = start + n_rows(feeds)
            if not future.done():
                future.set_result({name: values[start:stop] for name, values in found.items()})
            start = stop

    def _next(self) -> list[tuple[Feeds, asyncio.Future[Arrays]]]:
        """Who comes next, but for those who no longer wait."""
        taken: list[tuple[Feeds, asyncio.Future[Arrays]]] = []
        count = 0
        while self.waiting and (not taken or count + n_rows(self.waiting[0][0]) <= MOST_ROWS):
            feeds, future = self.waiting.pop(0)
            self.rows_waiting -= n_rows(feeds)
            if not future.done():
                taken.append((feeds, future))
                count += n_rows(feeds)
        return taken


def n_rows(feeds: Feeds) -> int:
    """Rows of a request."""
    return len(next(iter(feeds.values())))


def _together(several: list[Feeds]) -> Feeds:
    """The rows of all, one after the other."""
    if len(several) == 1:
        return several[0]
    return {name: np.concatenate([feeds[name] for feeds in several]) for name in several[0]}
