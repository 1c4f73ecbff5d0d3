"""What an engine can't do is refused before anything is trained, and a missing package is told."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from paribus.engines import ENGINES, abilities
from paribus.engines.abilities import ABILITIES
from paribus.engines.table import page
from paribus.errors import StudyError
from paribus.run import run
from paribus.study.options import names
from paribus.study.spec import Study
from tests.draw import TASKS, configuration

PAGE = Path(__file__).parents[2] / "docs" / "engines.md"
BEYOND: dict[str, dict[str, Any]] = {
    "train.convention": {"train": {"convention": "torch"}},
    "train.optimizer": {"train": {"optimizer": "lion", "learning_rate": 1e-4}},
    "train.weight_decay": {"train": {"weight_decay": 0.1}},
    "train.l1": {"train": {"l1": 0.1}},
    "train.clip_norm": {"train": {"clip_norm": 1.0}},
    "train.clip_value": {"train": {"clip_value": 1.0}},
    "train.label_smoothing": {"train": {"label_smoothing": 0.1}},
    "network.activation": {"network": {"activation": "gelu"}},
    "network.dropout": {"network": {"dropout": 0.3}},
    "network.norm": {"network": {"norm": "batch"}},
    "network.residual": {"network": {"residual": True}},
}
"""For each key that some engine limits, a setting that is beyond it."""


@pytest.mark.parametrize("key", BEYOND)
def test_what_scikit_learn_cannot_do_is_refused_by_name(key: str) -> None:
    """A comparison of libraries would compare two different networks."""
    asked = configuration(BEYOND[key].get("network"), **BEYOND[key].get("train", {}))
    told = ENGINES["sklearn"].refusal(asked, TASKS["binary"])
    assert told is not None
    assert told.startswith(f"{key} = ")
    assert "train.engine" in told
    assert ENGINES["population"].refusal(asked, TASKS["binary"]) is None


@pytest.mark.parametrize(("engine", "package"), [("keras", "keras"), ("tensorflow", "tensorflow")])
def test_a_missing_package_is_told_with_its_install_line(
    engine: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user would get a traceback, or learn of it after an hour of training."""
    monkeypatch.setattr(abilities, "find_spec", lambda name: None if name == package else find_spec("numpy"))
    told = ENGINES[engine].refusal(configuration(), TASKS["binary"])
    assert told == (
        f"train.engine = '{engine}' needs {package}, not installed here: pip install \"paribus[{engine}]\""
    )


def test_every_engine_is_an_option_and_says_what_it_can() -> None:
    """An engine could be asked for that isn't there, or hidden that is."""
    assert set(ENGINES) == set(ABILITIES) == set(names("engine"))
    assert all(ENGINES[name].devices == ability.devices for name, ability in ABILITIES.items())


def test_the_page_is_the_table() -> None:
    """docs/engines.md, made by `python -m paribus.engines.table`, would promise what an engine refuses."""
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("engine", ["keras", "tensorflow"])
def test_a_run_ends_with_2_before_anything_is_trained(
    engine: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A missing library would look like a fault of paribus, or cost an hour before it was told."""
    monkeypatch.setattr(abilities, "find_spec", lambda name: None)
    study = Study.model_validate(
        {
            "name": "missing",
            "data": {"source": "builtin:circles?rows=60", "target": "label", "positive": 1},
            "train": {"engine": engine},
        }
    )
    with pytest.raises(StudyError, match=rf"pip install \"paribus\[{engine}\]\"") as told:
        run(study, tmp_path / "out")
    assert told.value.exit_code == 2
    assert not (tmp_path / "out").exists()
