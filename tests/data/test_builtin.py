"""Data sets without a file: each has what its name promises, and says what is wrong with its parameters."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import datasets

from paribus.data.load import load
from paribus.data.prepare.preparation import fit_preparation
from paribus.data.sources import openml
from paribus.data.sources.builtin import read_builtin
from paribus.data.sources.synthetic import SYNTHETIC
from paribus.data.table import Table
from paribus.errors import DataError, StudyError
from paribus.study.spec import Data, Prepare, Study

from .helpers import random_frame, training_part

TARGETS = {"breast_cancer": "diagnosis", "iris": "species", "wine": "cultivar", "digits": "digit"}
MADE = sorted(SYNTHETIC)


def read(source: str, target: str = "label", folder: Path = Path()) -> Table:
    return load(Data(source=source, target=target), folder=folder)


def cells(source: str) -> pd.DataFrame:
    rows = read_builtin(source)
    return pd.DataFrame({name: rows.column(name) for name in rows.names})


@pytest.mark.parametrize("name", TARGETS)
def test_scikit_learns_sets_are_whole(name: str) -> None:
    """A benchmark of the field would be another under its name."""
    features, codes = getattr(datasets, f"load_{name}")(return_X_y=True)
    frame = cells(f"builtin:{name}")
    assert np.array_equal(frame.drop(columns=TARGETS[name]).to_numpy(), features)
    assert pd.Series(codes).groupby(frame[TARGETS[name]]).nunique().eq(1).all()
    assert frame[TARGETS[name]].nunique() == len(np.unique(codes))


def test_diabetes_asks_for_a_number() -> None:
    """A regression would be taken for classes."""
    assert read("builtin:diabetes", "progression").task == "regression"


@pytest.mark.parametrize("name", MADE)
def test_equal_parameters_make_equal_rows_and_another_seed_others(name: str) -> None:
    """A study could not be run again; or a seed would change nothing."""
    asked = f"builtin:{name}?rows=200&seed="
    one, same, other = (cells(f"{asked}{seed}") for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert len(one) == 200
    assert not one.equals(other)


@pytest.mark.parametrize("name", ["circles", "blobs", "spirals", "gaussian_quantiles", "classification"])
def test_so_many_classes_are_made(name: str) -> None:
    """Studies of several classes would have two."""
    made = cells(f"builtin:{name}?rows=300&classes=4")
    assert sorted(made["label"].unique()) == [0, 1, 2, 3]


@pytest.mark.parametrize("name", ["circles", "moons", "blobs", "spirals"])
def test_imbalance_is_the_ratio_of_the_largest_class_to_the_smallest(name: str) -> None:
    """A study of remedies for unequal classes would have equal ones."""
    counts = cells(f"builtin:{name}?rows=550&imbalance=10")["label"].value_counts()
    assert counts.max() / counts.min() == pytest.approx(10, abs=0.5)


@pytest.mark.parametrize("name", ["circles", "moons", "spirals", "xor", "checkerboard"])
def test_noise_moves_the_points(name: str) -> None:
    """The difficulty that a study varies would not vary."""
    still, moved = (cells(f"builtin:{name}?noise={noise}")[["x1", "x2"]] for noise in (0, 5))
    assert moved.to_numpy().std() > 3 * still.to_numpy().std()


def test_rings_have_their_radii() -> None:
    """The classes of circles would not be rings."""
    made = cells("builtin:circles?rows=90&classes=3&noise=0")
    radius = np.hypot(made["x1"], made["x2"])
    assert np.allclose(radius, 1 - made["label"] / 3)


def test_xor_is_the_sign_of_the_product() -> None:
    """The set that no linear network can learn would be learned by one."""
    made = cells("builtin:xor?rows=200")
    assert ((made["x1"] * made["x2"] < 0).astype(int) == made["label"]).all()


def test_integer_points_are_those_of_the_study() -> None:
    """Study C1 would be of other points."""
    made = cells("builtin:integer_points")
    assert len(made) == 100
    assert set(np.unique(made[["x1", "x2"]])) <= set(range(-5, 5))
    assert ((made["x1"] >= 0).astype(int) == made["label"]).all()


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("builtin:", "'' is no builtin data set"),
        ("builtin:cirles", "'cirles' is no builtin data set, did you mean 'circles'?"),
        ("builtin:iris?rows=3", "'rows' is no parameter of 'builtin:iris' (it takes none)"),
        ("builtin:moons?rows", "write each parameter once with its value"),
        ("builtin:moons?rows=9&rows=9", "write each parameter once with its value"),
        ("builtin:moons?rows=1", "rows must be 2 to 100,000,000, received 1"),
        ("builtin:moons?rows=1.5", "rows must be a whole number, received '1.5'"),
        ("builtin:moons?noise=nan", "noise must be 0 or more, received nan"),
        ("builtin:circles?rows=10&classes=9", "10 rows are too few for 9 classes"),
        ("builtin:classification?classes=9&informative=3", "9 classes need more corners than 3 informative"),
        ("builtin:classification?features=3&informative=4", "informative = 4 is more than the 3 features"),
        ("builtin:friedman1?features=4", "'friedman1' needs 5 features or more"),
        ("openml:", "names no data set"),
        ("openml:31?seed=1", "'seed' is no parameter of 'openml:31' (allowed: version)"),
    ],
)
def test_wrong_names_and_parameters_are_refused_by_the_study(source: str, told: str) -> None:
    """A misspelt parameter would leave its default in place without a word."""
    with pytest.raises(StudyError) as caught:
        Study(name="x", data={"source": source, "target": "y"})
    assert told in str(caught.value)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """A server on this machine: its address, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(tmp_path))

        def log_message(self, *arguments: Any) -> None:
            asked.append(self.path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}", asked
        running.shutdown()


def test_an_address_is_fetched_once(tmp_path: Path, cache: Path, server: tuple[str, list[str]]) -> None:
    """Each run would fetch the rows anew, and a study could not be run offline later."""
    (tmp_path / "rows.csv").write_text("a,y\n" + "".join(f"{row * 0.5},{row % 2}\n" for row in range(20)))
    address, asked = server
    first, second = (read(f"{address}/rows.csv", "y").fingerprint for _ in range(2))
    assert first == second
    assert asked == ["/rows.csv"]
    assert [path.suffix for path in (cache / "files").iterdir()] == [".csv"]


def test_what_the_server_refuses_is_said(cache: Path, server: tuple[str, list[str]]) -> None:
    """A misspelt address would be a traceback, or an empty file in the cache."""
    with pytest.raises(DataError, match=r"none\.csv can't be fetched: the server answers 404"):
        read(f"{server[0]}/none.csv", "y")
    with pytest.raises(DataError, match=r"'\.doc' is no kind of file that can be read"):
        read(f"{server[0]}/rows.doc", "y")
    assert not list((cache / "files").iterdir())


def test_offline_says_what_to_do(cache: Path) -> None:
    """Someone on a train would see a traceback."""
    with pytest.raises(
        DataError, match=r"can't be fetched .*kept in .*cache: run this where there is a network"
    ):
        read("http://127.0.0.1:1/rows.csv", "y")


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine whose home is read-only a selection would end as a fault of ours."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match=r"can't be written .*set PARIBUS_CACHE"):
        read("http://127.0.0.1:1/rows.csv", "y")
    with pytest.raises(DataError, match=r"can't be written .*set PARIBUS_CACHE"):
        fit_preparation(Prepare(select="sfs:2"), training_part(random_frame(30)), 7)


@pytest.mark.parametrize("source", ["builtin:california_housing", "openml:31"])
def test_offline_says_it_of_what_scikit_learn_fetches(
    source: str, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first look at a well-known data set would end in a traceback."""
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with pytest.raises(DataError, match=rf"{source} can't be fetched .*run this where there is a network"):
        read(source, "y")


@pytest.mark.parametrize(
    ("source", "asked"),
    [("openml:31", {"data_id": 31}), ("openml:credit-g?version=2", {"name": "credit-g", "version": 2})],
)
def test_openml_is_asked_by_number_or_name(
    source: str, asked: dict[str, Any], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another data set, or its newest version, would be studied."""
    frame = pd.DataFrame({"a": np.arange(30) * 0.5, "class": ["good", "bad"] * 15})

    def fetched(**keys: Any) -> Any:
        assert keys.items() >= asked.items()
        assert keys["data_home"] == cache
        return type("Bunch", (), {"frame": frame})

    monkeypatch.setattr(openml, "fetch_openml", fetched)
    assert read(source, "class").n_rows == 30


def test_a_set_that_openml_does_not_have_is_said(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt name would be a traceback of scikit-learn's."""

    def fetched(**keys: Any) -> Any:
        raise ValueError("No active dataset nosuch found.")

    monkeypatch.setattr(openml, "fetch_openml", fetched)
    with pytest.raises(DataError, match=r"openml:nosuch can't be read from openml\.org: No active dataset"):
        read("openml:nosuch", "y")


def halves(folder: Path, test: str) -> Data:
    (folder / "train.csv").write_text(
        "a,b,y\n" + "".join(f"{row * 0.5},{row},{row % 2}\n" for row in range(20))
    )
    (folder / "test.csv").write_text(test)
    return Data(source="train.csv", target="y", test="test.csv")


def test_a_test_file_is_sealed_whatever_the_order_of_its_columns(tmp_path: Path) -> None:
    """The rows of a competition would be shared out between training and test."""
    loaded = load(halves(tmp_path, "y,b,a\n1,7,0.25\n0,8,0.75\n"), folder=tmp_path)
    assert loaded.marks.given is not None
    assert loaded.marks.given.tolist() == [0] * 20 + [2] * 2
    assert loaded.target[-2:].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a,y\n1,1\n", r"test\.csv lacks 'b'"),
        ("a,b,c,y\n1,1,1,1\n", r"train\.csv lacks 'c'"),
        ("a,b,y\n1,1,\n", r"missing in 1 row, first in row 2 of .*test\.csv"),
    ],
)
def test_a_test_file_that_does_not_fit_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """Columns would be taken for others; or the wrong file be searched for the row."""
    with pytest.raises(DataError, match=told):
        load(halves(tmp_path, text), folder=tmp_path)
