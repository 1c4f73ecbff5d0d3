"""The tests; each of their processes computes on one thread.

pytest-xdist starts as many processes as there are cores: more threads would only wait for one another, and
burn a core each while they do. This is imported before whatever reads the variables.
"""

from __future__ import annotations

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
