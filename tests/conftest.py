"""Small real studies that many tests run."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import settings

from paribus.deliver.writing import Delivered
from paribus.networks.module import distrust, trust
from paribus.study.spec import Study
from paribus.study.toml import parse_study

# No test asserts a time, an example's neither.
settings.register_profile("paribus", deadline=None)
settings.load_profile("paribus")

BREAST_CANCER = """
[study]
name = "small"
seed = 3
[data]
source = "builtin:breast_cancer"
target = "diagnosis"
positive = "malignant"
[protocol]
seeds = 2
metrics = ["recall", "roc_auc", "accuracy"]
"""
WIDTH = """\
[[question]]
name = "width"
ask = "Does width help?"
vary = "network.units"
levels = [2, 8]
hold = { "network.layers" = 1 }
metric = "recall"
"""
SMALL = (
    BREAST_CANCER
    + """\
[network]
hidden = [8]
dropout = 0.2
[train]
learning_rate = 1e-2
batch_size = 64
epochs = 6
early_stopping = { monitor = "val_loss", patience = 2 }
[[stage]]
name = "preparation"
factors."prepare.scale" = ["standard", "minmax"]
factors."prepare.select" = ["none", "kbest:6"]
keep = "top:2"
[[stage]]
name = "network"
factors."network.hidden" = [[4], [8], [8, 4]]
factors."network.dropout" = [0.0, 0.3]
factors."train.epochs" = [2, 6]
"""
    + WIDTH
)


@pytest.fixture
def undelivered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that leave no model: it takes longer than their trials."""
    monkeypatch.setattr(import_module("paribus.run"), "deliver", lambda *_: Delivered(None))


@pytest.fixture
def trials_alone(undelivered: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that leave their record and nothing else."""
    monkeypatch.setattr(import_module("paribus.run"), "write_report", lambda *_: None)


@pytest.fixture
def trusted() -> Iterator[None]:
    """The user's word for the tests' own code."""
    trust(Path(__file__).parents[1])
    yield
    distrust()


@pytest.fixture
def small() -> Study:
    """Two stages and a question: 66 trials in about a second."""
    return parse_study(SMALL, "small.toml")


@pytest.fixture
def small_file(tmp_path: Path) -> Path:
    """The same as a file."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    return path
