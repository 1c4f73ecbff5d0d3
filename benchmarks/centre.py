"""Whether networks that were trained on builtin:tissue go by the centre, which alone decides the label.

    paribus run studies/tissue.toml
    python benchmarks/centre.py runs/tissue [--rows 400] [--kind enhanced_cnn]

New patches of the same kind are judged by every trained network of a configuration, the best one or the best
of a kind: as they are, with their centre covered, with a square of the rim covered, and with the tumour taken
out of the centre while everything else stays to the pixel. Beside it the share of Grad-CAM's and of the
occlusion map's mass that lies in the centre; by chance it would be a ninth.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import Tensor

from paribus.data.load import load
from paribus.data.parts import TrainingPart, take
from paribus.data.prepare.images import ImageRows
from paribus.data.prepare.prepared import Prepared
from paribus.data.sources.tissue import Tissue
from paribus.data.sources.tissue_rows import ROWS, SLIDES
from paribus.data.split import split
from paribus.deliver.making import judged
from paribus.explain.images import centre, grad_cam, occlusion, share_inside
from paribus.networks.build import build
from paribus.networks.images import ImageNetwork
from paribus.results import Results
from paribus.store.record import Record
from paribus.study.sources import parse_source

AT_ONCE, MAPS = 64, 40


def new_source(source: str, rows: int) -> tuple[str, Tissue]:
    """Patches like those of `source` that no network has seen."""
    named = parse_source(source)
    if named is None or named.name != "tissue":
        raise SystemExit(f"{source}: only builtin:tissue tells where the tumour is")
    seed, size = named.count("seed", 0) + 1, named.count("size", 96)
    slides, difficulty = min(named.count("slides", SLIDES), rows), named.number("difficulty", 0.5)
    text = f"builtin:tissue?rows={rows}&slides={slides}&size={size}&seed={seed}&difficulty={difficulty}"
    assert named.count("rows", ROWS)
    return text, Tissue(rows, slides, size, seed, difficulty)


def probabilities(network: ImageNetwork, images: Tensor) -> NDArray[np.float64]:
    """Of tumour, (row,)."""
    with torch.inference_mode():
        starts = range(0, len(images), AT_ONCE)
        found = [torch.sigmoid(network(images[start : start + AT_ONCE]))[:, 0] for start in starts]
    return torch.cat(found).double().numpy()


def covered(images: Tensor, top: NDArray[np.int64], left: NDArray[np.int64], side: int) -> Tensor:
    """The images with a square in their mean colour."""
    made = images.clone()
    for image, row, column in zip(made, top.tolist(), left.tolist(), strict=True):
        image[:, row : row + side, column : column + side] = image.mean(dim=(1, 2))[:, None, None]
    return made


def told(
    network: ImageNetwork, rows: ImageRows, twins: ImageRows, labels: NDArray[np.int64]
) -> Iterator[tuple[str, float]]:
    """What one network does, by name."""
    images, tumour = network.given(cast(Prepared, rows)), labels == 1
    size = images.shape[2]
    box = top, _, bottom, _ = centre((size, size))
    middle, side = np.full(len(images), top), bottom - top
    p = probabilities(network, images)
    changed = {
        "with the centre covered": covered(images, middle, middle, side),
        "with a square at the rim covered": covered(images, *rim(len(images), size, side), side),
        "with the tumour taken out": network.given(cast(Prepared, twins)),
    }
    yield "AUC of new patches", float(roc_auc_score(labels, p))
    yield "p(tumour) of normal patches", float(p[~tumour].mean())
    yield "p(tumour) of tumour patches", float(p[tumour].mean())
    for name, others in changed.items():
        yield f"... {name}", float(probabilities(network, others)[tumour].mean())
    sure = [place for place in np.argsort(-p) if tumour[place]][:MAPS]
    for name, seen in (("Grad-CAM", grad_cam), ("occlusion", occlusion)):
        inside = [share_inside(seen(network, images[n : n + 1], 1), box) for n in sure]
        yield f"{name}: share of its mass in the centre", float(np.nanmean(inside))


def rim(n: int, size: int, side: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Corners of squares that touch the edge of an image, and its centre nowhere: (row,) each."""
    random = np.random.default_rng(0)
    along, edge = random.integers(0, size - side + 1, n), random.choice([0, size - side], n)
    lying = random.random(n) < 0.5
    return np.where(lying, along, edge), np.where(lying, edge, along)


def main() -> None:
    """Print what each network does, and the mean over networks."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("run", type=Path)
    asked.add_argument("--rows", type=int, default=400)
    asked.add_argument("--kind", help="the network.kind whose best configuration is looked at")
    given = asked.parse_args()
    results = Results(given.run)
    board = results.leaderboard()
    if given.kind:
        board = board[board["network.kind"] == given.kind]
    config_id = str(board["config_id"].iloc[0])
    source, made = new_source(results.study.data.source, given.rows)
    table = load(results.study.data.model_copy(update={"source": source}), folder=Path())
    parts = split(load(results.study.data, folder=Path()), results.study.protocol, results.study.seed)
    with Record.at(given.run) as record, TemporaryDirectory() as folder:
        path = Path(folder) / "twins.npy"
        np.save(path, made.pixels(0, made.rows, tumour=False))
        columns: dict[str, dict[str, float]] = {}
        for number, each in enumerate(judged(record, results.study, config_id, parts)):
            rows = each.preparation.apply(take(TrainingPart, table, np.arange(table.n_rows)))
            assert isinstance(rows, ImageRows)
            network = build(each.configuration, rows.shape[1:], 1).load(each.weights).eval()
            assert isinstance(network, ImageNetwork)
            twins = replace(rows, path=path, places=np.arange(made.rows))
            columns[f"network {number}"] = dict(told(network, rows, twins, made.labels))
    frame = pd.DataFrame(columns)
    frame["mean"] = frame.mean(axis=1)
    print(f"{given.run}: {config_id}, {source}")
    print(frame.to_string(float_format="{:.3f}".format))


if __name__ == "__main__":
    main()
