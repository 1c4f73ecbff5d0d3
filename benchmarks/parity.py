"""How far the engines end from PyTorch's own modules, losses and optimizers, and from Keras': 100 steps.

python -m benchmarks.parity [--keras] [--json FILE | --read FILE] [--workers N]   (in the root folder)

Every optimizer × every loss × every activation is trained by PyTorch in float64, by the engines, and by
PyTorch in float32. A figure is the largest difference of an array's final numbers divided by the array's
largest number, of the worst array.

float64 figures show whether two programs compute the same; what is left is rounding. float32 figures
show what rounding does in 100 steps, and PyTorch's own float32, which computes the same in another order,
is the yardstick. The learning rates (`tests.oracle.cases`) are small: at large ones training is chaotic, a
rounding grows from step to step, and the figures would show that instead. Even so, where a sum lies within
rounding of a kink of relu, or a gradient is 0 but for rounding, a single step of float32 goes another way;
the yardstick has such cases too.

With --keras: Keras on TensorFlow in float64, for the losses that it means as paribus does; every optimizer
× every loss with one activation, and every optimizer × every activation with one loss, since each training
is compiled anew. Keras rounds its constants (0.999 ...) to float32, which its column shows.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from math import inf
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import torch
from numpy.typing import NDArray
from tests.oracle import pytorch
from tests.oracle.cases import ACTIVATIONS, LOSSES, OPTIMIZERS, TASKS, apart, fold, lineage
from tests.oracle.engines import HELD, trained

HELD_HERE = tuple(held for held in HELD if not held.native)
YARDSTICK = "PyTorch, float32"
LABELS = {"multilabel": ("binary_crossentropy",)}
"""Labels have the losses of a binary task: one stands for all."""


class Case(NamedTuple):
    """One training."""

    optimizer: str
    kind: str
    loss: str
    activation: str

    @property
    def column(self) -> str:
        """Where it stands in the table."""
        return f"{self.loss}, {self.kind}"


class Figure(NamedTuple):
    """How far `engine` ended from `library`, in one case."""

    library: str
    engine: str
    case: Case
    apart: float


def tasks() -> Iterator[tuple[str, str]]:
    """(kind, loss) of each column."""
    for kind, losses in LOSSES.items():
        for loss in LABELS.get(kind, losses):
            yield kind, loss


def all_cases() -> list[Case]:
    """Every optimizer × loss × activation."""
    return [
        Case(name, *task, activation) for name in OPTIMIZERS for task in tasks() for activation in ACTIVATIONS
    ]


def keras_cases() -> list[Case]:
    """Every optimizer × loss that Keras has, and every optimizer × activation."""
    from tests.oracle.keras import WITHOUT  # noqa: PLC0415 - an extra

    return [
        case
        for case in all_cases()
        if (case.kind, case.loss) not in WITHOUT
        and (case.activation == "tanh" or case.column == "binary_crossentropy, binary")
    ]


def against_pytorch(case: Case) -> list[Figure]:
    """The engines and the yardstick, in one case."""
    asked, data, task = _asked("torch", case), fold(case.kind), TASKS[case.kind]
    expected = pytorch.train(asked, data, task)
    single = pytorch.train(asked, data, task, torch.float32)
    return [*_engines("PyTorch", case, expected), Figure("PyTorch", YARDSTICK, case, apart(single, expected))]


def against_keras(case: Case) -> list[Figure]:
    """The engines, in one case."""
    from tests.oracle import keras  # noqa: PLC0415 - an extra

    expected = keras.train(_asked("keras", case), fold(case.kind), TASKS[case.kind])
    return _engines("Keras", case, expected)


def _asked(convention: str, case: Case) -> Any:
    settings = {**OPTIMIZERS[case.optimizer], "loss": case.loss}
    return lineage(convention, {"activation": case.activation}, **settings)


def _engines(library: str, case: Case, expected: Sequence[NDArray[Any]]) -> list[Figure]:
    asked = _asked("keras" if library == "Keras" else "torch", case)
    found = {held.name: trained(held, asked, fold(case.kind), TASKS[case.kind]) for held in HELD_HERE}
    return [
        Figure(library, name, case, apart(arrays, expected) if arrays else inf)
        for name, arrays in found.items()
    ]


def measure(judge: Callable[[Case], list[Figure]], cases: Sequence[Case], workers: int) -> list[Figure]:
    """Every case's figures, in `workers` processes of one thread each."""
    single = partial(torch.set_num_threads, 1)
    # Started afresh: TensorFlow doesn't live through a fork.
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=single) as pool:
        return [figure for figures in pool.map(judge, cases, chunksize=8) for figure in figures]


def worst(figures: Iterable[Figure]) -> Figure:
    """The figure that is furthest off."""
    return max(figures, key=lambda figure: figure.apart)


def by(axis: str, figures: Sequence[Figure]) -> str:
    """The largest difference by an attribute of the cases, for each library and engine, as Markdown."""
    pairs = list(dict.fromkeys((figure.library, figure.engine) for figure in figures))
    levels = list(dict.fromkeys(getattr(figure.case, axis) for figure in figures))
    cells: dict[tuple[str, tuple[str, str]], list[Figure]] = {}
    for figure in figures:
        cells.setdefault((getattr(figure.case, axis), (figure.library, figure.engine)), []).append(figure)
    lines = [
        ["", *(f"{engine}, from {library}" for library, engine in pairs)],
        ["---"] * (len(pairs) + 1),
        *([level, *(_cell(cells.get((level, pair), ())) for pair in pairs)] for level in levels),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(figures: Sequence[Figure]) -> str:
    return f"{worst(figures).apart:.0e}" if figures else "–"


def beyond(figures: Sequence[Figure]) -> str:
    """The cases beyond the tolerances: 1e-9 in float64, 1e-4 in float32."""
    found = []
    for library, engine in dict.fromkeys((figure.library, figure.engine) for figure in figures):
        mine = [figure for figure in figures if (figure.library, figure.engine) == (library, engine)]
        limit = 1e-4 if "float32" in engine else 1e-9
        far = sorted((figure for figure in mine if figure.apart > limit), key=lambda figure: -figure.apart)
        told = "; ".join(f"{', '.join(figure.case)} {figure.apart:.0e}" for figure in far[:8])
        more = f"; and {len(far) - 8} more" if len(far) > 8 else ""
        found.append(
            f"- {engine}, against {library}: {len(far)} of {len(mine)} beyond {limit:.0e}: {told}{more}"
        )
    return "\n".join(line.removesuffix(": ") for line in found)


def report(figures: Sequence[Figure]) -> str:
    """The tables by optimizer, loss and activation, and what is beyond the tolerances."""
    return "\n\n".join(
        [*(by(axis, figures) for axis in ("optimizer", "column", "activation")), beyond(figures)]
    )


def read(path: Path) -> list[Figure]:
    """The figures of an earlier run."""
    return [Figure(**{**each, "case": Case(**each["case"])}) for each in json.loads(path.read_text())]


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--keras", action="store_true", help="against Keras too (needs the extra bench)")
    parser.add_argument("--json", type=Path, help="where to write every figure")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes, one thread each")
    parser.add_argument("--read", type=Path, help="measure nothing: the tables of an earlier --json")
    asked = parser.parse_args()
    if asked.read:
        print(report(read(asked.read)))
        return
    runs: list[tuple[Callable[[Case], list[Figure]], list[Case]]] = [(against_pytorch, all_cases())]
    if asked.keras:
        runs.append((against_keras, keras_cases()))
    found: list[Figure] = []
    for judge, cases in runs:
        figures = measure(judge, cases, asked.workers)
        found += figures
        # Each library as soon as it is measured: what interrupts the next takes nothing away.
        if asked.json:
            written = [{**figure._asdict(), "case": figure.case._asdict()} for figure in found]
            asked.json.write_text(json.dumps(written, indent=1) + "\n")
    print(report(found))


if __name__ == "__main__":
    main()
