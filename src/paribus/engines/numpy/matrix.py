"""What the reference computes with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
"""Two axes, float64; most often (row, unit) or (input, unit)."""
