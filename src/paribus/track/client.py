"""Runs told through MLflow's client: to any store, in asynchronous batches."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice
from typing import Any

from paribus.track.sqlite import tags_of
from paribus.track.told import Told

KEY = "paribus.run"
"""The tag that holds a run's own id: the store gives it another."""
FOLDER = "paribus.folder"
"""The tag that holds who tells of a run: the key of a study's folder."""
_AT_ONCE = 1_000
"""Numbers in a batch; the store takes no more. Of parameters and tags it takes 100."""


def known(client: Any, experiment: str, asked: str = "") -> dict[str, str]:
    """The store's ids of an experiment's runs, by their own ids, of those that were told to the end.

    `asked`: a filter in MLflow's words.
    """
    found, token = {}, None
    while True:
        page = client.search_runs([experiment], asked, max_results=1_000, page_token=token)
        for run in page:
            if run.info.status != "RUNNING" and (name := run.data.tags.get(KEY)):
                found[name] = run.info.run_id
        token = page.token
        if not token:
            return found


def unfinished(
    client: Any, experiment: str, folder: str, asked: str = "attributes.status = 'RUNNING'"
) -> list[str]:
    """The store's ids of runs whose telling broke off, of those told from `folder`: others may tell now."""
    page = client.search_runs([experiment], f"tags.`{FOLDER}` = '{folder}' and {asked}", max_results=1_000)
    return [run.info.run_id for run in page]


def write(
    client: Any,
    experiment: str,
    user: str,
    folder: str,
    runs: Iterable[Told],
    there: dict[str, str],
    opened: Collection[str] = (),
) -> int:
    """Tell those runs that aren't `there` (what `known` has found; it grows), and of those in `opened` what
    is new; how many were told. What broke off when it was told from `folder` is begun anew.
    """
    for run_id in unfinished(client, experiment, folder):
        client.delete_run(run_id)
    count = 0
    for told in sorted(runs, key=lambda told: told.parent is not None):  # parents first
        if told.run_id not in there:
            _write(client, experiment, {**tags_of(told, user), FOLDER: folder}, told, there)
            count += 1
        elif told.run_id in opened:
            _add(client, there[told.run_id], told)
    return count


def _add(client: Any, run_id: str, told: Told) -> None:
    """Tell what is new of a run that is there: its scores on the sealed part."""
    from mlflow.entities import Metric

    there = client.get_run(run_id).data.metrics
    new = [number for number in told.numbers if number[0].startswith("test_") and number[0] not in there]
    if new:
        client.log_batch(run_id, [Metric(name, value, told.ended, step) for name, value, step in new])


def _write(client: Any, experiment: str, tags: dict[str, str], told: Told, parents: dict[str, str]) -> None:
    from mlflow.entities import Metric, Param, RunTag

    if told.parent:
        tags["mlflow.parentRunId"] = parents[told.parent]
    own = {KEY: told.run_id, FOLDER: tags[FOLDER]}
    run = client.create_run(experiment, start_time=told.started, run_name=told.name, tags=own)
    run_id = run.info.run_id
    sent = []
    params = iter([Param(name, value) for name, value in told.params.items()])
    marks = iter([RunTag(name, value) for name, value in tags.items()])
    numbers = iter([Metric(name, value, told.ended, step) for name, value, step in told.numbers])
    while True:
        batch = list(islice(numbers, _AT_ONCE - 200)), list(islice(params, 100)), list(islice(marks, 100))
        if not any(batch):
            break
        sent.append(client.log_batch(run_id, *batch, synchronous=False))
    for each in sent:
        if each is not None:
            each.wait()
    client.set_terminated(run_id, told.status, told.ended)
    parents[told.run_id] = run_id
