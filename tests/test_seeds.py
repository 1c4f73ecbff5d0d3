"""Random streams are named by what they are for."""

from __future__ import annotations

import numpy as np

from paribus.seeds import stream


def test_a_stream_is_its_name() -> None:
    """A rerun would see other batches."""
    assert np.array_equal(stream(1, "order", 0, 3).random(5), stream(1, "order", 0, 3).random(5))


def test_streams_of_other_names_are_others() -> None:
    """Dropout would repeat the batch order's numbers; fold 1 would repeat fold 0's."""
    names = [
        (1, "order", 0),
        (2, "order", 0),
        (1, "dropout", 0),
        (1, "order", 1),
        (1, "order", "0"),
        (1, "order", 0, 0),
    ]
    first = {stream(*name).random() for name in names}  # type: ignore[arg-type]
    assert len(first) == len(names)


def test_the_numbers_are_frozen() -> None:
    """A new version would silently change every study."""
    assert stream(42, "order", 0, 1).permutation(8).tolist() == FROZEN


FROZEN = [3, 4, 2, 5, 6, 1, 0, 7]
