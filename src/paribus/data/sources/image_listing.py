"""The image files below a folder or in a .zip, by their paths there."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from posixpath import splitext
from zipfile import BadZipFile, ZipFile

import numpy as np

from paribus.data.columns import shown
from paribus.decoding.decode import SUFFIXES
from paribus.decoding.files import MISSING, FolderFiles
from paribus.decoding.zipped import ZipFiles, member
from paribus.errors import DataError

_HIDDEN = ("__MACOSX", "Thumbs.db", "desktop.ini")
"""What systems leave beside a user's files; names that begin with a dot are of that kind, too."""


@dataclass(frozen=True, eq=False)
class Listing:
    """A folder or an archive at `path`: the files of images, sorted by name, and the names of all
    `others`.
    """

    path: Path
    files: FolderFiles | ZipFiles
    others: tuple[str, ...]


def list_folder(folder: Path) -> Listing:
    """All files below a folder, through links too. Raises DataError if it can't be read."""
    found: list[tuple[str, int, int]] = []
    others: list[str] = []
    for path, entry in _walked(folder, "", set()):
        if _is_image(path):
            found.append((path, *_size_and_time(entry)))
        else:
            others.append(path)
    names, sizes, times = zip(*sorted(found), strict=True) if found else ((), (), ())
    files = FolderFiles(folder.resolve(), names, np.array(sizes, np.int64), np.array(times, np.int64))
    return Listing(folder, files, tuple(sorted(others)))


def _walked(folder: Path, below: str, seen: set[tuple[int, int]]) -> list[tuple[str, os.DirEntry[str]]]:
    """Every file with its path; a folder that a link leads back to is passed once."""
    try:
        told = folder.stat()
        entries = [each for each in os.scandir(folder) if not _is_hidden(each.name)]
    except OSError as error:
        raise DataError(f"{folder} can't be read: {error.strerror}") from None
    if (place := (told.st_dev, told.st_ino)) in seen:
        return []
    seen.add(place)
    found = [(below + each.name, each) for each in entries if each.is_file() or _leads_nowhere(each)]
    for each in entries:
        if each.is_dir():
            found += _walked(Path(each.path), f"{below}{each.name}/", seen)
    return found


def _size_and_time(entry: os.DirEntry[str]) -> tuple[int, int]:
    """In bytes, and when it was changed, in ns; MISSING for a file that isn't there."""
    try:
        told = entry.stat()
    except FileNotFoundError:
        return MISSING, 0
    return told.st_size, told.st_mtime_ns


def _leads_nowhere(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() and not Path(entry.path).exists()


def list_zip(archive: Path) -> Listing:
    """All files in an archive. Raises DataError for one that is damaged, or names a file outside of
    itself.
    """
    try:
        with ZipFile(archive) as held:
            infos = [info for info in held.infolist() if not info.is_dir()]
    except (BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise DataError(f"{archive} can't be read as a .zip ({error}): was it renamed, or cut off?") from None
    paths = {info: info.filename.replace("\\", "/") for info in infos}
    kept = sorted((info for info in infos if not _is_hidden_path(paths[info])), key=lambda info: paths[info])
    for info in kept:
        if ".." in paths[info].split("/") or paths[info].startswith("/") or ":" in paths[info].split("/")[0]:
            raise DataError(
                f"{archive} names {shown(info.filename)}, a place outside of itself: no archive of images"
                " does. Pack the images anew"
            )
    name, count = Counter(paths[info] for info in kept).most_common(1)[0] if kept else ("", 0)
    if count > 1:
        raise DataError(
            f"{archive} holds {count} files named {shown(name)}: pack each under a name of its own"
        )
    images = [info for info in kept if _is_image(paths[info])]
    others = tuple(paths[info] for info in kept if not _is_image(paths[info]))
    members = np.array([member(info) for info in images], dtype=np.int64).reshape(-1, 6)
    files = ZipFiles(archive.resolve(), tuple(paths[info] for info in images), members)
    return Listing(archive, files, others)


def _is_image(path: str) -> bool:
    return splitext(path)[1].lower() in SUFFIXES


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name in _HIDDEN


def _is_hidden_path(path: str) -> bool:
    return any(_is_hidden(part) and part != ".." for part in path.split("/"))
