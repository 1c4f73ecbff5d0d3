"""The peers: one file a library. Each trains one configuration at a time, as its users do."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from peers.peer import Fit, Peer

# Read by TensorFlow when it is imported: errors only, please.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")


@dataclass(frozen=True)
class Family:
    """One library: what it needs, how that is installed, and how many fits are a usual sample."""

    module: str
    needs: tuple[str, ...]
    install: str
    sample: int

    @property
    def missing(self) -> str | None:
        """How to get what isn't installed, or None."""
        return None if all(find_spec(name) for name in self.needs) else self.install

    def peers(self) -> tuple[Peer, ...]:
        """The family's variants."""
        found: tuple[Peer, ...] = import_module(self.module).PEERS
        return found


FAMILIES = {
    "sklearn": Family("peers.scikit_learn", ("sklearn", "joblib"), "pip install scikit-learn joblib", 120),
    "torch": Family("peers.pytorch", ("torch", "joblib"), "pip install torch joblib", 120),
    "keras": Family(
        "peers.tensorflow_keras",
        ("tensorflow", "keras", "joblib"),
        "pip install tensorflow-cpu==2.21.0 keras==3.15.1 joblib",
        12,
    ),
}

__all__ = ["FAMILIES", "Family", "Fit", "Peer"]
