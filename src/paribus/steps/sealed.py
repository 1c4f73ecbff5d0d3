"""The sealed part: opened once, at the end, for those whom the study names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from paribus.data.parts import OpenedPart
from paribus.data.prepare.prepared import Prepared
from paribus.execute.trainer import lineages_of, prepare
from paribus.networks.predict import predict
from paribus.population.metrics import scores
from paribus.population.outcome import Lineage
from paribus.steps.work import Work
from paribus.store.arrays import unpack, weights
from paribus.store.record import Key, Opening, Truth
from paribus.store.tables import compared_trials, configuration_of
from paribus.study.plan import trials
from paribus.study.values import parse_word


def open_sealed(work: Work) -> None:
    """Let the sealed rows judge the named configurations: the networks of all their folds."""
    if work.parts.sealed is None:
        return
    judged = work.record.finished() - work.record.opened()
    asked = trials(
        "", [configuration_of(work.record, name) for name in _named(work)], work.parts.compared, work.study
    )
    lineages = lineages_of([trial for trial in asked if trial.key in judged])
    if not lineages:
        return
    prepare(lineages, work.shelf, work.pool, work.progress)
    reason = f"protocol.open = {work.study.protocol.open}"
    rows = work.parts.sealed.open(reason)
    work.record.put_truths("test", [Truth(0, rows.rows, rows.target)])
    work.record.put_openings(list(_openings(work, lineages, rows, reason)))


def _named(work: Work) -> list[str]:
    """The config_ids for which `protocol.open` opens it, by their validation scores."""
    word = parse_word(work.study.protocol.open, "open")
    found = work.rank(compared_trials(work.frame(), work.parts.compared))
    return list(found["config_id"] if word.name == "all" else found["config_id"].head(int(word.number or 1)))


def _openings(work: Work, lineages: Sequence[Lineage], rows: OpenedPart, reason: str) -> Iterator[Opening]:
    """One preparation of the rows at a time: leave-one-out has as many as rows."""
    in_turn = sorted(lineages, key=lambda lineage: lineage.data)
    for name, members in groupby(in_turn, key=lambda lineage: lineage.data):
        fitted = work.shelf.preparation(name)
        prepared = fitted.apply(rows)
        for lineage in members:
            for key in lineage.keys:
                predictions = fitted.restore(_predicted(work, key, lineage, prepared))
                found = scores(work.task.kind, work.task.metrics, rows.target, predictions[None])
                judged = {metric: float(value[0]) for metric, value in found.items()}
                yield Opening(key, reason, judged, predictions)


def _predicted(work: Work, key: Key, lineage: Lineage, rows: Prepared) -> NDArray[np.float32]:
    """What a recorded network predicts for prepared rows."""
    network = weights(unpack(work.record.arrays(key)))
    asked = lineage.configuration
    return predict(asked, network, rows, work.task.kind, work.task.n_outputs)
