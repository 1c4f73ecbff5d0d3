"""The most confident mistakes of the chosen configuration on validation images, kept to be looked at."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from paribus.data.images.thumbnails import png_text
from paribus.data.prepare.images import ImageRows
from paribus.execute.trainer import lineages_of, prepare
from paribus.explain.images import explain_images
from paribus.explain.overlay import overlay
from paribus.networks.build import build
from paribus.networks.network import BuiltNetwork
from paribus.stats.held_out import HeldOut
from paribus.steps.work import Work
from paribus.store.arrays import unpack, weights
from paribus.store.mistakes import Mistake, mistakes_stand, put_mistakes
from paribus.store.tables import compared_trials, configuration_of
from paribus.study.plan import Trial, seeds

MOST = 12
"""Images that are kept."""
_HALF = 0.5


def keep_mistakes(work: Work) -> None:
    """Write down the most confident mistakes of the best configuration; nothing of other data than images.

    Those that stand there already, of as many trainings, are left alone.
    """
    if not work.task.of_images or work.task.kind not in ("binary", "multiclass"):
        return
    board = work.rank(compared_trials(work.frame(), work.parts.compared))
    config_id = str(board["config_id"].iloc[0])
    made_from = (config_id, int(board["n_done"].iloc[0]))
    if mistakes_stand(work.record, made_from):
        return
    held_out = HeldOut(work.record, work.study.protocol.is_pooled)
    pooled = held_out.pooled(config_id)
    found = [] if pooled is None else _found(work, config_id, held_out, pooled.mean(axis=0, dtype=np.float64))
    put_mistakes(work.record, made_from, found)


def worst(truth: NDArray[np.int64], p: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places of the wrongly called rows, the surest first, and what each is called.

    `p`: the probability of the second class, (row,), or of each class, (row, class).
    """
    called = (p > _HALF).astype(np.int64) if p.ndim == 1 else p.argmax(axis=1)
    sure = np.abs(p - _HALF) if p.ndim == 1 else p.max(axis=1)
    wrong = np.flatnonzero(called != truth)
    places = wrong[np.argsort(-sure[wrong], kind="stable")][:MOST]
    return places, called[places]


def _found(work: Work, config_id: str, held_out: HeldOut, p: NDArray[np.float64]) -> list[Mistake]:
    """The mistakes, each seen by the network of the first fold that holds its row out."""
    places, called = worst(held_out.truth.astype(np.int64), p)
    rows = held_out.rows[places]
    sure = np.where(called == 1, p[places], 1 - p[places]) if p.ndim == 1 else p[places, called]
    made: dict[int, Mistake] = {}
    for fold in work.parts.compared:
        held = work.parts.folds[fold].validation
        wanted = [n for n in range(len(rows)) if n not in made and np.isin(rows[n], held.rows)]
        if wanted:
            made |= zip(
                wanted, _seen(work, config_id, fold, rows[wanted], called[wanted], sure[wanted]), strict=True
            )
    return [made[n] for n in range(len(rows))]


def _seen(
    work: Work,
    config_id: str,
    fold: int,
    rows: NDArray[np.int64],
    called: NDArray[np.int64],
    sure: NDArray[np.float64],
) -> Iterator[Mistake]:
    """These rows of a fold's validation part, as the network of the first seed sees them."""
    held = work.parts.folds[fold].validation
    positions = np.searchsorted(held.rows, rows)
    network, images = _judge(work, config_id, fold, positions)
    window = max(1, min(images.shape[2:]) // 4)  # a large network is asked once for each square
    told = explain_images(network, images, held.classes, of=called.tolist(), window=window)
    truth, names = held.target[positions], held.features.images.take(positions).names
    for n, (pixels, each) in enumerate(zip(images.pixels(), told, strict=True)):
        yield Mistake(
            *(int(rows[n]), names[n], held.classes[int(truth[n])], each.name, float(sure[n])),
            *(png_text(pixels), png_text(overlay(pixels, each.heat)), each.method),
        )


def _judge(
    work: Work, config_id: str, fold: int, positions: NDArray[np.int64]
) -> tuple[BuiltNetwork, ImageRows]:
    """The network of a fold and the first seed, and rows of the fold's validation part as it got them."""
    asked = configuration_of(work.record, config_id)
    trial = Trial("", asked, fold, seeds(work.study)[0])
    lineages = lineages_of([trial])
    prepare(lineages, work.shelf, work.pool, work.progress)
    images = work.shelf.preparation(lineages[0].data).apply(work.parts.folds[fold].validation)
    assert isinstance(images, ImageRows)  # a study of images prepares nothing else
    network = build(asked, images.shape[1:], work.task.n_outputs)
    return network.load(weights(unpack(work.record.arrays(trial.key)))), images[positions]
