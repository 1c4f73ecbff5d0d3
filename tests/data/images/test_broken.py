"""Files that can't be used: each is named with its reason, refused or left out, and nothing else is lost."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZIP_LZMA, ZipFile

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from paribus.errors import DataError
from tests.data.images.making import classes, encoded, pixels, read, write

SOUND = encoded(pixels(7))
BROKEN = {
    "cut.png": (encoded(pixels(1))[:120], "is cut off"),
    "cut.jpg": (encoded(pixels(1, 64, 64), "JPEG")[:900], "is cut off"),
    "empty.png": (b"", "is empty: 0 bytes"),
    "text.png": (b"not an image at all", "is no image, or a damaged one"),
    "jpeg.png": (encoded(pixels(2), "JPEG"), "holds JPEG, though its name ends in .png"),
    "webp.png": (encoded(pixels(2), "WEBP"), "holds WEBP, though its name ends in .png"),
    "long.png": (encoded(pixels(2, 65_537, 2)), "is 65,537×2 pixels: a side has 65,536 at most"),
    "large.png": (encoded(pixels(3, 9, 8)), "is 9×8 pixels, others are 8×8"),
    "floats.tif": (encoded(Image.fromarray(np.ones((8, 8), np.float32)), "TIFF"), "has pixels of the kind F"),
    "flipped.png": (SOUND[:60] + bytes([SOUND[60] ^ 0xFF]) + SOUND[61:], "is damaged"),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("packed", [False, True])
def test_a_broken_file_is_refused_by_name(tmp_path: Path, name: str, packed: bool) -> None:
    """A training would fail in the middle, or learn from a black image."""
    classes(tmp_path / "cells")
    content, reason = BROKEN[name]
    write(tmp_path / "cells", f"tumour/{name}", content)
    source = tmp_path / "cells"
    if packed:
        source = tmp_path / "cells.zip"
        with ZipFile(source, "w") as held:
            for path in (tmp_path / "cells").rglob("*.*"):
                held.write(path, path.relative_to(tmp_path / "cells").as_posix())
    with pytest.raises(DataError) as refused:
        read(source)
    assert f"1 image can't be used: 'tumour/{name}' {reason}" in str(refused.value)
    assert 'broken = "drop"' in str(refused.value)


def test_all_broken_files_are_dropped_together_and_told(tmp_path: Path) -> None:
    """A sound image would be lost with the broken ones, or a label move to another image."""
    made = classes(tmp_path / "cells")
    for name, (content, _) in BROKEN.items():
        write(tmp_path / "cells", f"normal/{name}", content)
    write(tmp_path / "cells", "beside.png", SOUND)
    table = read(tmp_path / "cells", broken="drop")
    images = table.features.images
    assert set(images.names) == set(made)
    assert all((image == made[name]).all() for name, image in zip(images.names, images.pixels(), strict=True))
    assert [table.classes[code] for code in table.target] == [name.split("/")[0] for name in images.names]
    assert table.found is not None
    assert dict(table.found.broken).keys() == {"beside.png", *(f"normal/{name}" for name in BROKEN)}
    told = next(note for note in table.notes if "dropped" in note)
    assert told.startswith("11 images are dropped (data.broken): 'beside.png' has no label; ")


def test_missing_and_unlabelled_files_of_a_table(tmp_path: Path) -> None:
    """A row without a file, or a file without a row, would vanish without a word."""
    folder = tmp_path / "patches"
    for number in range(6):
        write(folder, f"train/{number}.png", encoded(pixels(number)))
    write(folder, "test/9.png", encoded(pixels(9)))
    rows = {"id": ["0", "1", "gone", "2", "3", "4"], "label": ["a", "b", "a", "b", "a", None]}
    pd.DataFrame(rows).to_csv(folder / "labels.csv", index=False)
    with pytest.raises(DataError) as refused:
        read(folder, image="id", labels="labels.csv")
    assert "3 of 7 images can't be used: 'train/4.png' has no label; 'train/5.png' has no label;" in str(
        refused.value
    )
    assert "'gone' isn't there" in str(refused.value)
    table = read(folder, image="id", labels="labels.csv", broken="drop")
    assert table.features.images.names == tuple(f"train/{number}.png" for number in range(4))
    assert table.target.tolist() == [0, 1, 1, 0]


def test_a_file_name_that_leads_out_of_the_source(tmp_path: Path) -> None:
    """A table from elsewhere could have any file of the user's read."""
    folder = tmp_path / "patches"
    for number in range(4):
        write(folder, f"{number}.png", encoded(pixels(number)))
    write(tmp_path, "secret.png", encoded(pixels(9)))
    table = {"id": ["0", "1", "2", "3", "../secret.png"], "label": [0, 1, 0, 1, 1]}
    pd.DataFrame(table).to_csv(folder / "labels.csv", index=False)
    with pytest.raises(DataError, match=r"'\.\./secret\.png' isn't there"):
        read(folder, image="id", labels="labels.csv")


def test_sizes_are_brought_to_the_one_asked_for(tmp_path: Path) -> None:
    """Photographs are of all sizes, and no study of them could be run."""
    for place, (height, width) in enumerate([(8, 8), (9, 12), (16, 16), (30, 5)]):
        write(tmp_path / "x", f"{'ab'[place % 2]}/{place}.png", encoded(pixels(place, height, width)))
    with pytest.raises(DataError, match=r"the images have 4 sizes .* as in size = \["):
        read(tmp_path / "x")
    table = read(tmp_path / "x", size=[16, 16])
    assert table.features.images.shape == (16, 16, 3)
    assert (
        table.features.images.pixels()[table.features.images.names.index("a/2.png")] == pixels(2, 16, 16)
    ).all()
    assert "3 of 4 images have another size than data.size, and are brought to 16×16 (height × width)" in (
        table.notes
    )


def test_the_commonest_size_is_that_of_all_files_not_of_the_first(tmp_path: Path) -> None:
    """Most images would be called odd where the few that are looked at first have another size."""
    for number in range(8):
        side = 9 if number < 3 else 8
        write(tmp_path / "x", f"{'ab'[number % 2]}/{number}.png", encoded(pixels(number, side, side)))
    with pytest.raises(
        DataError, match=r"3 of 8 images can't be used: 'a/0.png' is 9×9 pixels, others are 8×8"
    ):
        read(tmp_path / "x")


def test_a_zip_with_members_that_cant_be_read(tmp_path: Path) -> None:
    """An encrypted or damaged member would end in a traceback, or in wrong pixels."""
    archive = tmp_path / "x.zip"
    with ZipFile(archive, "w") as held:
        for number in range(8):
            held.writestr(f"{'ab'[number % 2]}/{number}.png", encoded(pixels(number)))
        held.writestr("a/packed.png", SOUND, compress_type=ZIP_LZMA)
        held.writestr("a/damaged.png", SOUND)
        at = held.getinfo("a/damaged.png").header_offset
    content = bytearray(archive.read_bytes())
    content[at + 30 + len("a/damaged.png") + 50] ^= 0xFF
    locked = content.rindex(b"PK\x01\x02", 0, content.rindex(b"a/packed.png"))
    content[locked + 8] |= 1
    archive.write_bytes(content)
    table = read(archive, broken="drop")
    assert table.found is not None
    assert table.found.broken == (
        ("a/damaged.png", "is damaged: its checksum isn't the archive's"),
        ("a/packed.png", "is encrypted"),
    )


def test_nothing_usable_at_all(tmp_path: Path) -> None:
    """A folder of empty files would end in an error of ours."""
    for name in ("a/1.png", "a/2.png", "b/1.png", "b/2.png"):
        write(tmp_path / "x", name, b"")
    with pytest.raises(DataError, match=r"none of 4 images can be read: 'a/1.png' is empty"):
        read(tmp_path / "x", broken="drop")


def test_files_that_arent_images_are_told(tmp_path: Path) -> None:
    """Images under a name that we don't know would be left out in silence."""
    classes(tmp_path / "cells")
    write(tmp_path / "cells", "tumour/more.webp", b"RIFF")
    write(tmp_path / "cells", "tumour/.DS_Store", b"\0")
    assert "files that aren't images by their names are left alone: 'tumour/more.webp'" in (
        read(tmp_path / "cells").notes
    )


def test_a_wrong_target_is_told_before_the_decoding(tmp_path: Path, cache: Path) -> None:
    """A misspelt column would cost the minutes that all images take."""
    folder = tmp_path / "patches"
    for number in range(4):
        write(folder, f"{number}.png", encoded(pixels(number)))
    pd.DataFrame({"id": list("0123"), "label": [0, 1, 0, 1]}).to_csv(folder / "labels.csv", index=False)
    with pytest.raises(DataError, match="did you mean 'label'"):
        read(folder, image="id", labels="labels.csv", target="lable")
    assert not list(cache.glob("images/*"))


def test_links_are_followed_and_one_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    """Images on a disk that isn't mounted would vanish without a word, and a linked folder be empty."""
    made = classes(tmp_path / "far")
    (tmp_path / "x").mkdir()
    for label in ("normal", "tumour"):
        (tmp_path / "x" / label).symlink_to(tmp_path / "far" / label)
    (tmp_path / "far" / "normal" / "around").symlink_to(tmp_path / "far" / "normal")
    assert read(tmp_path / "x").n_rows == len(made)
    (tmp_path / "far" / "tumour" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    with pytest.raises(DataError, match=r"1 image can't be used: 'tumour/gone.png' isn't there"):
        read(tmp_path / "x")
