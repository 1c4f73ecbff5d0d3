"""What processes that we start find in their environment."""

from __future__ import annotations

OWN_CODE = {"PYTHONSAFEPATH": "1"}
"""A process starts with nothing of the current folder: a file there named like a library would be run."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
"""There is one process a core: threads beyond it would wait for each other."""
