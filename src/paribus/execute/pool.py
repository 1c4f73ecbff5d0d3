"""Where populations run: this process, or worker processes of one thread each."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from contextlib import ExitStack
from typing import Any, TypeVar

import torch
from loky import ProcessPoolExecutor
from loky.process_executor import TerminatedWorkerError
from threadpoolctl import threadpool_limits

from paribus.data.processes import ONE_THREAD, OWN_CODE
from paribus.errors import InterruptedStudyError
from paribus.execute import worker

Result = TypeVar("Result")


def available_workers() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pool:
    """Runs calls and hands back what they return as each ends, in any order.

    With one worker the calls run in this process, on one thread too: sums split over threads would
    depend on their number. Leaving the `with` block early ends the workers. `device` is where populations
    are trained: on a GPU that is in this process alone, while the workers prepare the rows.
    """

    def __init__(self, workers: int, device: str = "cpu") -> None:
        self.workers, self.device = workers, device
        self.executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> Pool:
        self.settings = ExitStack()
        self.settings.enter_context(warnings.catch_warnings())
        # A worker that has grown is started anew, and nothing is lost: no word of it.
        warnings.filterwarnings("ignore", "A worker .* while some jobs were given", UserWarning)
        self.settings.enter_context(threadpool_limits(1))
        self.threads = torch.get_num_threads()
        torch.set_num_threads(1)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self.executor:
            self.executor.shutdown(wait=True, kill_workers=True)
        self.settings.close()
        torch.set_num_threads(self.threads)

    def run(self, call: Callable[..., Result], arguments: Sequence[tuple[Any, ...]]) -> Iterator[Result]:
        """`call(*each)` for each of `arguments`."""
        if self.workers == 1 or not arguments:
            for each in arguments:
                yield call(*each)
            return
        try:
            for future in as_completed([self._started().submit(call, *each) for each in arguments]):
                yield future.result()
        except TerminatedWorkerError:
            raise InterruptedStudyError(
                "a worker process was killed, perhaps for want of memory. What was finished is kept:"
                f" run the same command again, with fewer than --workers {self.workers} if it happens again"
            ) from None

    def _started(self) -> ProcessPoolExecutor:
        """The worker processes, started when there is work for them: they take seconds to start."""
        if self.executor is None:
            self.executor = ProcessPoolExecutor(
                max_workers=self.workers,
                timeout=None,
                initializer=worker.set_up,
                initargs=(os.getpid(),),
                env=ONE_THREAD | OWN_CODE,
            )
        return self.executor
