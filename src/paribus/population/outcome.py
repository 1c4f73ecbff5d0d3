"""What is trained and what it leaves, the same for every engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from paribus.study.configuration import Configuration

if TYPE_CHECKING:  # who reads a record needs no PyTorch
    from paribus.data.prepare.prepared import Prepared
    from paribus.networks.network import Weights

FoldName = tuple[int, str]
"""Which prepared fold: (fold, digest of how its features and targets are prepared)."""


class Size(NamedTuple):
    """Of a prepared fold: its rows and features.

    `entries`: of sparse rows, what stands in one, about (a power of two: a cost's estimate); of dense, 0.
    """

    train: int
    val: int
    features: int
    stop: int = 0
    entries: int = 0


TaskKind = Literal["binary", "multiclass", "multilabel", "regression"]
Status = Literal["done", "diverged", "failed"]


@dataclass(frozen=True)
class Task:
    """What the networks are asked for: the kind, the outputs, the metrics that are watched.

    `classes` are the names of the class codes, for weights by class; `train_metrics`: whether every
    epoch's metrics are those of the training rows too, as they were met; `weighted`: whether rows have
    weights of their own; `image`: (height, width, channel) where rows are images.
    """

    kind: TaskKind
    n_outputs: int
    metrics: tuple[str, ...]
    classes: tuple[str, ...] = ()
    train_metrics: bool = False
    weighted: bool = False
    image: tuple[int, int, int] | None = None

    @property
    def of_images(self) -> bool:
        """Whether rows are images."""
        return self.image is not None


@dataclass(frozen=True)
class FoldArrays:
    """One fold, prepared: float32 features (row, feature), dense or sparse; targets (row,), float32 or
    class codes, or (row, output) for several targets and for labels (0 or 1); how much each training row
    counts, (row,).

    `stop` are rows cut from the training part for early stopping to watch; without them the validation
    rows are watched. Where `restore` is given, the targets are transformed ones: it brings predictions
    back into the target's own units, in which `*_truth` are the targets and metrics are computed. Where
    features are places of words in order, `words` are those from place 2 on. `unfinished`: the folder in
    which long trainings keep how far they are.
    """

    train_x: Prepared
    train_y: NDArray[np.float32] | NDArray[np.int64]
    val_x: Prepared
    val_y: NDArray[np.float32] | NDArray[np.int64]
    train_weight: NDArray[np.float32] | None = None
    stop_x: Prepared | None = None
    stop_y: NDArray[np.float32] | NDArray[np.int64] | None = None
    restore: Callable[[NDArray[np.float32]], NDArray[np.float32]] | None = None
    train_truth: NDArray[np.float32] | None = None
    val_truth: NDArray[np.float32] | None = None
    stop_truth: NDArray[np.float32] | None = None
    words: tuple[str, ...] = ()
    unfinished: Path | None = None

    @property
    def size(self) -> Size:
        """Its rows and features."""
        stop = 0 if self.stop_x is None else int(self.stop_x.shape[0])
        rows, *shape = self.train_x.shape
        return Size(int(rows), int(self.val_x.shape[0]), prod(shape), stop, _entries(self.train_x))


def _entries(features: Prepared) -> int:
    """Entries of a row, rounded up to a power of two; 0 for dense rows."""
    if not isinstance(features, scipy.sparse.csr_array):
        return 0
    return 1 << max(0, int(np.ceil(np.log2(max(1.0, features.nnz / max(1, features.shape[0]))))))


@dataclass(frozen=True)
class Lineage:
    """Trials that differ in their number of epochs only: one training, read off at each.

    `configuration` is that of the longest; `epochs` are the levels to read off, ascending.
    """

    configuration: Configuration
    epochs: tuple[int, ...]
    fold: int
    seed: int

    @property
    def data(self) -> FoldName:
        """Which prepared fold it sees."""
        return (self.fold, self.configuration.prepared_by)

    @property
    def keys(self) -> tuple[tuple[str, int, int], ...]:
        """The (config_id, fold, seed) of each of its trials, by rising epochs."""
        made = (self.configuration.with_epochs(epochs) for epochs in self.epochs)
        return tuple((configuration.config_id, self.fold, self.seed) for configuration in made)


@dataclass(frozen=True)
class Outcome:
    """What one trial leaves.

    `curves` are (epoch,) float64; `predictions` are those of the validation rows, float32: the
    probability of the positive class (row,), of each class (row, class), or the value (row,).
    `train_seconds` is the trial's share of its population's time.
    """

    config_id: str
    fold: int
    seed: int
    status: Status
    n_parameters: int
    epochs_run: int
    best_epoch: int
    train_seconds: float
    reason: str = ""
    train: dict[str, float] = field(default_factory=dict)
    val: dict[str, float] = field(default_factory=dict)
    curves: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    predictions: NDArray[np.float32] | None = None
    weights: Weights = ()
