"""`paribus new --data`: a study that fits what lies there."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from paribus.data.starting import LARGEST
from tests.cli.conftest import Paribus, told


def begun(paribus: Paribus, *arguments: object) -> dict[str, Any]:
    """What `paribus new mine` wrote; `paribus check` finds nothing wrong with it."""
    result = paribus("new", "mine", *arguments)
    assert result.exit_code == 0, result.output
    checked = paribus("check", "mine.toml")
    assert checked.exit_code == 0, checked.output
    return tomllib.loads(Path("mine.toml").read_text())


def image(path: str, size: tuple[int, int] = (9, 9)) -> None:
    """A file of random pixels, of this width and height."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    seed = sum(path.encode())
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)


def pictures(folder: str, per_class: int = 12, size: tuple[int, int] = (9, 9)) -> None:
    """Two classes of images."""
    for name in ("ill", "well"):
        for number in range(per_class):
            image(f"{folder}/{name}/{number}.png", size)


def test_a_folder_for_each_class(paribus: Paribus) -> None:
    """Who has a folder of images would have to learn all keys before a first study."""
    pictures("cells")
    found = begun(paribus, "--data", "cells")
    assert found["data"] == {"source": "cells", "image": "image", "target": "label", "positive": "well"}
    assert found["protocol"]["test"] == 0.2
    assert found["network"]["kind"] == "simple_cnn"


def test_folders_of_parts_in_a_zip(paribus: Paribus) -> None:
    """A split that comes with the data would be drawn anew, and images for testing trained on."""
    for part in ("train", "valid", "test"):
        pictures(f"cells/{part}")
    with ZipFile("cells.zip", "w") as held:
        for path in sorted(Path("cells").rglob("*.png")):
            held.write(path)
    found = begun(paribus, "--data", "cells.zip", "--target", "state")
    assert (found["data"]["target"], found["data"]["split"]) == ("state", "split")
    assert found["protocol"]["validation"] == "given"
    assert "test" not in found["protocol"]


@pytest.mark.parametrize("place", ["scans/labels.csv", "labels.csv"])
def test_a_table_of_labels_inside_or_beside(paribus: Paribus, place: str) -> None:
    """Kaggle's layouts would have to be told by hand, column by column."""
    for number in range(30):
        image(f"scans/all/{number}.png")
    lines = [f"{number},{number % 5},{'ny'[number % 2]}\n" for number in range(30)]
    Path(place).write_text("id,age,label\n" + "".join(lines))
    found = begun(paribus, "--data", "scans")
    assert found["data"] == {
        **{"source": "scans", "labels": "labels.csv", "image": "id"},
        **{"target": "label", "positive": "y"},
    }
    Path("mine.toml").unlink()
    assert begun(paribus, "--data", "scans", "--target", "age")["data"]["target"] == "age"


@pytest.mark.parametrize("others", [(31, 12), (300, 200)])
def test_images_of_several_or_large_sizes_are_brought_to_one(
    paribus: Paribus, others: tuple[int, int]
) -> None:
    """The first study would be refused for sizes, or take a day for large photographs."""
    pictures("cells", 5)
    pictures("cells/more", 8, others)
    height, width = begun(paribus, "--data", "cells")["data"]["size"]
    assert 9 <= height < width <= LARGEST


def test_texts_in_a_folder_for_each_class(paribus: Paribus) -> None:
    """Who has a folder of texts would be told that it holds no images."""
    for name in ("blame", "praise"):
        for number in range(30):
            path = Path("reviews", name, f"{number}.txt")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"film {name} {number}")
    found = begun(paribus, "--data", Path("reviews").absolute())
    assert found["data"] == {"source": str(Path("reviews").absolute()), "text": "text", "target": "label"}


def reviews(rows: int = 40) -> pd.DataFrame:
    """Texts with their class and an opinion in numbers."""
    says = [
        "the end of this film is dull and far too long",
        "a lovely film with a moving story from first to last",
    ]
    return pd.DataFrame(
        {
            "number": range(rows),
            "words": [f"{says[row % 2]}, said {row}" for row in range(rows)],
            "by": [f"Doe, {['Ann', 'Bob'][row % 2]} {row}" for row in range(rows)],
            "stars": [row % 2 * 3 + row / 50 for row in range(rows)],
            "label": [["blame", "praise"][row % 2] for row in range(rows)],
            "part": ["train"] * (rows - 10) + ["test"] * 10,
        }
    )


def test_a_table_of_texts(paribus: Paribus) -> None:
    """The column that all is about would be dropped, and the study that was written refused."""
    reviews()[["words", "label"]].to_csv("reviews.csv", index=False)
    found = begun(paribus, "--data", "reviews.csv")
    assert found["data"] == {
        **{"source": "reviews.csv", "text": "words"},
        **{"target": "label", "positive": "praise"},
    }
    assert found["prepare"]["represent"] == "multi_hot:10000"


def test_a_table_of_texts_beside_numbers_with_parts(paribus: Paribus) -> None:
    """Names would be taken for texts, and rows that are given for testing trained on."""
    reviews().drop(columns="label").to_parquet("reviews.parquet")
    found = begun(paribus, "--data", "reviews.parquet", "--target", "stars")
    assert (found["data"]["text"], found["data"]["split"]) == ("words", "part")
    assert "test" not in found["protocol"]
    assert found["protocol"]["metrics"][0] == "rmse"
    Path("mine.toml").unlink()
    reviews().drop(columns="words").to_parquet("reviews.parquet")
    assert "text" not in begun(paribus, "--data", "reviews.parquet")["data"]


def test_texts_without_spaces_in_a_table(paribus: Paribus) -> None:
    """Reviews in Chinese would be taken for ids."""
    says = ["这部电影太差了浪费时间", "这部电影非常好看演员很棒"]
    texts = [f"{says[row % 2]}{row}" for row in range(40)]
    reviews().assign(text=texts)[["text", "label", "number"]].to_csv("reviews.csv", index=False)
    assert begun(paribus, "--data", "reviews.csv")["data"]["text"] == "text"


def test_tables_of_classes_and_of_numbers(paribus: Paribus) -> None:
    """A column of numbers would be taken for so many classes."""
    assert begun(paribus, "--data", "rows.csv")["data"]["positive"] == "p"
    Path("mine.toml").unlink()
    Path("costs.csv").write_text("a,cost\n" + "".join(f"{row % 7},{row / 3}\n" for row in range(60)))
    found = begun(paribus, "--data", "costs.csv", "--target", "cost")
    assert found["protocol"]["metrics"][0] == "rmse"


def test_a_study_elsewhere_finds_its_data(paribus: Paribus) -> None:
    """The path would be looked for beside the study, where it isn't."""
    pictures("cells")
    Path("studies").mkdir()
    assert paribus("new", "studies/mine", "--data", "cells").exit_code == 0
    assert paribus("check", "studies/mine.toml").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--data", "nowhere"), 3, "no such file or folder"),
        (("--data", "tiny.toml"), 3, "neither a folder, nor a file of .csv"),
        (("--data", "empty"), 3, "holds neither images nor"),
        (("--data", "wide.csv"), 2, "--target COLUMN (columns: 'a', 'b')"),
        (("--data", "wide.csv", "--target", "c"), 2, "--target c: "),
        (("--target", "y"), 2, "is a column of --data"),
        (("--data", "rows.csv", "--template", "images"), 2, "remove one of them"),
    ],
)
def test_what_can_not_be_known_is_asked_for(
    paribus: Paribus, arguments: tuple[str, ...], code: int, says: str
) -> None:
    """A study of the wrong column, or a traceback, would be a user's first meeting."""
    Path("empty").mkdir()
    Path("wide.csv").write_text("a,b\n1,2\n2,1\n")
    assert says in " ".join(told(paribus("new", "mine", *arguments), code).split())
    assert not Path("mine.toml").exists()
