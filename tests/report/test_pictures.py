"""Images in a report: a reader sees them without a network, and is told what they show."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from paribus.data.images.thumbnails import png_text
from paribus.report.facts import gather
from paribus.report.figures import Figure
from paribus.report.figures.pictures import picture_figures
from paribus.report.page import page
from paribus.store.mistakes import Mistake, mistakes, mistakes_stand, put_mistakes
from paribus.store.profile import SAMPLES
from tests.report import records

NOISE = np.random.default_rng(0).integers(0, 256, (3, 20, 30, 3), dtype=np.uint8)
PICTURES = [png_text(each) for each in NOISE]
HOSTILE = 'slide<1>"_7.png'
FOUND = tuple(
    Mistake(row, HOSTILE, "no", "yes", 0.99 - row / 10, PICTURES[0], PICTURES[1], "Grad-CAM")
    for row in range(4)
)


@pytest.fixture
def drawn(tmp_path: Path) -> tuple[str, dict[str, Figure]]:
    """The page of a record with images, and its figures of them."""
    asked = records.study()
    with records.record(tmp_path, asked) as found:
        found.put_facts(**{SAMPLES: {"no": PICTURES, "yes": PICTURES[:1]}})
        put_mistakes(found, ("c1", 3), FOUND)
        facts = gather(found, asked)
    made = {figure.name: figure for figure in picture_figures(facts)}
    return page(facts, list(made.values())), made


def test_pictures_stand_in_the_page_and_in_files(drawn: tuple[str, dict[str, Figure]]) -> None:
    """A reader without a network, or of the exported files, would see empty boxes."""
    text, made = drawn
    assert list(made) == ["data-samples", "mistakes"]
    for name, count in (("data-samples", 4), ("mistakes", 8)):
        svg = made[name].svg
        assert svg.count('<image href="data:image/png;base64,') == svg.count("<image") == count
        assert f'id="figure-{name}"' in text
        pixels = np.asarray(Image.open(BytesIO(made[name].png())).convert("RGB")).reshape(-1, 3)
        assert len(np.unique(pixels, axis=0)) > 500  # the noise, which no text or paper has


def test_who_cannot_see_the_pictures_is_told(drawn: tuple[str, dict[str, Figure]]) -> None:
    """A grid of images would say nothing to who has it read out, or looks for a row."""
    text, made = drawn
    assert "no called yes, 99\u00a0%" in made["mistakes"].description
    assert "3 no, 1 yes" in made["data-samples"].description
    table = made["mistakes"].table
    assert table["image"].tolist() == [HOSTILE] * 4
    assert table["probability"].tolist() == [0.99, 0.89, 0.79, 0.69]
    assert not {"picture", "heat"} & set(table)
    assert HOSTILE not in text


def test_mistakes_come_back_from_the_record_as_they_were(tmp_path: Path) -> None:
    """Those of another configuration would be shown after a study has grown."""
    with records.record(tmp_path, records.study()) as found:
        assert mistakes(found) == ()
        put_mistakes(found, ("c1", 3), FOUND)
        assert mistakes(found) == FOUND
        assert mistakes_stand(found, ("c1", 3))
        assert not mistakes_stand(found, ("c1", 6))


def test_a_large_image_becomes_a_small_picture() -> None:
    """A page would hold whole photographs."""
    large = Image.open(BytesIO(b64decode(png_text(np.zeros((400, 200, 1), dtype=np.uint8)))))
    assert large.size == (48, 96)
    assert large.mode == "L"
