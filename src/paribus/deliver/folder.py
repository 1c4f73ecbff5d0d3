"""The files of a delivered model, and where they are found."""

from __future__ import annotations

from pathlib import Path

from paribus.errors import StudyError

MODEL, ONNX, TENSORS, MEANING, CARD = "model", "model.onnx", "model.safetensors", "model.json", "card.md"
VOCABULARY = "vocabulary.json"


def find(given: Path) -> Path:
    """The ONNX file that `given` names. Raises StudyError."""
    if given.is_file():
        return given
    for path in (given / MODEL / ONNX, given / ONNX):
        if path.is_file():
            return path
    if not given.exists():
        raise StudyError(f"{given}: no such file or folder: name a run's folder, its model/ or an .onnx file")
    for path in (given / MODEL / CARD, given / CARD):
        if path.is_file():
            raise StudyError(f"{given}: holds no {ONNX}, which predictions are made with: {path} says why")
    raise StudyError(f"{given}: no model stands here: make it with paribus export {given}")
