"""What of a study fits texts: their features are sparse, or words in order, and often the only ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from paribus.study.configuration import Configuration
from paribus.study.problems import shown
from paribus.study.representation import DENSE, ORDERED
from paribus.study.sections.prepare import Prepare
from paribus.study.spec import Study

READERS = ("embedding", "text_cnn", "gru", "lstm")
"""Networks that read words in their order, and nothing else."""
PRETRAINED = ("pretrained",)
"""Networks that read the tokens of their own tokenizer."""
_ANYTHING = ("module",)
_SELECTORS = ("none", "kbest")
_SAMPLERS = ("none", "oversample", "undersample")
_OF_COLUMNS = ("impute", "fill_value", "missing_flag", "rare", "encode", "scale")


def text_problem(study: Study, factor: str, level: Any, n_columns: int) -> str:
    """Why a level can't be used with this study's text, or without one; or nothing.

    `n_columns`: the features beside the text.
    """
    if factor == "prepare.represent":
        return _represented(study, level, n_columns)
    if not study.data.text:
        return ""
    name, key = str(level).partition(":")[0], factor.removeprefix("prepare.")
    allowed = {"select": _SELECTORS, "resample": _SAMPLERS}.get(key)
    if allowed and name not in allowed:
        return f"'{level}' needs dense features, and those of a text are sparse: use {', '.join(allowed)}"
    usual = (Prepare.model_fields[key].default, "none") if key in _OF_COLUMNS else (level,)
    if level not in usual and not n_columns:
        return f"{shown(level)} has no column to act on, since the text is the only feature: remove it"
    return ""


def _represented(study: Study, level: Any, n_columns: int) -> str:
    if str(level).startswith(ORDERED) and n_columns:
        return (
            f"'{level}' keeps words in their order, beside which columns can't stand: name the others in"
            " data.drop"
        )
    if str(level).startswith(DENSE) and n_columns:
        return f"'{level}' is dense, beside which columns can't stand: name the others in data.drop"
    if study.data.text and level == "none":
        return (
            f"'none' leaves nothing of the text (data.text = '{study.data.text}'): say what it becomes, as in"
            ' represent = "multi_hot:10000"'
        )
    if not study.data.text and level != "none":
        return f"'{level}' represents a text, and no column is named as one: add text = \"...\" to [data]"
    return ""


def reading_problem(configuration: Configuration) -> str:
    """Why a network can't take what the rows are prepared to, or nothing."""
    prepare, kind = configuration.prepare, configuration.network.kind
    weight = prepare.representation.weight
    if configuration.network.input_noise and weight not in ("none", *DENSE):
        return (
            f"network.input_noise = {configuration.network.input_noise} is added to numbers, and"
            f" prepare.represent = '{prepare.represent}' counts or places words: remove it"
        )
    if kind in READERS and weight != "tokens":
        return (
            f"network.kind = '{kind}' reads words in their order, and prepare.represent ="
            f" '{prepare.represent}' gives none: use represent = \"tokens:256\""
        )
    if weight not in ORDERED or kind in _ANYTHING:
        return ""
    return _in_order(configuration, (READERS if weight == "tokens" else PRETRAINED))


def _in_order(configuration: Configuration, readers: Sequence[str]) -> str:
    """Why a network can't take words in their order, or a tokenizer's tokens, that `readers` read."""
    prepare, network = configuration.prepare, configuration.network
    if network.kind not in readers:
        return (
            f"network.kind = '{network.kind}' takes amounts, and prepare.represent = '{prepare.represent}'"
            f" gives places of words in their order: use one of {', '.join(readers)}, or multi_hot:10000"
        )
    if prepare.select != "none":
        return f"prepare.select = '{prepare.select}' compares features, and words in their order are none"
    of_images = {"views": network.views if network.views > 1 else None, "norm_mode": network.norm_mode}
    for key, value in of_images.items():
        if value is not None and configuration.reads_text:
            return f"network.{key} = {shown(value)} is of images, and the rows are texts: remove it"
    return ""
