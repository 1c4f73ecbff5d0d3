"""What of a study fits images: they are the only features, and networks read them whole."""

from __future__ import annotations

from typing import Any

from paribus.study.configuration import Configuration
from paribus.study.problems import shown
from paribus.study.sections.prepare import Prepare
from paribus.study.spec import Augment, Study

CONVOLUTIONAL = ("simple_cnn", "enhanced_cnn", "cnn", "pretrained")
"""Networks that read images, and nothing else."""
READERS = (*CONVOLUTIONAL, "mlp", "module")
"""Networks that can read images: fully connected ones pixel by pixel."""
_ENGINES = ("population", "torch")
_SAMPLERS = ("none", "oversample", "undersample")
_OF_IMAGES = ("pixels", "resample", "class_weight", "target")


def image_problem(study: Study, factor: str, level: Any) -> str:
    """Why a level of `[prepare]` can't be used with this study's images, or without them; or nothing."""
    key = factor.removeprefix("prepare.")
    usual = Prepare.model_fields[key].default if key in Prepare.model_fields else level
    if not study.data.image:
        if key == "pixels" and level != usual:
            return f'{shown(level)} is of images: name their column in [data], as in image = "id"'
        return ""
    if key == "resample" and level not in _SAMPLERS:
        return f"{shown(level)} makes rows out of features, and images have none: use {', '.join(_SAMPLERS)}"
    if key in _OF_IMAGES or level in (usual, "none"):
        return ""
    return f"{shown(level)} has no column to act on, since images are the only feature: remove it"


def seeing_problem(configuration: Configuration, image: tuple[int, int, int] | None) -> str:
    """Why a configuration can't be trained on such images, or without any; or nothing.

    `image`: (height, width, channel), None where the data have none.
    """
    network, train = configuration.network, configuration.train
    if image is None:
        return _without_images(configuration)
    if network.kind not in READERS:
        return f"network.kind = '{network.kind}' reads no images: use one of {', '.join(READERS)}"
    if train.engine not in _ENGINES:
        return f"train.engine = '{train.engine}' reads no images: use {' or '.join(_ENGINES)}"
    if network.input_noise:
        return f"network.input_noise = {network.input_noise} is of columns: images have train.augment.noise"
    if network.pool == "first":
        return "network.pool = 'first' is of texts: images are summed up by mean or max, or as it is usual"
    found = _changing(train.augment or Augment(), *image)
    return found if found or network.kind == "pretrained" else _without_body(configuration)


def _changing(augment: Augment, height: int, width: int, channels: int) -> str:
    """What can't be changed of such images."""
    if augment.turn and height != width:
        return (
            f"train.augment.turn = true turns by right angles, and these images are {height} × {width}:"
            ' use flip = "both", or square ones (data.size)'
        )
    if channels == 1 and augment.colour_keys:
        key = augment.colour_keys[0]
        return (
            f"train.augment.{key} = {getattr(augment, key)} changes colours: these images are grey, remove it"
        )
    return ""


def _without_body(configuration: Configuration) -> str:
    kind, rate = configuration.network.kind, configuration.train.head_learning_rate
    if configuration.prepare.pixels == "own":
        return (
            f"prepare.pixels = 'own' is a pretrained network's, and network.kind = '{kind}' has none:"
            " use unit, symmetric or standard"
        )
    if rate is not None:
        return (
            f"train.head_learning_rate = {rate} is for what stands after a pretrained body, and"
            f" network.kind = '{kind}' has none: remove it"
        )
    return ""


def _without_images(configuration: Configuration) -> str:
    network, train = configuration.network, configuration.train
    reads_text = configuration.reads_text
    if network.kind == "pretrained" and not reads_text:
        return (
            "network.kind = 'pretrained' reads images or a text's tokens, and prepare.represent ="
            f" '{configuration.prepare.represent}' gives neither: add image = \"...\" to [data], or of a text"
            f' say represent = "tokenizer:{network.weights}:128"'
        )
    if network.kind in CONVOLUTIONAL and not reads_text:
        return (
            f"network.kind = '{network.kind}' reads images, and no column is named as one:"
            ' add image = "..." to [data]'
        )
    idle = {
        "augment": None if train.augment is None or train.augment.is_idle else "a table",
        "accumulate": None if train.accumulate == 1 or reads_text else train.accumulate,
        "ema": None if reads_text else train.ema or None,
        "head_learning_rate": None if reads_text else train.head_learning_rate,
    }
    for key, value in idle.items():
        if value is not None:
            return f"train.{key} = {value} is of images, and the data have none: remove it"
    return ""
