"""Why the chosen network says what it says of texts: its words by class, and a few texts, told by the record.

The record keeps no texts, so that this is computed while the rows are at hand; of a few validation texts it
keeps the first words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from paribus.data.parts import ValidationPart
from paribus.data.prepare.preparation import Preparation
from paribus.data.spacing import spaced
from paribus.execute.trainer import lineages_of, prepare
from paribus.explain import WordEffect, WordModel, explain_rows, top_words
from paribus.explain.facts import ReadText, StudyWords
from paribus.explain.reading import shares_of_words
from paribus.explain.words import LOWER_HIGHER
from paribus.population.outcome import Lineage, Task
from paribus.steps.work import Work
from paribus.store.arrays import unpack, weights
from paribus.store.tables import compared_trials, configuration_of
from paribus.study.configuration import Configuration
from paribus.study.plan import trials

WORDS = "words"
"""The record's fact of the words that move the chosen network."""
COUNTED = ("multi_hot", "counts", "tfidf")
"""Representations whose features are words, words in a row, or pieces of words."""
TEXTS = 3000
"""Validation texts that are looked at, evenly spread over all."""
LEAST_TEXTS = 10
"""Texts that a word must stand in to be told; of fewer than a thousand texts, one of a hundred, but three."""
READ = 80
"""Words of a text that are shown; texts of no more are picked where there are any."""
WRONG = 2
"""Texts that are called wrongly, the surest first."""
CLASSES = 4
"""Classes of which a text is shown, the first ones."""
Whole = NDArray[np.int64]


def explain_words(work: Work) -> None:
    """Keep in the record what moves the chosen network, where it is fully connected and words are counted."""
    if not work.parts.folds[0].training.features.has_text:
        return
    board = work.rank(compared_trials(work.frame(), work.parts.compared))
    asked = configuration_of(work.record, board["config_id"].iloc[0])
    known = work.record.fact(WORDS)
    if not _explains(asked) or (known and known["config_id"] == asked.config_id):
        return
    done = work.record.finished()
    planned = trials("", [asked], work.parts.compared, work.study)
    lineages = lineages_of([trial for trial in planned if trial.key in done][:1])
    if lineages:
        prepare(lineages, work.shelf, work.pool, work.progress)
        work.record.put_facts(**{WORDS: asdict(_told(work, asked, lineages[0]))})


def _explains(asked: Configuration) -> bool:
    return asked.network.kind == "mlp" and asked.prepare.representation.weight in COUNTED


def _told(work: Work, asked: Configuration, lineage: Lineage) -> StudyWords:
    """By one trial's network, on its fold's validation rows."""
    key, task = lineage.keys[-1], work.task
    fitted, part = work.shelf.preparation(lineage.data), work.parts.folds[lineage.fold].validation
    separate = task.kind == "multilabel" or (task.kind == "regression" and task.n_outputs > 1)
    network = weights(unpack(work.record.arrays(key)))
    model = WordModel(asked, network, fitted.n_features, task.n_outputs, separate)
    prepared = work.shelf.load(lineage.data).val_x
    assert isinstance(prepared, csr_array)  # words are counted
    some = spaced(part.n_rows, TEXTS)
    rows = csr_array(prepared[some])
    names = _names(task, work.study.data.targets)
    return StudyWords(
        *(asked.config_id, lineage.fold, lineage.seed, len(some)),
        "exact" if model.is_linear else "integrated gradients",
        top_words(model, fitted, rows, names, least_texts=min(LEAST_TEXTS, max(3, len(some) // 100))),
        () if separate else tuple(_read(model, fitted, rows, part, some, task)),
    )


def _names(task: Task, targets: tuple[str, ...]) -> tuple[str, ...]:
    """What each output, or each side of one, stands for."""
    if task.kind == "regression":
        return LOWER_HIGHER if task.n_outputs == 1 else targets
    return task.classes or targets


def _read(
    model: WordModel, fitted: Preparation, rows: csr_array, part: ValidationPart, some: Whole, task: Task
) -> Iterator[ReadText]:
    """The picked of `rows`, which stand at the places `some` of their part."""
    tokens, names = part.features.texts.tokens, _names(task, ())
    logits, truth = model.logits(rows), part.target[some]
    lengths = tokens.lengths[some]
    short = lengths <= max(READ, int(lengths.min()))
    numbers = task.kind == "regression"
    assert fitted.text is not None  # else no words are told
    picked = _far(logits, fitted, truth, short) if numbers else _sure(logits, truth, short)
    called = fitted.restore(logits[:, 0].astype(np.float32)) if numbers else _codes(logits)
    for place, why in picked:
        (told,) = explain_rows(
            model, fitted.features, csr_array(rows[[place]]), [""], names, numbers=numbers, most=rows.shape[1]
        )
        effects = {each.word: each.effect for each in told.words}
        words = [tokens.words[code] for code in tokens.take(some[[place]]).codes.tolist()]
        shares = shares_of_words(words, effects, fitted.text.asked)
        reading = tuple(map(WordEffect, words[:READ], shares[:READ].tolist()))
        true, said = (
            f"{each:.4g}" if numbers else task.classes[int(each)] for each in (truth[place], called[place])
        )
        row = int(part.rows[some[place]])
        yield ReadText(row, why, true, said, told, reading, int(lengths[place]))


def _codes(logits: NDArray[np.float64]) -> Whole:
    """The classes that are called: (row,)."""
    found: Whole = (logits[:, 0] > 0).astype(np.int64) if logits.shape[1] == 1 else logits.argmax(axis=1)
    return found


def _sure(
    logits: NDArray[np.float64], truth: NDArray[np.generic], short: NDArray[np.bool_]
) -> Iterator[tuple[int, str]]:
    """Of each class the surest that is called rightly, then the surest that are called wrongly."""
    called = _codes(logits)
    pair = np.sort(logits, axis=1)
    sure = np.abs(logits[:, 0]) if logits.shape[1] == 1 else pair[:, -1] - pair[:, -2]
    order = np.lexsort((-sure, ~short))
    for code in np.unique(called)[:CLASSES]:
        right = [place for place in order if called[place] == code == truth[place]]
        yield from ((int(place), "surest and right") for place in right[:1])
    wrong = [place for place in order if called[place] != truth[place]]
    yield from ((int(place), "surest and wrong") for place in wrong[:WRONG])


def _far(
    logits: NDArray[np.float64], fitted: Preparation, truth: NDArray[np.generic], short: NDArray[np.bool_]
) -> Iterator[tuple[int, str]]:
    """The lowest, the highest, and the one farthest from the truth."""
    found = fitted.restore(logits[:, 0].astype(np.float32)).astype(np.float64)
    off = np.abs(found - truth.astype(np.float64))
    for why, by in (("lowest", found), ("highest", -found), ("farthest off", -off)):
        yield int(np.lexsort((by, ~short))[0]), why
