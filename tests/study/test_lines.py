"""The line of a key: where a user looks when told of it."""

from __future__ import annotations

import pytest

from paribus.study.lines import line_of
from paribus.study.problems import Path
from paribus.study.spec import Study
from paribus.study.toml import format_study

TEXT = """\
# comment
[study]
name = "x"   # comment

[train]
early_stopping = { monitor = "val_loss", patience = 0 }
a.b.c = 1

[[stage]]
name = "one"
factors."train.epochs" = [
    1,
    # comment
    2,
]
[[stage]]
name = "two"
[stage.factors]
'network.hidden' = [[1], [2, 3]]
[question]
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("study", "name"), 3),
        (("train", "early_stopping", "patience"), 6),
        (("train", "a"), 7),
        (("train", "a", "b", "c"), 7),
        (("train", "missing"), 5),
        (("stage", 0), 9),
        (("stage", 0, "factors", "train.epochs"), 11),
        (("stage", 0, "factors", "train.epochs", 1), 14),
        (("stage", 1, "name"), 17),
        (("stage", 1, "factors", "network.hidden", 1, 0), 19),
        (("nowhere",), None),
        ((), None),
    ],
)
def test_every_key_has_its_line(path: Path, line: int | None) -> None:
    """Else a message sends its reader to the wrong line."""
    assert line_of(TEXT, path) == line


def test_lines_are_found_in_what_paribus_writes(small: Study) -> None:
    """Else a study.toml of a run, taken up and changed, would have no lines in its messages."""
    text = format_study(small)
    line = line_of(text, ("stage", 1, "factors", "network.dropout"))
    assert line is not None
    assert '"network.dropout"' in text.splitlines()[line - 1]
