"""Requests that come together are computed together: one call of the model for all that wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
Rows = Sequence[Mapping[str, Any]]
MOST_ROWS = 4_096
"""Rows of one call."""


class Batcher:
    """Gathers requests while a call is under way, and hands each its own rows of the next."""

    def __init__(self, run: Callable[[Rows], Arrays], most_waiting: int) -> None:
        """`run`: from rows to outputs, (row, ...) each; `most_waiting`: rows that may wait."""
        self.run, self.most_waiting = run, most_waiting
        self.waiting: list[tuple[Rows, asyncio.Future[Arrays]]] = []
        self.rows_waiting = self.calls = 0
        self.working: asyncio.Task[None] | None = None

    async def predict(self, rows: Rows) -> Arrays:
        """The outputs for these rows. Raises OverflowError where too many wait, and what `run` raises."""
        if self.rows_waiting + len(rows) > self.most_waiting:
            raise OverflowError(f"{self.rows_waiting:,} rows wait already")
        future: asyncio.Future[Arrays] = asyncio.get_running_loop().create_future()
        self.waiting.append((rows, future))
        self.rows_waiting += len(rows)
        if self.working is None or self.working.done():
            self.working = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        """Call after call until nobody waits."""
        while self.waiting:
            await self._call(self._next())

    async def _call(self, taken: list[tuple[Rows, asyncio.Future[Arrays]]]) -> None:
        """One call for all of `taken`; where it fails, one for each, so that none harms its neighbours."""
        self.calls += 1
        try:
            found = await asyncio.to_thread(self.run, [row for rows, _ in taken for row in rows])
        except Exception as error:
            if len(taken) > 1:
                for one in taken:
                    await self._call([one])
            elif not taken[0][1].done():
                taken[0][1].set_exception(error)
            return
        start = 0
        for rows, future in taken:
            stop = start + len(rows)
            if not future.done():
                future.set_result({name: values[start:stop] for name, values in found.items()})
            start = stop

    def _next(self) -> list[tuple[Rows, asyncio.Future[Arrays]]]:
        taken: list[tuple[Rows, asyncio.Future[Arrays]]] = []
        count = 0
        while self.waiting and (not taken or count + len(self.waiting[0][0]) <= MOST_ROWS):
            taken.append(self.waiting.pop(0))
            count += len(taken[-1][0])
        self.rows_waiting -= count
        return taken
