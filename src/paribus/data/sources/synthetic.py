"""Rows made by chance: x1, x2, ... and a `label` of whole numbers from 0, or a number `y`.

The same name with the same parameters makes the same rows, whatever the study's seed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn import datasets

from paribus.seeds import stream
from paribus.study.sources import Named

Floats = NDArray[np.float64]


def _frame(features: NDArray[np.generic], labels: NDArray[np.generic]) -> pd.DataFrame:
    return _features(features).assign(label=labels)


def _number_frame(features: NDArray[np.generic], target: NDArray[np.generic]) -> pd.DataFrame:
    return _features(features).assign(y=target)


def _features(features: NDArray[np.generic]) -> pd.DataFrame:
    return pd.DataFrame(features, columns=[f"x{place}" for place in range(1, features.shape[1] + 1)])


def _random(named: Named) -> np.random.Generator:
    return stream(named.count("seed", 0), "synthetic", named.name)


def _state(named: Named) -> int:
    """The seed that scikit-learn's maker is given."""
    return int(_random(named).integers(2**32))


def class_rows(named: Named, usual_rows: int = 1000, usual_classes: int = 2) -> list[int]:
    """Rows of each class, falling in equal steps of ratio from the first to the last."""
    rows, classes = named.count("rows", usual_rows), named.count("classes", usual_classes)
    weights = named.number("imbalance", 1.0) ** (-np.arange(classes) / (classes - 1))
    exact = rows * weights / weights.sum()
    counts = np.maximum(1, np.floor(exact).astype(np.int64))
    for place in np.argsort(counts - exact, kind="stable")[: rows - int(counts.sum())]:
        counts[place] += 1
    return [int(count) for count in counts]


def _labels(named: Named) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(class_rows(named))), class_rows(named))


def _shuffled(
    named: Named, random: np.random.Generator, features: Floats, labels: NDArray[np.int64]
) -> pd.DataFrame:
    noisy = features + random.normal(0, 1, features.shape) * named.number("noise", 0.1)
    order = random.permutation(len(labels))
    return _frame(noisy[order], labels[order])


def _circles(named: Named) -> pd.DataFrame:
    random, labels = _random(named), _labels(named)
    n_classes = int(labels.max()) + 1
    angle, radius = random.uniform(0, 2 * np.pi, len(labels)), 1 - labels / n_classes
    return _shuffled(named, random, (radius * np.array([np.cos(angle), np.sin(angle)])).T, labels)


def _spirals(named: Named) -> pd.DataFrame:
    random, labels = _random(named), _labels(named)
    n_classes = int(labels.max()) + 1
    along = np.sqrt(random.uniform(0.01, 1, len(labels)))
    angle = 3 * np.pi * along + 2 * np.pi * labels / n_classes
    return _shuffled(named, random, (along * np.array([np.cos(angle), np.sin(angle)])).T, labels)


def _moons(named: Named) -> pd.DataFrame:
    noise, state = named.number("noise", 0.1), _state(named)
    return _frame(*datasets.make_moons(tuple(class_rows(named)), noise=noise or None, random_state=state))


def _blobs(named: Named) -> pd.DataFrame:
    made = datasets.make_blobs(
        class_rows(named, usual_classes=3),
        named.count("features", 2),
        cluster_std=named.number("noise", 1.0),
        random_state=_state(named),
    )
    return _frame(*made[:2])


def _gaussian_quantiles(named: Named) -> pd.DataFrame:
    return _frame(
        *datasets.make_gaussian_quantiles(
            n_samples=named.count("rows", 1000),
            n_features=named.count("features", 2),
            n_classes=named.count("classes", 3),
            random_state=_state(named),
        )
    )


def _square(named: Named, cells: int) -> pd.DataFrame:
    """Points of a square from -1 to 1, the class by whether the numbers of their cell add up to odd."""
    random = _random(named)
    points = random.uniform(-1, 1, (named.count("rows", 1000), 2))
    labels = np.floor((points + 1) / 2 * cells).astype(np.int64).sum(axis=1) % 2
    return _frame(points + random.normal(0, 1, points.shape) * named.number("noise", 0.0), labels)


def _xor(named: Named) -> pd.DataFrame:
    return _square(named, 2)


def _checkerboard(named: Named) -> pd.DataFrame:
    return _square(named, named.count("cells", 4))


def _integer_points(named: Named) -> pd.DataFrame:
    points = _random(named).integers(-5, 5, (named.count("rows", 100), 2))
    return _frame(points, (points[:, 0] >= 0).astype(np.int64))


def _friedman1(named: Named) -> pd.DataFrame:
    made = datasets.make_friedman1(
        named.count("rows", 1000),
        named.count("features", 10),
        noise=named.number("noise", 1.0),
        random_state=_state(named),
    )
    return _number_frame(*made)


def _friedman2(named: Named) -> pd.DataFrame:
    rows, noise = named.count("rows", 1000), named.number("noise", 1.0)
    return _number_frame(*datasets.make_friedman2(rows, noise=noise, random_state=_state(named)))


def _friedman3(named: Named) -> pd.DataFrame:
    rows, noise = named.count("rows", 1000), named.number("noise", 0.1)
    return _number_frame(*datasets.make_friedman3(rows, noise=noise, random_state=_state(named)))


def _classification(named: Named) -> pd.DataFrame:
    features, counts = named.count("features", 20), class_rows(named)
    informative = named.count("informative", min(features, 5))
    made = datasets.make_classification(
        sum(counts),
        features,
        n_informative=informative,
        n_redundant=min(2, features - informative),
        n_classes=len(counts),
        n_clusters_per_class=2 if 2 * len(counts) <= 2**informative else 1,
        weights=[count / sum(counts) for count in counts],
        flip_y=named.number("noise", 0.01),
        random_state=_state(named),
    )
    return _frame(*made)


SYNTHETIC: dict[str, Callable[[Named], pd.DataFrame]] = {
    "circles": _circles,
    "moons": _moons,
    "blobs": _blobs,
    "gaussian_quantiles": _gaussian_quantiles,
    "spirals": _spirals,
    "xor": _xor,
    "checkerboard": _checkerboard,
    "integer_points": _integer_points,
    "friedman1": _friedman1,
    "friedman2": _friedman2,
    "friedman3": _friedman3,
    "classification": _classification,
}
