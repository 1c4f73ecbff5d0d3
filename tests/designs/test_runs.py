"""Every design from its study to a finished run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from paribus import Study, run

pytestmark = pytest.mark.usefixtures("trials_alone")

TWO = {
    "network.activation": ("relu", "tanh"),
    "train.learning_rate": (0.01, 0.1),
    "network.dropout": (0.0, 0.2),
}
DRAWN = {
    "configurations": 6,
    "factors": {
        "train.learning_rate": {"low": 1e-3, "high": 1e-1, "log": True},
        "train.optimizer": ("sgd", "adam"),
        "train.momentum": {"low": 0.1, "high": 0.9},
    },
    "when": {"train.momentum": {"train.optimizer": ("sgd",)}},
}
RANDOM = np.random.default_rng(0)
FRAME = pd.DataFrame(RANDOM.normal(size=(60, 3)), columns=["a", "b", "c"]).assign(y=["no", "yes"] * 30)


def trials(tmp_path: Path, *stages: dict[str, Any]) -> pd.DataFrame:
    listed = tuple({"name": f"s{place}", **stage} for place, stage in enumerate(stages, 1))
    study = Study(
        name="x",
        seed=3,
        data={"source": "frame", "target": "y", "positive": "yes"},
        protocol={"test": 0.0, "metrics": ["accuracy"]},
        network={"hidden": (4,)},
        train={"epochs": 1, "optimizer": "sgd"},
        stage=listed,
    )
    return run(study, tmp_path / "out", frame=FRAME, workers=1).frame()


@pytest.mark.parametrize(
    ("stage", "configurations"),
    [
        ({"design": "grid", "factors": TWO}, 8),
        ({"design": "factorial", "factors": TWO}, 8),
        ({"design": "factorial", "resolution": 3, "factors": TWO}, 4),
        ({"design": "ofat", "factors": TWO}, 5),  # the base has a rate of its own; two levels are the base's
        ({"design": "pairs", "factors": TWO}, 10),
        ({"design": "list", "factors": TWO}, 2),
        ({"design": "random", **DRAWN}, 6),
        ({"design": "latin", **DRAWN}, 6),
        ({"design": "sobol", **DRAWN}, 6),
    ],
)
def test_every_design_is_run_as_drawn(tmp_path: Path, stage: dict[str, Any], configurations: int) -> None:
    """A design that plans well and trains something else."""
    found = trials(tmp_path, stage)
    assert (found["status"] == "done").all()
    assert found["config_id"].nunique() == len(found) == configurations
    if "train.momentum" in found:
        assert ((found["train.momentum"] > 0) == (found["train.optimizer"] == "sgd")).all()


def test_a_stage_handed_sgds_momentum_tries_adam_without_it(tmp_path: Path) -> None:
    """A run would end in its second stage: Adam has no momentum."""
    momentum = {"factors": {"train.optimizer": ("sgd",), "train.momentum": (0.5, 0.9)}}
    both = {
        "factors": {"train.optimizer": ("sgd", "adam"), "train.momentum": (0.5, 0.9)},
        "when": {"train.momentum": {"train.optimizer": ("sgd",)}},
    }
    found = trials(tmp_path, momentum, both)
    second = found[found["stage"] == "s2"]
    made = sorted(zip(second["train.optimizer"], second["train.momentum"], strict=True))
    assert made == [("adam", 0.0), ("sgd", 0.5), ("sgd", 0.9)]


def test_equal_configurations_of_two_stages_are_trained_once(tmp_path: Path) -> None:
    """The same network would be paid for twice, or counted as two pieces of evidence."""
    found = trials(tmp_path, {"design": "grid", "factors": TWO}, {"design": "pairs", "factors": TWO})
    shared = found[found.duplicated(["config_id", "fold", "seed"], keep=False)]
    assert len(shared) > 0
    assert (shared.groupby("config_id")["train_seconds"].nunique() == 1).all()
    assert (shared.groupby("config_id")["val_accuracy"].nunique() == 1).all()
