"""Whether networks can be built for a study's images and texts: told before anything is trained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from paribus.networks.build import build
from paribus.networks.reader import check_reader
from paribus.study.configuration import Configuration
from paribus.study.sections.network import OF_IMAGES

_SHAPES = ("kind", "blocks", "weights", "trained", "norm_mode", "fresh", "pool", "views")
"""Of `[network]`: what decides whether a network fits an image."""


def check_networks(configurations: Iterable[Configuration], image: tuple[int, int, int]) -> None:
    """Build each kind of network once. `image`: (height, width, channel).

    Raises StudyError for what doesn't fit the images or isn't there, DataError for files that can't be read.
    """
    height, width, channels = image
    met = set()
    for asked in configurations:
        if asked.network.kind not in OF_IMAGES:
            continue
        named = (*(getattr(asked.network, key) for key in _SHAPES), asked.prepare.pixels)
        if named not in met:
            met.add(named)
            alone = asked.network.model_copy(update={"hidden": (), "dropout": 0.0})
            build(replace(asked, network=alone), (channels, height, width), 1)


def check_readers(configurations: Iterable[Configuration]) -> None:
    """See that each pretrained network that reads texts can be built, and fits its tokenizer.

    Raises StudyError for what doesn't fit or isn't there, DataError for files that can't be read.
    """
    met = set()
    for asked in configurations:
        network = asked.network
        named = (network.weights, network.trained, network.fresh, asked.prepare.represent)
        if asked.reads_text and named not in met:
            met.add(named)
            check_reader(asked)
