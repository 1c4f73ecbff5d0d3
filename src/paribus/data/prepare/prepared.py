"""What prepared rows are: dense, sparse where they come from text, or images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Prepared = NDArray[np.float32] | csr_array
"""Prepared features, (row, feature): float32, C-contiguous. Only places of words in order are int32, 0 where
a text has ended; who reads words looks at the dtype.

Sparse ones have float32 `data`, int32 `indices` that rise in each row, each once, and `indptr`. Images are
`ImageRows`, (row, channel, height, width), which stand for such an array and are read when they are needed.
"""
