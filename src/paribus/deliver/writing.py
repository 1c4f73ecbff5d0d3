"""`model/`: the ONNX file, the weights, the card. Whole or not at all; what can't be made is said."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from paribus.data.parts import TrainingPart, take
from paribus.data.spacing import spaced
from paribus.data.split import Split, unsealed
from paribus.data.table import Table
from paribus.deliver.card import card
from paribus.deliver.describing import describe, distinct_texts, made_from, mended_by, text_key
from paribus.deliver.folder import CARD, MEANING, MODEL, ONNX, TENSORS, VOCABULARY
from paribus.deliver.guard import has_extra
from paribus.deliver.making import Trained, delivered
from paribus.deliver.recipe import KINDS, Recipe, UnwrittenError, recipe, refusal
from paribus.deliver.schema import KEY, Schema
from paribus.deliver.subgroups import Judged, judged_groups
from paribus.deliver.texts import Vocabulary, is_delivered, vocabulary
from paribus.deliver.weights import meaning, tensors
from paribus.errors import FailedTrialsError, InternalError, InterruptedStudyError
from paribus.population.outcome import Task
from paribus.report.facts import Facts
from paribus.stats.recalibration import Map
from paribus.store.folder import write
from paribus.store.record import Record
from paribus.store.tables import configuration_of
from paribus.study.configuration import Configuration
from paribus.study.spec import Study

CHECKED = 512
"""Training rows on which a new file is held against the training process."""
ALLOWED = 1e-5
"""The most that a probability, or a prediction in standard deviations of the target, may differ."""
MISSING_EXTRA = "no model.onnx: the extra is missing (pip install 'paribus[onnx]'); the weights are in model/"


UNDELIVERED = "undelivered"
"""A run's fact of a model that couldn't be trained: the same one fails again, and isn't tried again."""


@dataclass(frozen=True)
class Delivered:
    """The model's folder, None where there is none; what the user should know; `failed`: the digest of what
    couldn't be trained, empty where nothing failed.
    """

    folder: Path | None
    notes: tuple[str, ...] = ()
    failed: str = ""


def deliver(
    record: Record, study: Study, facts: Facts, table: Table, parts: Split, task: Task, out: Path
) -> Delivered:
    """Leave the chosen configuration in `out/model` as `[deliver]` asks.

    What stands there and was made from the same is left alone.
    """
    if not facts.standings:
        return Delivered(None)
    groups = judged_groups(record, study, facts.best.config_id, table)
    if study.deliver.model == "none":
        return Delivered(None)
    return _deliver(record, study, facts, table, parts, task, out / MODEL, groups)


def _deliver(
    record: Record,
    study: Study,
    facts: Facts,
    table: Table,
    parts: Split,
    task: Task,
    folder: Path,
    groups: Judged,
) -> Delivered:
    config_id = facts.best.config_id
    if (kind := configuration_of(record, config_id).network.kind) not in KINDS:
        return Delivered(
            None, (f"no model: networks of kind '{kind}' are trained and judged, but not delivered yet",)
        )
    wanted = made_from(study, facts.fingerprint, config_id)
    if _stands(folder, wanted):
        return Delivered(folder)
    if (known := record.fact(UNDELIVERED)) and known["made_from"] == wanted:
        return Delivered(None, tuple(known["notes"]), wanted)
    try:
        members = delivered(record, study, config_id, table, parts, task)
    except FailedTrialsError as error:
        return Delivered(None, (f"no model: {error}",), wanted)
    return Delivered(folder, _write(folder, study, facts, table, parts, task, members, groups))


def _write(
    folder: Path,
    study: Study,
    facts: Facts,
    table: Table,
    parts: Split,
    task: Task,
    members: list[Trained],
    groups: Judged,
) -> tuple[str, ...]:
    """Write the members' files; what the user should know of them."""
    config_id, part = facts.best.config_id, unsealed(table, parts)
    schema = describe(study, config_id, table, part, members, facts.calls, facts.fingerprint)
    mended = mended_by(facts.calls, study.deliver)[1]
    recipes, notes = _recipes(members, part)
    words = _vocabulary(members)
    if not notes and not has_extra():
        notes = (MISSING_EXTRA,)
    for name in (
        MEANING,
        ONNX,
        VOCABULARY,
    ):  # a write that breaks off leaves no description of files that it isn't of
        (folder / name).unlink(missing_ok=True)
    if not notes:
        sample = take(TrainingPart, table, part.rows[spaced(part.n_rows, CHECKED)])
        try:
            schema = _write_onnx(folder / ONNX, schema, members, recipes, mended, words, sample, task)
        except InterruptedStudyError:
            raise
        except UnwrittenError as error:
            notes = (
                f"no model.onnx: its network has {error}, which isn't written; the weights are in model/",
            )
        except Exception as error:  # the checker's, protobuf's and ONNX Runtime's share no class of their own
            notes = (f"no model.onnx, please report it: {error}; the weights are in model/",)
    if words is not None:
        write(folder / VOCABULARY, words.model_dump_json(indent=1) + "\n")
    write(folder / TENSORS, tensors(schema, members, recipes))
    write(folder / CARD, card(facts, schema, notes, groups))
    # Last: it says that all is there.
    write(folder / MEANING, meaning(schema, members, recipes, mended, notes))
    return notes


def _stands(folder: Path, wanted: str) -> bool:
    """Whether a model of this digest stands here with all its files; without an ONNX file if none can be."""
    if not all((folder / name).is_file() for name in (TENSORS, MEANING, CARD)):
        return False
    try:
        told = json.loads((folder / MEANING).read_text(encoding="utf-8"))
        made, notes = told["schema"]["made_from"], told["notes"]
    except (ValueError, KeyError, TypeError):
        return False
    whole = (folder / ONNX).is_file() or notes not in ([], [MISSING_EXTRA]) or not has_extra()
    return bool(made == wanted and whole)


def _vocabulary(members: Sequence[Trained]) -> Vocabulary | None:
    """What the members' texts become; None without texts, and for texts that can't be delivered."""
    prepare, fitted = members[0].configuration.prepare, distinct_texts(members)
    return vocabulary(prepare.represent, fitted) if fitted and is_delivered(prepare.representation) else None


def _recipes(members: Sequence[Trained], part: TrainingPart) -> tuple[list[Recipe | None], tuple[str, ...]]:
    """Each member's preparation as numbers, or why that can't be."""
    if reason := refusal(members[0].configuration):
        return [None] * len(members), (f"no model.onnx: {reason}; the weights are in model/",)
    return [recipe(member.preparation, part.features) for member in members], ()


def foreseen(configurations: Iterable[Configuration]) -> tuple[str, ...]:
    """Why some of these configurations could not be delivered as ONNX, each reason once."""
    reasons = dict.fromkeys(reason for each in configurations if (reason := refusal(each)))
    return tuple(f"no model.onnx if it is chosen: {reason}" for reason in reasons)


def _write_onnx(
    path: Path,
    schema: Schema,
    members: Sequence[Trained],
    recipes: Sequence[Recipe | None],
    mended: Map,
    words: Vocabulary | None,
    sample: TrainingPart,
    task: Task,
) -> Schema:
    """Build the file, hold it against the training process, and write it; the description with the result."""
    from paribus.deliver.checking import difference
    from paribus.deliver.graph.whole import Member, build
    from paribus.deliver.running import Session

    told = dict(zip(map(text_key, distinct_texts(members)), schema.texts, strict=True))
    joined = [
        Member(made, each.configuration, each.weights, told.get(text_key(each.preparation.text)))
        for made, each in zip(recipes, members, strict=True)
        if made is not None
    ]
    model = build(schema, joined, mended, words)
    worst = difference(Session(model.SerializeToString(), schema), schema, members, mended, sample, task)
    if worst is not None and not worst <= ALLOWED:
        raise InternalError(
            f"{path}: the ONNX file and the training process differ by {worst:.2g}, more than {ALLOWED:g}"
        )
    schema = schema.model_copy(update={"agreement": worst})
    for each in model.metadata_props:
        if each.key == KEY:
            each.value = schema.model_dump_json()
    write(path, model.SerializeToString())
    return schema
