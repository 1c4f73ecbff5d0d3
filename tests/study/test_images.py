"""A study of images that can't mean what it says would be trained, or a right one refused."""

from __future__ import annotations

from typing import Any

import pytest

from paribus.errors import StudyError
from paribus.study.configuration import Configuration
from paribus.study.fit import check_fit
from paribus.study.images import seeing_problem
from paribus.study.spec import Augment, Network, Prepare, Study, Train


def make(image: str | None = "id", data: dict[str, Any] | None = None, **prepare: Any) -> Study:
    """A study of images, or of a table."""
    asked = {"source": "a.zip", "target": "y", "image": image, **(data or {})}
    return Study(name="t", data=asked, prepare=prepare, network={"kind": "simple_cnn"})


def told(study: Study) -> str:
    """What is said of its preparation."""
    with pytest.raises(StudyError) as error:
        check_fit(study, "binary", 0, ("a", "b"))
    return str(error.value)


@pytest.mark.parametrize(
    ("key", "value", "needed"),
    [
        ("labels", "labels.csv", "of images"),
        ("size", 96, "of images"),
        ("channels", "grey", "of images"),
        ("broken", "drop", "of images"),
    ],
)
def test_keys_of_images_are_refused_without_them(key: str, value: Any, needed: str) -> None:
    """A misplaced key would change nothing, without a word."""
    with pytest.raises(StudyError, match=needed):
        make(None, {key: value})


def test_texts_and_images_are_not_one_study() -> None:
    """One of the two would be left out without a word."""
    with pytest.raises(StudyError, match="texts or images"):
        make("id", {"text": "review"})


@pytest.mark.parametrize("size", [0, [96], [1, 2, 3], "96", 20_000])
def test_a_size_is_one_side_or_height_and_width(size: Any) -> None:
    """Images would be brought to another shape than was meant."""
    with pytest.raises(StudyError, match="size"):
        make("id", {"size": size})


def test_one_side_is_both() -> None:
    """A square would have to be written twice."""
    assert make("id", {"size": 96}).data.size == (96, 96)


@pytest.mark.parametrize(
    ("prepare", "needed"),
    [
        ({"scale": "power"}, "no column to act on"),
        ({"select": "pca:6"}, "no column to act on"),
        ({"resample": "smote"}, "makes rows out of features"),
    ],
)
def test_what_acts_on_columns_is_refused_beside_images(prepare: dict[str, Any], needed: str) -> None:
    """A factor that changes nothing would be answered with 'no difference'."""
    assert needed in told(make("id", **prepare))


def test_pixels_are_refused_without_images() -> None:
    """The same, the other way round."""
    study = make(None, pixels="standard")
    assert "of images" in told(study.model_copy(update={"network": Network()}))


@pytest.mark.parametrize(
    ("network", "train", "prepare", "needed"),
    [
        ({"kind": "gru"}, {}, {}, "reads no images"),
        ({"kind": "simple_cnn"}, {"engine": "keras"}, {}, "reads no images"),
        ({"kind": "mlp", "input_noise": 0.1}, {}, {}, "augment.noise"),
        ({"kind": "simple_cnn"}, {}, {"pixels": "own"}, "pretrained network's"),
        ({"kind": "simple_cnn"}, {"head_learning_rate": 0.1}, {}, "pretrained body"),
    ],
)
def test_what_no_network_of_images_does_is_refused(
    network: dict[str, Any], train: dict[str, Any], prepare: dict[str, Any], needed: str
) -> None:
    """It would be trained as something else."""
    asked = Configuration(Prepare(**prepare), Network(**network), Train(**train))
    assert needed in seeing_problem(asked, (8, 8, 3))


@pytest.mark.parametrize(
    ("network", "train"),
    [
        ({"kind": "simple_cnn"}, {}),
        ({}, {"augment": Augment(rotate=5)}),
        ({}, {"accumulate": 2}),
        ({}, {"ema": 0.9}),
    ],
)
def test_what_is_of_images_is_refused_of_a_table(network: dict[str, Any], train: dict[str, Any]) -> None:
    """A table's network would be trained without it, and the study say that it was there."""
    asked = Configuration(Prepare(), Network(**network), Train(**train))
    assert "images" in seeing_problem(asked, None)


@pytest.mark.parametrize("kind", ["simple_cnn", "enhanced_cnn", "mlp"])
def test_what_reads_images_may(kind: str) -> None:
    """A right study would be refused."""
    assert not seeing_problem(Configuration(Prepare(), Network(kind=kind), Train()), (8, 8, 3))
    check_fit(make("id", pixels="standard", resample="oversample"), "binary", 0, ("a", "b"))


@pytest.mark.parametrize(
    ("augment", "image"),
    [({"stain": 0.1}, (8, 8, 1)), ({"hue": 5.0}, (8, 8, 1)), ({"turn": True}, (8, 9, 3))],
)
def test_what_can_t_be_changed_of_an_image_is_refused(
    augment: dict[str, Any], image: tuple[int, int, int]
) -> None:
    """Grey images would be recoloured, or oblong ones turned, without effect and without a word."""
    asked = Configuration(Prepare(), Network(kind="simple_cnn"), Train(augment=Augment(**augment)))
    assert "augment" in seeing_problem(asked, image)
    assert not seeing_problem(asked, (8, 8, 3))
