"""Small real studies that many tests run.

What takes seconds to import is imported by the fixture that needs it: before its workers start, pytest-xdist
imports this file in a process that tests nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import settings

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


@contextmanager
def without_figures() -> Iterator[None]:
    """Reports without figures: they take longer than the trials of a small study."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("paribus.report.write.each_figure", lambda *_: [])
        yield


@pytest.fixture
def undrawn() -> Iterator[None]:
    """A test's runs leave no figures."""
    with without_figures():
        yield


@pytest.fixture
def unrendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are put together, and not drawn, which takes the longest."""
    still = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
    monkeypatch.setattr("vl_convert.vegalite_to_svg", lambda *_, **__: still)
    monkeypatch.setattr("vl_convert.svg_to_png", lambda *_, **__: b"")


@pytest.fixture
def undelivered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that leave no model: it takes longer than their trials."""
    nothing = import_module("paribus.deliver.writing").Delivered(None)
    monkeypatch.setattr(import_module("paribus.run"), "deliver", lambda *_: nothing)


@pytest.fixture
def trials_alone(undelivered: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that leave their record and nothing else."""
    monkeypatch.setattr(import_module("paribus.run"), "write_report", lambda *_: None)


@pytest.fixture
def trusted() -> Iterator[None]:
    """The user's word for the tests' own code."""
    module = import_module("paribus.networks.module")
    module.trust(Path(__file__).parents[1])
    yield
    module.distrust()


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
