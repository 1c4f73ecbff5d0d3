"""A worked study that comes with the package can't be run, or isn't the published one any more."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from paribus import read_study
from paribus.networks.build import build
from paribus.study.convolution import PRESETS
from paribus.study.plan import plan
from paribus.study.toml import parse_study

STUDIES = Path(__file__).parents[2] / "studies"
PUBLISHED = {"simple_cnn": 93_377, "enhanced_cnn": 140_449 - 448}
"""Numbers that are trained; the enhanced network has 448 more that aren't."""


@pytest.mark.parametrize("path", sorted(STUDIES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_study_can_be_planned(path: Path) -> None:
    """Whoever tries the examples first would meet an error."""
    assert all(stage.configurations for stage in plan(read_study(path)))


def test_histopathology_is_the_published_study() -> None:
    """Its figures would stand beside those of other networks."""
    study = read_study(STUDIES / "histopathology.toml")
    networks, *questions = plan(study)
    first = {each.network.kind: each for each in networks.configurations}
    for kind, trained in PUBLISHED.items():
        network = build(first[kind], (3, 96, 96), 1)
        assert sum(each.numel() for each in network.parameters() if each.requires_grad) == trained
    head = first["pretrained"].network
    assert (head.weights, head.hidden, head.dropout) == ("microsoft/resnet-50", (128,), (0.3, 0.3))
    assert {each.network.kind for stage in questions for each in stage.configurations} == {"enhanced_cnn"}


def test_malaria_is_split_by_patient_and_by_cell() -> None:
    """The finding, what knowing a patient is worth, would compare more than that."""
    whole, given = read_study(STUDIES / "malaria.toml"), read_study(STUDIES / "malaria_given.toml")
    assert whole.data.group
    assert given.data.split == "split"
    for section in ("network", "train", "prepare", "stage"):
        assert getattr(whole, section) == getattr(given, section)


def test_the_page_on_images_says_what_can_be_run() -> None:
    """Whoever copies its study would be refused, or get another network than it describes."""
    page = (STUDIES.parent / "docs" / "images.md").read_text(encoding="utf-8")
    whole, pretrained = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    study = parse_study(f'[study]\nname = "page"\n{whole}')
    assert len(plan(study)[0].configurations) == 4
    assert parse_study(
        f'[study]\nname = "page"\n[data]\nsource = "a"\ntarget = "b"\nimage = "c"\n{pretrained}'
    )
    for name, blocks in PRESETS.items():
        assert f"| `{name}` | `{json.dumps(blocks)}` |" in page
