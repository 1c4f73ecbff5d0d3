"""A small finished study, for trackers to be told of."""

from __future__ import annotations

from pathlib import Path

from paribus.run import run
from paribus.study.toml import parse_study
from tests.conftest import without_figures

STUDY = """
[study]
name = "tracked/flowers"
[data]
source = "builtin:iris"
target = "species"
[protocol]
metrics = ["accuracy"]
[deliver]
model = "none"
[train]
batch_size = 64
epochs = 3
[[stage]]
name = "width/1"
factors."network.hidden" = [[2], [3]]
"""


def finished(folder: Path, *settings: str) -> Path:
    """`folder`, in which two configurations were run, `settings` put over the study."""
    with without_figures():
        run(parse_study(STUDY, settings=settings), folder, workers=1)
    return folder
