"""Every way in which images lie on a disk must give the same table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from PIL import Image

from paribus.data.table import Table
from paribus.errors import DataError
from tests.data.helpers import real
from tests.data.images.making import classes, encoded, pixels, read, write


def by_name(table: Table) -> dict[str, NDArray[np.uint8]]:
    """The decoded pixels of each file."""
    images = table.features.images
    return dict(zip(images.names, images.pixels(), strict=True))


def labels(table: Table) -> dict[str, str]:
    """The class of each file."""
    names = table.features.images.names
    return {name: table.classes[code] for name, code in zip(names, table.target.tolist(), strict=True)}


def zipped(folder: Path, archive: Path) -> Path:
    """A folder as an archive, half of it deflated, with what a Mac leaves in one."""
    with ZipFile(archive, "w") as held:
        for place, path in enumerate(sorted(path for path in folder.rglob("*") if path.is_file())):
            held.write(path, path.relative_to(folder).as_posix(), ZIP_DEFLATED if place % 2 else None)
        held.writestr("__MACOSX/normal/._1.png", b"\0\5\x16\7")
    return archive


def test_class_folders(tmp_path: Path) -> None:
    """Images would be learned under the class of their neighbours."""
    made = classes(tmp_path / "cells")
    table = read(tmp_path / "cells")
    found = by_name(table)
    assert found.keys() == made.keys()
    assert all((found[name] == made[name]).all() for name in made)
    assert labels(table) == {name: name.split("/")[0] for name in made}
    assert table.names == ("image",)
    assert table.features.images.shape == (8, 8, 3)
    assert table.n_rows == 8
    assert table.duplicates == 0


def test_parts_and_folders_around_them(tmp_path: Path) -> None:
    """A given split would be read as the classes, or the images not found below one folder more."""
    folder = tmp_path / "cells"
    classes(folder, 3, "images/train/")
    classes(folder, 2, "images/valid/")
    table = read(folder, split="split")
    assert table.class_counts == {"normal": 5, "tumour": 5}
    assert table.marks.given is not None
    assert np.bincount(table.marks.given).tolist() == [6, 4]
    assert [each.name for each in read(folder).dropped] == ["split"]


def test_a_zip_is_as_its_folder(tmp_path: Path) -> None:
    """Whoever leaves an archive packed would learn from other pixels."""
    made = classes(tmp_path / "cells", prefix="cell_images/")
    archive = zipped(tmp_path / "cells", tmp_path / "cells.zip")
    table = read(archive)
    found = by_name(table)
    assert found.keys() == made.keys()
    assert all((found[name] == made[name]).all() for name in made)
    assert table.fingerprint == read(tmp_path / "cells").fingerprint


def kaggle(folder: Path, ids: list[str], suffix: str = "") -> None:
    """Images in `train`, others in `test`, and a table of the first ones' labels."""
    for place, name in enumerate(ids):
        write(folder, f"train/{name}.tif", encoded(pixels(place), "TIFF"))
    write(folder, "test/other.tif", encoded(pixels(99), "TIFF"))
    table = pd.DataFrame({"id": [name + suffix for name in ids], "label": [0, 1] * (len(ids) // 2)})
    table.to_csv(folder / "train_labels.csv", index=False)


@pytest.mark.parametrize("suffix", ["", ".tif"])
@pytest.mark.parametrize(("packed", "inner"), [(False, ""), (False, "train"), (True, "")])
def test_labels_beside_the_images(tmp_path: Path, suffix: str, packed: bool, inner: str) -> None:
    """Kaggle's histopathology can't be read, whether its suffixes stand in the table or not."""
    folder = tmp_path / "patches"
    kaggle(folder, ["f38a", "c18f", "755d", "bc3f"], suffix)
    source = zipped(folder, tmp_path / "patches.zip") if packed else folder / inner
    table = read(source, image="id", labels="train_labels.csv")
    assert table.target.tolist() == [0, 1, 0, 1]
    assert (table.features.images.pixels() == np.stack([pixels(place) for place in range(4)])).all()
    assert table.dropped == ()


def test_numbers_with_zeros_before_them(tmp_path: Path) -> None:
    """A table turns 0012 into 12, and no file would be found."""
    folder = tmp_path / "patches"
    kaggle(folder, ["0012", "0013", "0104", "0005"])
    table = read(folder, image="id", labels="train_labels.csv")
    assert table.features.images.names[:3] == tuple(f"train/{n}.tif" for n in ("0012", "0013", "0104"))


def test_one_name_for_several_files(tmp_path: Path) -> None:
    """A label would go to whichever file comes first."""
    folder = tmp_path / "patches"
    kaggle(folder, ["a", "b"])
    write(folder, "more/a.tif", encoded(pixels(5), "TIFF"))
    with pytest.raises(DataError, match=r"row 2 names 'a', and 2 files in .* are called so"):
        read(folder, image="id", labels="train_labels.csv")


def test_labels_of_other_files(tmp_path: Path) -> None:
    """Every image would be told to be missing, instead of the one cause."""
    folder = tmp_path / "patches"
    kaggle(folder, ["a", "b"])
    pd.DataFrame({"id": ["x"], "label": [1]}).to_csv(folder / "train_labels.csv", index=False)
    with pytest.raises(DataError, match=r"no row names a file in .*row 2 has 'x'"):
        read(folder, image="id", labels="train_labels.csv")


@pytest.mark.parametrize("packed", [False, True])
def test_arrays_found_by_their_shapes(tmp_path: Path, packed: bool) -> None:
    """A .npz could be read only by who knows what we call its arrays."""
    x = np.stack([pixels(seed) for seed in range(6)])
    save = np.savez_compressed if packed else np.savez
    save(tmp_path / "a.npz", pictures=x, y=np.arange(6) % 2, patient=np.arange(6) // 2)
    table = read(tmp_path / "a.npz", group="patient")
    assert (table.features.images.pixels() == x).all()
    assert table.target.tolist() == [0, 1] * 3
    assert table.marks.groups is not None
    assert table.marks.groups.tolist() == [0, 0, 1, 1, 2, 2]
    assert table.features.images.names[3] == "pictures[3]"


def test_arrays_of_parts(tmp_path: Path) -> None:
    """MedMNIST's given parts would be lost, or its images without a label."""
    arrays: dict[str, Any] = {}
    for part, count in (("train", 4), ("val", 2), ("test", 2)):
        arrays[f"{part}_images"] = np.stack([pixels(count, channels=1)[..., 0] for _ in range(count)])
        arrays[f"{part}_labels"] = (np.arange(count) % 2)[:, None]
    np.savez(tmp_path / "a.npz", **arrays)
    table = read(tmp_path / "a.npz", split="split")
    assert table.features.images.shape == (8, 8, 1)
    assert table.marks.given is not None
    assert np.bincount(table.marks.given).tolist() == [4, 2, 2]
    assert table.target.tolist() == [0, 1] * 4


def test_hdf5_in_two_files(tmp_path: Path) -> None:
    """PatchCamelyon keeps its labels in a file of their own."""
    h5py = pytest.importorskip("h5py")
    x = np.stack([pixels(seed) for seed in range(5)])
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.create_dataset("x", data=x, chunks=(2, 8, 8, 3), compression="gzip")
    with h5py.File(tmp_path / "y.h5", "w") as file:
        file["y"] = np.array([0, 1, 1, 0, 1]).reshape(-1, 1, 1, 1)
    table = read(tmp_path / "x.h5", labels="y.h5")
    assert (table.features.images.pixels() == x).all()
    assert table.target.tolist() == [0, 1, 1, 0, 1]
    pd.DataFrame({"label": ["no", "yes", "yes", "no", "yes"], "wsi": [1, 1, 2, 2, 2]}).to_csv(
        tmp_path / "meta.csv", index=False
    )
    table = read(tmp_path / "x.h5", labels="meta.csv", group="wsi")
    assert table.target.tolist() == [0, 1, 1, 0, 1]


def test_hdf5_without_its_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would say what to install."""
    monkeypatch.setitem(sys.modules, "h5py", None)
    write(tmp_path, "x.h5", b"\x89HDF")
    with pytest.raises(DataError, match=r"pip install 'paribus\[hdf5\]'"):
        read(tmp_path / "x.h5")


@pytest.mark.parametrize("hugging_face", [False, True])
def test_bytes_in_parquet(tmp_path: Path, hugging_face: bool) -> None:
    """The commonest form of image sets on the hub couldn't be read."""
    files = [encoded(pixels(seed)) for seed in range(6)]
    cells: list[object] = [*files]
    if hugging_face:
        cells = [{"bytes": file, "path": f"{place}.png"} for place, file in enumerate(files)]
    frame = pd.DataFrame({"image": cells, "label": [0, 1] * 3, "where": list("aabbcc")})
    frame.to_parquet(tmp_path / "a.parquet", row_group_size=4)
    table = read(tmp_path / "a.parquet", group="where")
    assert (table.features.images.pixels() == np.stack([pixels(seed) for seed in range(6)])).all()
    assert table.features.images.names[5] == ("5.png" if hugging_face else "position 5")


def test_data_test_is_read_the_same(tmp_path: Path) -> None:
    """Sealed images would lose their pixels to those of the source."""
    made = classes(tmp_path / "one")
    other = classes(tmp_path / "two", 2)
    write(tmp_path, "two/tumour/zlast.png", encoded(pixels(77)))
    table = read(tmp_path / "one", test=str(tmp_path / "two"))
    assert table.n_rows == len(made) + len(other) + 1
    assert (table.features.images.pixels(slice(-1, None))[0] == pixels(77)).all()
    assert table.marks.given is not None
    assert table.marks.given.tolist() == [0] * 8 + [2] * 5


def test_groups_by_a_pattern_on_the_file_name(tmp_path: Path) -> None:
    """Patches of one slide would stand on both sides of a split."""
    classes(tmp_path / "cells")
    for pattern in (r"slide\d", r"slide(\d)", r"/slide(\d)_"):
        groups = read(tmp_path / "cells", group=pattern).marks.groups
        assert groups is not None
        assert groups.tolist() == [0, 0, 1, 1] * 2
    with pytest.raises(DataError, match=r"it isn't found in 8 of 8 file names, the first 'slide0_0.png'"):
        read(tmp_path / "cells", group="patient")
    with pytest.raises(DataError, match="no pattern on the file name"):
        read(tmp_path / "cells", group="slide(")


@pytest.mark.parametrize("name", ["../../x/1.png", "/etc/1.png", "C:/x/1.png", "a/../../1.png", "..\\1.png"])
def test_a_zip_that_points_outside_of_itself(tmp_path: Path, name: str) -> None:
    """A hostile archive could name any file of the user's."""
    archive = tmp_path / "cells.zip"
    with ZipFile(archive, "w") as held:
        held.writestr("normal/1.png", encoded(pixels(1)))
        held.writestr(ZipInfo(name), encoded(pixels(2)))
    with pytest.raises(DataError, match="a place outside of itself"):
        read(archive)


def test_what_is_no_zip(tmp_path: Path) -> None:
    """A download that was cut off would end in a traceback."""
    classes(tmp_path / "cells")
    content = zipped(tmp_path / "cells", tmp_path / "cells.zip").read_bytes()
    with pytest.raises(DataError, match=r"can't be read as a \.zip"):
        read(write(tmp_path, "cut.zip", content[: len(content) // 2]))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda f: write(f, "notes.txt", b"x"), "holds no images \\(1 other files, such as 'notes.txt'\\)"),
        (lambda f: write(f, "one/a.png", encoded(pixels(1))), "no folders of two classes or more"),
        (lambda f: f.mkdir(parents=True, exist_ok=True), "holds no images: files of"),
    ],
)
def test_folders_of_another_layout(tmp_path: Path, make: object, told: str) -> None:
    """Nobody would say how the files should lie."""
    assert callable(make)
    make(tmp_path / "cells")
    with pytest.raises(DataError, match=told):
        read(tmp_path / "cells")


def test_a_table_where_images_are_asked_for(tmp_path: Path) -> None:
    """The labels' file in data.source would end in a word about something else."""
    write(tmp_path, "labels.csv", b"id,label\n1,0\n2,1\n")
    with pytest.raises(DataError, match=r"name it in data.labels"):
        read(tmp_path / "labels.csv")


def test_arrays_that_are_no_images(tmp_path: Path) -> None:
    """Numbers would be taken for pixels."""
    np.savez(tmp_path / "a.npz", x=np.zeros((4, 8, 8, 3), dtype=np.float32), y=np.zeros(4))
    with pytest.raises(DataError, match="holds no images \\(arrays: 'x 4×8×8×3 float32'"):
        read(tmp_path / "a.npz")
    np.savez(tmp_path / "b.npz", x=np.zeros((4, 8, 8, 3), dtype=np.uint8))
    with pytest.raises(DataError, match="no array is the target 'label'"):
        read(tmp_path / "b.npz")


def test_all_kinds_of_files_are_read_the_same(tmp_path: Path) -> None:
    """A study on BMP or TIFF would learn from other pixels than one on PNG."""
    for kind, suffix in (("PNG", "png"), ("TIFF", "tif"), ("BMP", "bmp"), ("PNG", "PNG")):
        for label in ("a", "b"):
            write(tmp_path / "x", f"{label}/{kind}.{suffix}", encoded(pixels(label == "a"), kind))
    write(tmp_path / "x", "a/4.jpg", encoded(Image.new("RGB", (8, 8), (200, 100, 50)), "JPEG", quality=95))
    found = by_name(read(tmp_path / "x"))
    assert len(found) == 9
    for name, image in found.items():
        if not name.endswith(".jpg"):
            assert (image == pixels(name.startswith("a"))).all(), name
    assert np.abs(found["a/4.jpg"].astype(int) - (200, 100, 50)).max() < 4


def test_real_cells_of_a_few_patients() -> None:
    """What was made for toy files could stumble over the archive that users have."""
    archive = real("malaria/cell_images.zip")
    table = read(archive, group=r"C\d+P?\d*", split="split", share=0.02, positive="Parasitized")
    images = table.features.images
    assert images.shape == (50, 50, 1)
    assert table.classes == ("Uninfected", "Parasitized")
    assert table.marks.groups is not None
    assert table.marks.groups.max() + 1 == 4
    with ZipFile(archive) as held, held.open(images.names[-1]) as file:
        assert (images.pixels()[-1, :, :, 0] == np.asarray(Image.open(file))).all()
