"""Study C1 again: the network from scratch, its weights by epoch, the published update rule, its boundary.

    python -m benchmarks.engines_from_scratch [--seeds 100] [--weights] [--animation boundary.svg]

100 points with whole numbers from -5 to 4 for coordinates, the class by whether x1 is 0 or more; 70 to train
on, 30 to judge by; 2-4(linear)-1(sigmoid), a row at a time, 10 epochs at 0.01. Published: training accuracy
0.971, validation 1.000, from one run. The published rule moved weights and biases by a layer's error before
the activation's derivative; here it stands beside the gradient. A seed draws points, split and weights.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from paribus.engines.numpy.matrix import Matrix
from paribus.engines.numpy.network import Forward, Network
from paribus.engines.numpy.noise import Noise
from paribus.networks.initial import initial_weights
from paribus.networks.noise import order
from paribus.seeds import stream
from paribus.study.spec import Network as Settings

RATE, EPOCHS, TRAINED = 0.01, 10, 70
STARTS = {
    "normal(0, 0.1)": Settings(hidden=(4,), activation="linear", init="normal", init_scale=0.1),
    "uniform(-0.1, 0.1)": Settings(hidden=(4,), activation="linear", init="uniform", init_scale=0.1),
    "uniform(-1, 1)": Settings(hidden=(4,), activation="linear", init="uniform", init_scale=1.0),
}
WITHOUT_NOISE = Noise(None, (None,))


class Run(NamedTuple):
    """The network at the start and after every epoch, its points, their classes, and the accuracies."""

    arrays: list[list[Matrix]]
    points: Matrix
    labels: Matrix
    trained: float
    judged: float


def gradient(network: Network, way: Forward, p: Matrix, y: Matrix, loss: str) -> list[Matrix]:
    """By the chain rule: squared error's slope by z is 2 (p - y) p (1 - p), cross-entropy's p - y."""
    return network.backward(way, 2 * (p - y) * p * (1 - p) if loss == "mse" else p - y)


def published(network: Network, way: Forward, p: Matrix, y: Matrix, loss: str) -> list[Matrix]:
    """As published: a layer's error before the derivative moves it; what goes back has the derivative.

    The hidden layer is linear, so that its error is what comes back.
    """
    slope = p * (1 - p)
    error = 2 * (p - y) if loss == "mse" else (p - y) / np.maximum(slope, 1e-12)
    last = np.vstack([np.asarray(way.values).T @ error, error])
    hidden = (error * slope) @ network.weights[-1][:-1].T
    return [np.vstack([np.asarray(way.traces[0].inputs).T @ hidden, hidden]), last]


RULES = {"the gradient": gradient, "as published": published}


def run(settings: Settings, rule: str, loss: str, seed: int) -> Run:
    """One training."""
    random = stream(seed, "from scratch")
    points = random.integers(-5, 5, (100, 2)).astype(np.float64)
    labels = (points[:, :1] >= 0).astype(np.float64)
    network = Network(settings, "keras", initial_weights(settings, 2, 1, seed, 0))
    arrays = [[array.copy() for array in network.arrays]]
    for epoch in range(1, EPOCHS + 1):
        for row in order(seed, 0, epoch, TRAINED):
            way = network.forward(points[row : row + 1], WITHOUT_NOISE)
            p = expit(way.logits)
            for array, slope in zip(
                network.weights, RULES[rule](network, way, p, labels[row : row + 1], loss), strict=True
            ):
                array[:] = array - RATE * slope
        arrays.append([array.copy() for array in network.arrays])
    right = (network.logits(points) > 0) == (labels > 0)
    return Run(arrays, points, labels, float(right[:TRAINED].mean()), float(right[TRAINED:].mean()))


def table(seeds: int) -> None:
    """Accuracies over seeds, by first weights, loss and rule."""
    print("| first weights | loss | rule | training accuracy | validation accuracy | as good as published |")
    print("|---|---|---|---|---|---|")
    for start, settings in STARTS.items():
        for loss in ("mse", "binary_crossentropy"):
            for rule in RULES:
                made = [run(settings, rule, loss, seed) for seed in range(seeds)]
                trained, judged = (np.array([getattr(each, name) for each in made]) for name in PARTS)
                reached = np.mean((trained >= 0.971 - 1e-3) & (judged >= 1.0))
                print(f"| {start} | {loss} | {rule} | {_told(trained)} | {_told(judged)} | {reached:.0%} |")


PARTS = ("trained", "judged")


def _told(values: NDArray[np.float64]) -> str:
    low, median, high = np.quantile(values, [0.05, 0.5, 0.95])
    return f"{values.mean():.3f} (median {median:.3f}, 5 to 95 %: {low:.3f} to {high:.3f})"


def weights(made: Run) -> None:
    """Every neuron's weights and bias, epoch by epoch."""
    print("\n| epoch | " + " | ".join(f"hidden {unit}: w1, w2, b" for unit in range(1, 5)) + " | output |")
    print("|---" * 6 + "|")
    for epoch, (first, last) in enumerate(made.arrays):
        neurons = [*first.T, last[:, 0]]
        told = [", ".join(f"{number:+.3f}" for number in neuron) for neuron in neurons]
        print(f"| {epoch} | " + " | ".join(told) + " |")


def animation(made: Run, settings: Settings, path: Path) -> None:
    """An SVG that moves by itself: what the network calls each cell, epoch by epoch, and the points."""
    side = np.linspace(-5.25, 4.75, 21)
    cells = np.array([(x, y) for y in side for x in side])
    frames = [expit(Network(settings, "keras", arrays).logits(cells)[:, 0]) for arrays in made.arrays]
    seconds, times = 0.8 * len(frames), ";".join(f"{k / len(frames):.4f}" for k in range(len(frames)))
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 440 470" font-family="sans-serif">',
        "<title>What the network calls each place, epoch by epoch</title>",
    ]
    for place, (x, y) in enumerate(cells):
        shades = ";".join(f"{frame[place]:.2f}" for frame in frames)
        parts.append(
            f'<rect x="{_x(x) - 10:.0f}" y="{_y(y) - 10:.0f}" width="20" height="20" fill="#4c78a8">'
            f'<animate attributeName="fill-opacity" values="{shades}" keyTimes="{times}" calcMode="discrete"'
            f' dur="{seconds}s" repeatCount="indefinite"/></rect>'
        )
    for (x, y), label in zip(made.points, made.labels[:, 0], strict=True):
        fill = "#1f3a5f" if label else "#ffffff"
        parts.append(f'<circle cx="{_x(x):.0f}" cy="{_y(y):.0f}" r="5" fill="{fill}" stroke="#1f3a5f"/>')
    for epoch in range(len(frames)):
        shown = ";".join("1" if k == epoch else "0" for k in range(len(frames)))
        parts.append(
            f'<text x="10" y="462" opacity="0">epoch {epoch}<animate attributeName="opacity" values="{shown}"'
            f' keyTimes="{times}" calcMode="discrete" dur="{seconds}s" repeatCount="indefinite"/></text>'
        )
    path.write_text("\n".join([*parts, "</svg>"]), encoding="utf-8")


def _x(value: float) -> float:
    return 220 + 40 * (value + 0.25)


def _y(value: float) -> float:
    return 220 - 40 * (value + 0.25)


def main() -> None:
    """Print the tables; write the animation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--weights", action="store_true")
    parser.add_argument("--animation", type=Path)
    given = parser.parse_args()
    table(given.seeds)
    settings = STARTS["normal(0, 0.1)"]
    made = run(settings, "the gradient", "binary_crossentropy", 1)
    if given.weights:
        weights(made)
    if given.animation:
        animation(made, settings, given.animation)


if __name__ == "__main__":
    main()
