"""Images are decoded once, whatever happens on the way, and never handed out damaged."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from paribus.data.images import cache as caching
from paribus.data.table import Table
from paribus.decoding import files
from paribus.decoding.block import decode_block
from paribus.errors import DataError, InterruptedStudyError
from tests.data.images.making import classes, encoded, pixels, read, write


class Counted:
    """`decode_block`, with how many images it was given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stop_after: int | None = None) -> None:
        self.images, self.stop_after = 0, stop_after
        monkeypatch.setattr(caching, "decode_block", self)
        monkeypatch.setattr(caching, "_BLOCK_IMAGES", 3)

    def __call__(self, files: Any, *rest: Any) -> Any:
        if self.stop_after is not None and self.images >= self.stop_after:
            raise KeyboardInterrupt
        self.images += len(files.names)
        return decode_block(files, *rest)


def same(one: Table, other: Table) -> bool:
    """Whether two tables hold the same images."""
    left, right = one.features.images, other.features.images
    return bool((left.pixels() == right.pixels()).all() and (left.keys == right.keys).all())


def test_a_second_run_decodes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run would wait for the decoding again."""
    classes(tmp_path / "x", 5)
    counted = Counted(monkeypatch)
    first = read(tmp_path / "x")
    assert counted.images == 10
    assert same(first, read(tmp_path / "x"))
    assert counted.images == 10


def test_a_changed_file_is_decoded_anew(tmp_path: Path) -> None:
    """A study would go on with images that its owner has replaced."""
    classes(tmp_path / "x")
    before = read(tmp_path / "x").fingerprint
    path = write(tmp_path / "x", "normal/slide0_0.png", encoded(pixels(55)))
    os.utime(path, ns=(1, 1))
    table = read(tmp_path / "x")
    assert (table.features.images.pixels()[0] == pixels(55)).all()
    assert table.fingerprint != before


def test_an_interrupted_decoding_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An hour of decoding would be lost to one interruption."""
    classes(tmp_path / "x", 5)
    counted = Counted(monkeypatch, stop_after=6)
    with pytest.raises(KeyboardInterrupt):
        read(tmp_path / "x")
    assert counted.images == 6
    counted.stop_after = None
    told: list[int] = []
    found = read(tmp_path / "x", progress=lambda done, of: told.append(done))
    assert counted.images == 10
    assert told == [6, 9, 10]
    assert (found.features.images.pixels()[0] == pixels(0)).all()


@pytest.mark.parametrize("name", ["pixels.npy", "found.npz"])
@pytest.mark.parametrize("harm", ["flip", "cut", "gone"])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, cache: Path, name: str, harm: str) -> None:
    """A failing disk would change what a study learns, or end every run in a traceback."""
    classes(tmp_path / "x", 5)
    first = read(tmp_path / "x")
    pixels_before = first.features.images.pixels()
    (path,) = cache.glob(f"images/*/{name}")
    content = bytearray(path.read_bytes())
    content[content.index(b"NUMPY") + 140] ^= 1  # among an array's values: nothing tells of a zip's dates
    path.unlink()
    if harm != "gone":
        path.write_bytes(content if harm == "flip" else content[: len(content) // 2])
    table = read(tmp_path / "x")
    assert (table.features.images.pixels() == pixels_before).all()
    if not (name == "found.npz" and harm == "gone"):
        assert any("were damaged, and are made anew" in note for note in table.notes)


def test_a_damaged_block_is_not_gone_on_from(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a crash left half written would be taken for finished."""
    classes(tmp_path / "x", 5)
    counted = Counted(monkeypatch, stop_after=6)
    with pytest.raises(KeyboardInterrupt):
        read(tmp_path / "x")
    (path,) = cache.glob("images/*/pixels.npy")
    content = bytearray(path.read_bytes())
    content[-8 * 8 * 3 * 10] ^= 1
    path.write_bytes(content)
    counted.stop_after = None
    assert (read(tmp_path / "x").features.images.pixels()[0] == pixels(0)).all()
    assert counted.images == 6 + 4 + 3


def test_two_at_once(tmp_path: Path) -> None:
    """Two studies begun together would write into one another's pixels."""
    classes(tmp_path / "x", 20)
    found: list[Table] = []
    threads = [Thread(target=lambda: found.append(read(tmp_path / "x"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert same(found[0], found[1])
    assert same(found[0], found[2])


def test_processes_give_the_same_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pixels would depend on the number of cores."""
    classes(tmp_path / "x", 5)
    alone = read(tmp_path / "x")
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path / "other"))
    monkeypatch.setattr(caching, "_BLOCK_IMAGES", 3)
    monkeypatch.setattr(caching, "_ALONE", 0)
    assert same(alone, read(tmp_path / "x"))


SLOWLY = """
import sys, time
from pathlib import Path
from paribus.data.images import cache
from paribus.decoding import files
from paribus.decoding.block import decode_block
from tests.data.images.making import read

def slowly(*call):
    found = decode_block(*call)
    print("block", flush=True)
    time.sleep(60)
    return found

cache._BLOCK_IMAGES, cache.decode_block = 3, slowly
read(Path(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_killed_in_the_middle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After kill -9 the blocks that were finished would be decoded again, or the lock never be given back."""
    classes(tmp_path / "x", 5)
    command = [sys.executable, "-c", SLOWLY, str(tmp_path / "x")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"block\n"
        process.send_signal(signal.SIGKILL)
    counted = Counted(monkeypatch)
    images = read(tmp_path / "x").features.images
    assert counted.images == 7
    assert (images.pixels()[0] == pixels(0)).all()


def test_a_file_that_could_not_be_read_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network drive's hiccup would be remembered for ever as a broken image."""
    classes(tmp_path / "x")
    real = files.read_file

    def failing(path: str, size: int) -> bytes:
        if path.endswith("normal/slide0_0.png"):
            raise OSError(5, "Input/output error")
        return real(path, size)

    with monkeypatch.context() as patched:
        patched.setattr(files, "read_file", failing)
        with pytest.raises(DataError, match="can't be read: Input/output error"):
            read(tmp_path / "x")
    assert read(tmp_path / "x").n_rows == 8


def test_no_room_for_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk would end in a traceback, without a word of how much is needed."""
    classes(tmp_path / "x")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(caching, "decode_block", full)
    with pytest.raises(InterruptedStudyError, match=r"No space left on device.*Set PARIBUS_CACHE"):
        read(tmp_path / "x")


def test_the_progress_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long decoding would look like a hanging program."""
    classes(tmp_path / "x", 5)
    Counted(monkeypatch)
    told: list[tuple[int, int]] = []
    read(tmp_path / "x", progress=lambda done, of: told.append((done, of)))
    assert told == [(0, 10), (3, 10), (6, 10), (9, 10), (10, 10)]
