"""The words for the parts of a split, as data sets write them."""

from __future__ import annotations

PART_WORDS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
"""From a word in small letters to the part."""
