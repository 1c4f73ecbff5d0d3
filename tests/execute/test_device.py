"""Where networks are trained."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest
import torch

import paribus
from paribus.engines import ENGINES
from paribus.errors import StudyError
from paribus.execute.device import arithmetic, resolved
from paribus.study.spec import Study
from tests.elsewhere import NAME, Elsewhere


def gpu(monkeypatch: pytest.MonkeyPatch, found: bool) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: found)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Some GPU")


def test_auto_is_the_gpu_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A GPU would stand idle, or a machine without one would be refused."""
    gpu(monkeypatch, True)
    assert [resolved(asked) for asked in ("auto", "cpu", "cuda")] == ["cuda", "cpu", "cuda"]
    assert arithmetic("cuda") == "cuda Some GPU"
    gpu(monkeypatch, False)
    assert [resolved(asked) for asked in ("auto", "cpu")] == ["cpu", "cpu"]
    assert arithmetic("cpu").split()[0] in ("native", "torch")


def test_a_gpu_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A study meant for a GPU would train for days on the processor, or end in a traceback."""
    gpu(monkeypatch, False)
    with pytest.raises(
        StudyError, match=r"device = 'cuda': PyTorch .* finds no GPU here: choose auto or cpu"
    ):
        resolved("cuda")
    with pytest.raises(StudyError, match="device = 'tpu': must be auto, cpu or cuda"):
        resolved("tpu")


class Told:
    """Notes of a run, and nothing else."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def __getattr__(self, _: str) -> object:
        return lambda *_: None


@pytest.mark.usefixtures("trials_alone")
def test_a_whole_study_on_another_device(
    small: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--device cuda` would train on the processor, or trials that differ in rounding would be mixed without
    a word.
    """
    train = small.train.model_copy(update={"epochs": 2})
    small = small.model_copy(update={"stage": small.stage[:1], "question": (), "train": train})
    runs = import_module("paribus.run")
    here = paribus.run(small, tmp_path / "here", workers=1, device="cpu").frame()
    monkeypatch.setattr(runs, "resolved", lambda asked: NAME if asked == "cuda" else asked)
    monkeypatch.setattr("paribus.execute.device.torch.cuda.get_device_name", lambda: "stand-in")
    monkeypatch.setattr("paribus.execute.trainer.gpu_memory", lambda: 2**30)
    monkeypatch.setattr(type(ENGINES["population"]), "devices", ("cpu", NAME))
    with Elsewhere():
        there = paribus.run(small, tmp_path / "there", workers=1, device="cuda").frame()
    columns = ["config_id", "fold", "seed", "epochs_run", "val_roc_auc"]
    pd.testing.assert_frame_equal(here[columns], there[columns], rtol=1e-4)
    told = Told()
    paribus.run(small, tmp_path / "there", workers=1, device="cpu", progress=told)  # type: ignore[arg-type]
    (note,) = [note for note in told.notes if "other versions" in note]
    assert f"arithmetic: {NAME} stand-in → {arithmetic('cpu')}" in note
