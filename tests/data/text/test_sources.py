"""Texts lie in folders, in the IMDB archive, on the hub: read wrongly, classes or parts would be mixed up."""

from __future__ import annotations

import io
import sys
import tarfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from paribus.data.load import load
from paribus.data.marks import TEST
from paribus.data.sources import imdb
from paribus.data.table import Table
from paribus.errors import DataError
from paribus.study.spec import Data
from tests.data.helpers import real

REVIEWS = {
    f"{split}/{label}/{number}_7.txt": f"{label} film, number {number} of {split}<br />"
    for split in ("train", "test")
    for label in ("neg", "pos")
    for number in range(3)
}


def lay(folder: Path, files: dict[str, str]) -> Path:
    """A folder of these texts."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def read(source: str, folder: Path, data_dir: Path | None = None, **keys: Any) -> Table:
    return load(Data(source=source, text="text", target="label", **keys), folder=folder, data_dir=data_dir)


def test_a_folder_of_parts_and_classes_is_read(tmp_path: Path) -> None:
    """Else aclImdb would have to be made a table by hand, or texts without a class would be one."""
    lay(tmp_path / "aclImdb", REVIEWS | {"train/unsup/0_0.txt": "none", "train/urls_pos.txt": "http://"})
    found = read("aclImdb/", tmp_path, split="split")
    assert (found.n_rows, found.classes) == (12, ("neg", "pos"))
    assert found.marks.given is not None
    assert (found.marks.given == TEST).sum() == 6
    assert found.target.tolist() == [0, 0, 0, 1, 1, 1] * 2
    assert "br" not in found.features.texts.tokens.words


def test_a_folder_of_classes_is_read(tmp_path: Path) -> None:
    """Else a simple corpus would be no source."""
    lay(
        tmp_path / "mails", {f"{kind}/{n}.txt": f"{kind} words" for kind in ("ham", "spam") for n in range(4)}
    )
    assert read("mails", tmp_path).class_counts == {"ham": 4, "spam": 4}


def test_texts_that_lie_in_no_class_are_said(tmp_path: Path) -> None:
    """Else a class that lies in the wrong place would be lost without a word."""
    strays = {"loose.txt": "a", "train/url.txt": "b", "other/1.txt": "c", "train/pos/deep/1.txt": "d"}
    unsaid = {"train/unsup/0_0.txt": "none", "README": "none", "train/pos/._0_7.txt": "none"}
    lay(tmp_path / "aclImdb", REVIEWS | strays | unsaid)
    (told,) = read("aclImdb", tmp_path, split="split").said
    assert told == (
        "texts that don't lie in a class's folder, as train/pos/1.txt does, are left alone: 'loose.txt',"
        " 'other/1.txt', 'train/url.txt' and 1 more"
    )


def test_capital_suffixes_are_texts(tmp_path: Path) -> None:
    """Else texts of an old Windows machine would be none."""
    lay(tmp_path / "mails", {f"{kind}/{n}.TXT": f"{kind} words" for kind in ("ham", "spam") for n in (1, 2)})
    assert read("mails", tmp_path).class_counts == {"ham": 2, "spam": 2}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"readme.md": "none"}, "holds no texts: a file a text"),
        ({"a.txt": "no class"}, "holds no texts: a file a text"),
        ({"pos/1.txt": "a", "pos/2.txt": "b"}, "the target 'label' is 'pos' in every row"),
        ({"pos/1.txt": "a", "neg/2.txt": "b"}, r"one row only \(file neg"),
    ],
)
def test_a_folder_without_classes_of_texts_is_told(
    tmp_path: Path, files: dict[str, str], message: str
) -> None:
    """Else a user would not know how to lay texts down."""
    lay(tmp_path / "texts", files)
    with pytest.raises(DataError, match=message):
        read("texts", tmp_path)


def test_a_broken_file_is_told_by_name(tmp_path: Path) -> None:
    """Else one file among 50,000 would have to be searched."""
    lay(tmp_path / "texts", REVIEWS)
    (tmp_path / "texts/test/pos/1_7.txt").write_bytes(b"caf\xe9")
    with pytest.raises(DataError, match=r"test.pos.1_7\.txt isn't UTF-8: byte 4 is 0xe9"):
        read("texts", tmp_path)


def test_imdb_is_found_in_the_data_folder(tmp_path: Path) -> None:
    """Else a study would fetch 84 MB that are there."""
    lay(tmp_path / "data/aclImdb", REVIEWS)
    found = read("builtin:imdb", tmp_path, tmp_path / "data", split="split")
    assert found.classes == ("0", "1")
    assert found.target.tolist() == [0, 0, 0, 1, 1, 1] * 2


def archive(path: Path) -> Path:
    with tarfile.open(path, "w:gz") as files:
        for name, text in (REVIEWS | {"train/unsup/0_0.txt": "none", "README": "a"}).items():
            entry = tarfile.TarInfo(f"aclImdb/{name}")
            entry.size = len(text.encode())
            files.addfile(entry, io.BytesIO(text.encode()))
    return path


def test_imdb_is_fetched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else who has a network would have to lay the reviews down by hand."""
    fetched: list[str] = []

    def download(url: str) -> Path:
        fetched.append(url)
        return archive(tmp_path / "aclImdb_v1.tar.gz")

    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PARIBUS_DATA", raising=False)
    monkeypatch.setattr(imdb, "download", download)
    with pytest.raises(DataError, match="12 of 50,000 reviews"):
        read("builtin:imdb", tmp_path, split="split")
    fetched.clear()
    monkeypatch.setattr(imdb, "REVIEWS", len(REVIEWS))
    one, two = (read("builtin:imdb", tmp_path, split="split") for _ in range(2))
    assert fetched == [imdb.ADDRESS]
    assert one.fingerprint == two.fingerprint
    assert one.target.sum() == 6


def test_imdb_without_a_network_says_where_to_put_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a user behind a wall would not know what to do."""

    def download(url: str) -> Path:
        raise DataError(f"{url} can't be fetched (no network)")

    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PARIBUS_DATA", raising=False)
    monkeypatch.setattr(imdb, "download", download)
    with pytest.raises(DataError, match=r"put imdb/imdb.parquet .* or PARIBUS_DATA\. https:.*no network"):
        read("builtin:imdb", tmp_path)


def test_imdb_from_a_damaged_archive_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else half of the reviews could be learned from, or every later run would fail."""
    damaged = tmp_path / "aclImdb_v1.tar.gz"
    damaged.write_bytes(archive(tmp_path / "whole.tar.gz").read_bytes()[:200])
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PARIBUS_DATA", raising=False)
    monkeypatch.setattr(imdb, "download", lambda url: damaged)
    with pytest.raises(DataError, match="came damaged"):
        read("builtin:imdb", tmp_path)
    assert not damaged.exists()


def hub(asked: list[tuple[str, str | None]]) -> SimpleNamespace:
    """What the package datasets gives, without a network."""

    def load_dataset(name: str, configuration: str | None, cache_dir: str) -> dict[str, SimpleNamespace]:
        asked.append((name, configuration))
        if name == "unknown/name":
            raise ConnectionError("no such data set\nmore of it")
        rows = pd.DataFrame({"text": ["a good film", "a bad film"] * 4, "label": [1, 0] * 4})
        parts = ("train", "test", "unsupervised") if name != "odd/parts" else ("everything",)
        return {part: SimpleNamespace(to_pandas=rows.copy) for part in parts}

    return SimpleNamespace(load_dataset=load_dataset)


def test_a_data_set_of_the_hub_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else its parts would be mixed, or rows without a class learned from."""
    asked: list[tuple[str, str | None]] = []
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path))
    monkeypatch.setitem(sys.modules, "datasets", hub(asked))
    found = read("hf:stanfordnlp/imdb:plain", tmp_path, split="split")
    assert asked == [("stanfordnlp/imdb", "plain")]
    assert np.bincount(found.marks.given).tolist() == [8, 0, 8]  # type: ignore[arg-type]
    for name, message in (
        ("unknown/name", r"ConnectionError: no such data set\)\. Correct the name"),
        ("odd/parts", "no part train, validation or test, but everything"),
    ):
        with pytest.raises(DataError, match=message):
            read(f"hf:{name}", tmp_path)


def test_without_the_package_the_hub_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a user would meet a traceback."""
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(DataError, match=r"pip install .*'paribus\[hub\]'"):
        read("hf:stanfordnlp/imdb", tmp_path)


def test_the_real_reviews_are_whole() -> None:
    """Else study B would be another study: 25,000 + 25,000, of which 123 stand in both parts."""
    found = read("builtin:imdb", Path(), real("imdb/imdb.parquet").parents[1], split="split")
    assert found.n_rows == 50_000
    assert found.class_counts == {"0": 25_000, "1": 25_000}
    assert found.said == ()
    keys, given = found.features.keys(), found.marks.given
    assert np.isin(keys[given == TEST], keys[given != TEST]).sum() == 123
