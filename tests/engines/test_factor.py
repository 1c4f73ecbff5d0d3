"""The engine as a factor of a study."""

from __future__ import annotations

from pathlib import Path

import pytest

from paribus.run import run
from paribus.study.spec import Study

ENGINES = ["population", "torch", "numpy", "sklearn"]


def study(**train: object) -> Study:
    """One network in each engine, from two seeds."""
    return Study.model_validate(
        {
            "name": "engines",
            "data": {"source": "builtin:circles?rows=200&seed=2", "target": "label", "positive": 1},
            "protocol": {"test": 0.2, "seeds": 2, "metrics": ["log_loss"]},
            "network": {"hidden": [6]},
            "train": {"epochs": 6, "learning_rate": 0.01, **train},
            "stage": [{"name": "engines", "design": "grid", "factors": {"train.engine": ENGINES}}],
        }
    )


@pytest.mark.usefixtures("trials_alone")
def test_every_engine_leaves_the_same_record(tmp_path: Path) -> None:
    """Two libraries would be compared on different rows, weights or epochs."""
    frame = run(study(), tmp_path / "out", workers=1).frame()
    assert sorted(frame["engine"]) == sorted(ENGINES * 2)
    assert set(frame["status"]) == {"done"}
    assert set(frame["n_parameters"]) == {25}
    for _, members in frame.groupby("seed"):
        for column in ("val_log_loss", "train_log_loss"):
            assert members[column].max() == pytest.approx(members[column].min(), rel=1e-4)
    assert frame.groupby("seed")["val_log_loss"].mean().nunique() == 2
