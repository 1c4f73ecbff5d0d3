"""The mistakes that a report shows are not those of the chosen configuration, or of other images."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from paribus import run
from paribus.data.sources.tissue import tissue
from paribus.explain.overlay import overlay
from paribus.results import Results
from paribus.steps.mistakes import MOST, worst
from paribus.store.mistakes import mistakes
from paribus.store.record import Record
from paribus.study.spec import Data, Deliver, Network, Protocol, Stage, Study, Train


def test_the_surest_mistakes_come_first() -> None:
    """A page would show near misses, or rows that are called right."""
    truth = np.array([0, 1, 0, 1, 1])
    places, called = worst(truth, np.array([0.9, 0.2, 0.1, 0.05, 0.51]))
    assert places.tolist() == [3, 0, 1]
    assert called.tolist() == [0, 1, 0]
    places, called = worst(np.array([0, 2]), np.array([[0.2, 0.5, 0.3], [0.8, 0.1, 0.1]]))
    assert places.tolist() == [1, 0]
    assert called.tolist() == [0, 1]
    assert len(worst(np.zeros(50, dtype=np.int64), np.full(50, 0.9))[0]) == MOST


def test_an_overlay_colours_the_hottest_place_and_nothing_else() -> None:
    """What speaks against a class would be shown as what speaks for it."""
    heat = np.zeros((8, 8), dtype=np.float32)
    heat[0, 0], heat[7, 7] = 2, -3
    laid = overlay(np.full((8, 8, 1), 100, dtype=np.uint8), heat).astype(int)
    assert laid.shape == (8, 8, 3)
    assert laid[0, 0, 0] > laid[0, 0, 2] + 50
    assert (laid[1:] == 100).all()
    assert (overlay(np.full((8, 8, 3), 7, dtype=np.uint8), np.zeros((8, 8), dtype=np.float32)) == 7).all()


@pytest.mark.usefixtures("undrawn")
def test_a_run_keeps_the_mistakes_of_the_chosen_network(tmp_path: Path) -> None:
    """The report's pictures would belong to other rows than the numbers beside them."""
    study = Study(
        name="patches",
        data=Data(
            source="builtin:tissue?rows=80&slides=8&size=24",
            image="image",
            target="label",
            positive="tumour",
            group="slide",
        ),
        protocol=Protocol(validation="holdout:0.5", test=0.0, metrics=("roc_auc", "accuracy")),
        network=Network(kind="simple_cnn"),
        train=Train(epochs=1),
        stage=(Stage(name="rates", factors={"train.learning_rate": (1e-3, 1e-2)}),),
        deliver=Deliver(model="none"),
    )
    found = run(study, tmp_path / "out", workers=1)
    assert isinstance(found, Results)
    with Record.at(tmp_path / "out") as record:
        kept = mistakes(record)
    told = found.predictions(found.summary["best"]["config_id"]).set_index("row")
    wrong = told[(told["p_tumour"] > 0.5) != (told["truth"] == "tumour")]
    assert len(kept) == min(len(wrong), MOST) > 0
    pixels, _, _ = tissue(80, 8, 24)
    for each in kept:
        row = wrong.loc[each.row]
        assert (each.truth, each.called) == (row["truth"], "tumour" if row["p_tumour"] > 0.5 else "normal")
        assert abs(each.probability - row[f"p_{each.called}"]) < 1e-6
        picture = np.asarray(Image.open(BytesIO(b64decode(each.picture))).convert("RGB"))
        assert (picture == pixels[each.row]).all()
        assert each.method == "Grad-CAM"
    assert "data-samples" in found.figures
    assert "mistakes" in found.figures
