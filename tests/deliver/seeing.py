"""Small delivered models of images, made without a run."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from paribus.data.load import load
from paribus.data.parts import TrainingPart, take
from paribus.data.prepare.preparation import prepare_training
from paribus.deliver.describing import columns_of
from paribus.deliver.graph.whole import Member, build
from paribus.deliver.making import Trained
from paribus.deliver.model import Model
from paribus.deliver.recipe import recipe
from paribus.networks.build import build as build_network
from paribus.population.outcome import Task
from paribus.stats.recalibration import Unchanged
from paribus.study.configuration import Configuration
from paribus.study.spec import Data, Network, Prepare, Study, Train
from tests.deliver.common import moved, schema

COUNT = 24
SIDE = 12


def images(folder: Path, classes: tuple[str, ...] = ("cat", "dog"), mode: str = "RGB") -> Path:
    """A folder of images, a folder a class; files of several kinds."""
    random = np.random.default_rng(3)
    for number in range(COUNT):
        name = classes[number % len(classes)]
        (folder / name).mkdir(parents=True, exist_ok=True)
        shape = (SIDE, SIDE, 3) if mode == "RGB" else (SIDE, SIDE)
        pixels = random.integers(0, 256, shape, dtype=np.uint8)
        suffix = ("png", "bmp", "tif")[number % 3]
        Image.fromarray(pixels).save(folder / name / f"{number:02d}.{suffix}")
    return folder


def model(
    folder: Path,
    network: Network,
    prepare: Prepare | None = None,
    size: tuple[int, int] | None = None,
    task: str = "binary",
) -> tuple[Model, list[Path], NDArray[np.float64]]:
    """A model, the files of all its images by name, and what the training process predicts for them."""
    data = Data(source=str(folder), image="id", target="label", size=size)
    table = load(data, folder=folder.parent)
    part = take(TrainingPart, table, np.arange(table.n_rows))
    configuration = Configuration(prepare or Prepare(), network, Train())
    fitted, rows = prepare_training(configuration.prepare, part, 3)
    outputs = table.n_outputs
    built = build_network(configuration, rows.features.shape[1:], outputs, 3, 0)
    weights = moved(built.arrays(), 0.03, seed=1)
    trained = Trained(configuration, fitted, weights, 1)
    columns = columns_of(part.features, Study(name="made", data=data))
    described = schema(table, columns, table.n_rows)
    member = Member(recipe(fitted, part.features), configuration, weights)
    content = build(described, [member], Unchanged()).SerializeToString()
    expected = trained.predict(part, Task(table.task, outputs, ("accuracy",))).astype(np.float64)
    names = part.features.images.names
    return Model(content, described, Path("made.onnx")), [folder / name for name in names], expected


def encoded(pixels: NDArray[np.uint8], kind: str = "PNG") -> bytes:
    """An image's file."""
    held = BytesIO()
    Image.fromarray(pixels).save(held, kind)
    return held.getvalue()
