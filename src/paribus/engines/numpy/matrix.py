"""What the reference computes with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Matrix = NDArray[np.float64]
"""Two axes, float64; most often (row, unit) or (input, unit)."""
Rows = Matrix | csr_array
"""What a network takes in: (row, feature), dense or sparse."""
