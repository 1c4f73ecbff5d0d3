"""Study files: what is written is what is read, and what is wrong is told where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from paribus.errors import StudyError
from paribus.study.changes import study_hash
from paribus.study.spec import Study
from paribus.study.toml import format_study, parse_recorded, parse_study, read_study
from tests.conftest import SMALL
from tests.study.draw import studies


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(studies())
def test_a_study_survives_its_file(study: Study) -> None:
    """Else a resumed run, which reads study.toml from its record, would run another study."""
    again = parse_study(format_study(study))
    assert again == study == parse_recorded(format_study(study), "paribus.db")
    assert study_hash(again) == study_hash(study)


def test_defaults_are_written_out() -> None:
    """Else study.toml would mean another study under a version with other defaults."""
    written = format_study(parse_study(SMALL))
    for key in ("validation", "resample", "activation", "min_delta", "batch_size", "keep"):
        assert f"\n{key} = " in written


def wrong(text: str) -> str:
    with pytest.raises(StudyError) as caught:
        parse_study(text, "s.toml")
    return str(caught.value)


def test_problems_are_told_in_the_order_of_lines() -> None:
    """Else who mends a file from top to bottom jumps about in it."""
    told = wrong(
        SMALL.replace("seed = 3", "seed = -3")
        .replace("epochs = 6", "epochs = 0\nbatchsize = 3")
        .replace("hidden = [8]", 'hidden = ["a"]')
    )
    lines = [int(line.split("line ")[1].split(":")[0]) for line in told.splitlines()]
    assert len(lines) == 4
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 5000, "a = 1" + "0" * 5000, "a = ", "a\0 = 1", "a = 1\na = 2"]
)
def test_what_is_no_toml_is_refused(text: str) -> None:
    """Else a broken file would end in a traceback."""
    assert wrong(text).startswith("s.toml: not valid TOML: ")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    """Else a study saved by Notepad could not be read."""
    (tmp_path / "s.toml").write_bytes(b"\xef\xbb\xbf" + SMALL.encode())
    assert read_study(tmp_path / "s.toml") == parse_study(SMALL)
