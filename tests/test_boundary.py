"""The boundary of two features: that of the recorded network, and of those that it was before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import paribus
from paribus.report.facts import gather
from paribus.report.figures.boundary import boundary_figure
from paribus.steps.boundary import SIDE, STEPS, read_off
from paribus.store.boundary import boundary
from paribus.store.record import Record
from paribus.study.spec import Study
from paribus.study.toml import parse_study

pytestmark = pytest.mark.usefixtures("trials_alone")

TEXT = """
[study]
name = "line"
seed = 5
[data]
source = "builtin:moons?rows=120&noise=0.2"
target = "label"
[prepare]
scale = "standard"
[protocol]
seeds = 2
metrics = ["log_loss"]
[network]
hidden = [8]
[train]
learning_rate = 0.05
epochs = 9
"""
EPOCHS = """
[[stage]]
name = "epochs"
factors."train.epochs" = [1, 2, 9]
"""


def study(text: str = TEXT) -> Study:
    return parse_study(text)


@pytest.mark.parametrize("ran", [0, 1, 2, 7, 8, 9, 10, 150, 5000])
def test_as_many_epochs_are_read_off_as_can_be(ran: int) -> None:
    """Else a row of panels has a hole, or the last epoch isn't among them."""
    epochs = read_off(ran)
    assert len(set(epochs)) == len(epochs) == min(STEPS, max(ran, 1))
    assert list(epochs) == sorted(epochs)
    assert (epochs[0], epochs[-1]) == (1, max(ran, 1))


def test_each_panel_is_the_network_of_that_many_epochs(tmp_path: Path) -> None:
    """Else the pictures show how some other network learned."""
    results = paribus.run(study(TEXT + EPOCHS), tmp_path, workers=1)
    chosen = results.frame().sort_values(["val_log_loss", "seed"])["config_id"].iloc[0]
    with Record.at(tmp_path) as record:
        found = boundary(record, chosen)
        facts = gather(record, results.study)
    assert found is not None
    assert found.epochs == (1, 2, 3, 4, 5, 6, 7, 9)
    assert found.features == ("x1", "x2")
    assert found.called.shape == found.sureness.shape == (8, SIDE, SIDE)
    assert (found.sureness >= 0.5 - 1 / 255).all()
    for count in (1, 2, 9):
        alone = paribus.run(
            study(TEXT.replace("epochs = 9", f"epochs = {count}")), tmp_path / str(count), workers=1
        )
        with Record.at(tmp_path / str(count)) as record:
            last = boundary(record, alone.frame()["config_id"].iloc[0])
        assert last is not None
        assert last.epochs[-1] == count
        place = found.epochs.index(count)
        np.testing.assert_array_equal(found.called[place], last.called[-1])
        np.testing.assert_array_equal(found.sureness[place], last.sureness[-1])
    drawn = boundary_figure(facts)
    assert drawn is not None
    assert drawn.svg.count("data:image/png") == 8
    assert list(drawn.table["epoch"]) == list(found.epochs)


def test_a_boundary_is_right_side_up(tmp_path: Path) -> None:
    """Else the picture is mirrored, and every dot stands in the wrong colour."""
    text = study(TEXT.replace("builtin:moons?rows=120&noise=0.2", "builtin:integer_points?rows=100&seed=1"))
    results = paribus.run(text, tmp_path, workers=1)
    with Record.at(tmp_path) as record:
        found = boundary(record, results.frame()["config_id"].iloc[0])
    assert found is not None  # the class is 1 where the first feature is 0 or more
    left, right = found.called[-1][:, : SIDE // 3], found.called[-1][:, -SIDE // 3 :]
    assert left.mean() < 0.1
    assert right.mean() > 0.9


@pytest.mark.parametrize(("features", "numbers"), [(3, False), (2, True)])
def test_data_of_other_shapes_have_no_boundary(features: int, numbers: bool, tmp_path: Path) -> None:
    """Else a study of many features, or of numbers, ends in a traceback."""
    rows = np.random.default_rng(1).standard_normal((60, features))
    frame = pd.DataFrame(rows, columns=[f"x{place}" for place in range(features)])
    frame["label"] = rows[:, 0] if numbers else np.where(rows[:, 0] > 0, "yes", "no")
    asked = study(TEXT.replace("log_loss", "rmse") if numbers else TEXT)
    results = paribus.run(asked, tmp_path, frame=frame, workers=1)
    with Record.at(tmp_path) as record:
        assert boundary(record, results.frame()["config_id"].iloc[0]) is None
        facts = gather(record, results.study)
    assert boundary_figure(facts) is None
