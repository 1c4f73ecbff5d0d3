"""Whether intervals cover and tests reject as often as they say, over simulated studies.

    python benchmarks/coverage.py
    python benchmarks/coverage.py --studies 200 --workers 2 --markdown coverage.md

Every scenario draws whole studies whose true effect is known: none, and three sizes. A line is a
method on one kind of replicates. The limits: a 95 % interval covers at 93 % or more, a test rejects at
6 % or less where there is no effect, Holm's family of tests too. How far below the discrete tests stay
is their conservatism. Lines without a verdict show what goes wrong without the method above them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paribus.population.metrics import scores
from paribus.stats.anova import repeated_measures_anova
from paribus.stats.comparison import Comparison
from paribus.stats.delong import delong_difference
from paribus.stats.effect_size import effect_size
from paribus.stats.equivalence import equivalence
from paribus.stats.families import benjamini_hochberg
from paribus.stats.friedman import friedman
from paribus.stats.intervals import Interval, interval
from paribus.stats.mcnemar import mcnemar
from paribus.stats.paired_bootstrap import paired_bootstrap
from paribus.stats.paired_t import corrected_t, paired_t
from paribus.stats.pairwise import Pair, pairwise
from paribus.stats.sign_flip import sign_flip
from paribus.stats.wilcoxon import wilcoxon

Floats = NDArray[np.float64]
ALPHA = 0.05
COVERS, REJECTS = 0.93, 0.06
SIZES = ("none", "small", "medium", "large")
POWER = 4
"""Times as many studies without an effect as with one of each size."""
BOOTSTRAPPED = 100
"""Studies of a size of effect whose rows are resampled; all, where there is no effect."""


@dataclass
class Line:
    """What one method did on one kind of replicates, by the size of the effect."""

    method: str
    replicates: str
    covered: list[bool] = field(default_factory=list)
    bounded: list[bool] = field(default_factory=list)
    rejected: dict[str, list[bool]] = field(default_factory=dict)
    shares: list[float] = field(default_factory=list)
    """Of false findings among all, in place of rejections."""
    checked: bool = True
    """False for a method that is shown for what it does wrong."""

    def add(self, size: str, true: float | None, bounds: Interval | None, p: float | None) -> None:
        """One study's answer."""
        if bounds is not None and true is not None:
            self.covered.append(bounds.low <= true <= bounds.high)
            self.bounded.append(isfinite(bounds.low) and isfinite(bounds.high))
        if p is not None:
            self.rejected.setdefault(size, []).append(p <= ALPHA)

    @property
    def coverage(self) -> float | None:
        """The share of intervals that hold the truth."""
        return float(np.mean(self.covered)) if self.covered else None

    def rate(self, size: str) -> float | None:
        """The share of studies that the test rejects."""
        if size == "none" and self.shares:
            return float(np.mean(self.shares))
        return float(np.mean(self.rejected[size])) if size in self.rejected else None

    @property
    def holds(self) -> bool:
        """Whether both limits are kept."""
        error = self.rate("none")
        return (self.coverage is None or self.coverage >= COVERS) and (error is None or error <= REJECTS)


Lines = dict[tuple[str, str], Line]


def asked(size: str, studies: int) -> int:
    """The studies of a size of effect."""
    return studies if size == "none" else max(1, studies // POWER)


def put(lines: Lines, replicates: str, size: str, true: float | None, found: Comparison) -> None:
    """One comparison's answer, in its method's line."""
    line = lines.setdefault((found.method, replicates), Line(found.method, replicates))
    line.add(size, true, found.interval, found.p_value)


def seeds(random: np.random.Generator, studies: int, lines: Lines) -> None:
    """Differences over seeds on one split: normal, and of few steps as accuracies on few rows are."""
    effects = dict(zip(SIZES, (0.0, 0.5, 0.8, 1.2), strict=True))
    for n in (5, 6, 10, 30):
        for size, effect in effects.items():
            for _ in range(asked(size, studies)):
                values = random.normal(effect, 1, n)
                told = f"{n} seeds"
                for test in (paired_t, wilcoxon, sign_flip):
                    put(lines, told, size, effect, test(values))
                found = effect_size(values)
                line = lines.setdefault((found.method, told), Line(found.method, told))
                line.add(size, effect, found.interval, None)
    for size, effect in effects.items():
        for _ in range(asked(size, studies)):
            steps = random.binomial(5, 0.3 + 0.1 * effect, 10) - random.binomial(5, 0.3, 10)
            values = steps / 85
            for test in (paired_t, wilcoxon, sign_flip):
                put(lines, "10 seeds, 85 rows, ties", size, 0.5 * effect / 85, test(values))


def margins(random: np.random.Generator, studies: int, lines: Lines) -> None:
    """The region of practical equivalence, ±0.8 SD: "the same within" where the truth is on its edge, half
    way, a quarter of the way and at 0; "different" where it is on the edge.
    """
    margin = 0.8
    for n in (5, 10, 30):
        told = f"{n} seeds, margin 0.8 SD"
        for size, effect in zip(SIZES, (margin, 0.4, 0.2, 0.0), strict=True):
            for _ in range(asked(size, studies)):
                decided = equivalence(paired_t(random.normal(effect, 1, n)), margin).decision
                same = 0.0 if decided == "the same within" else 1.0
                name = "equivalence, 'the same' (no effect: on the edge)"
                lines.setdefault((name, told), Line(name, told)).add(size, None, None, same)
                if size == "none":
                    name = "equivalence, 'different' on the edge"
                    far = 0.0 if decided == "different" else 1.0
                    lines.setdefault((name, told), Line(name, told)).add(size, None, None, far)


def folds(random: np.random.Generator, studies: int, lines: Lines) -> None:
    """Two linear models in repeated k-fold: one sees the first feature, the other the second.

    The squared error's true difference at the training size is exact for normal features:
    (b² − a²)(1 + 1/(n − 2)), the coefficients b and a.
    """
    rows = 100
    for repeats, k, drawn in ((1, 10, 10), (5, 10, 10), (10, 10, 10), (5, 5, 5), (15, 5, 1)):
        training = rows - rows // k
        for size, more in zip(SIZES, (0.0, 0.25, 0.4, 0.6), strict=True):
            a, b = 0.5, 0.5 + more
            true = (b**2 - a**2) * (1 + 1 / (training - 2))
            for _ in range(asked(size, studies)):
                values = _fold_differences(random, rows, repeats, k, drawn, a, b)
                told = f"{repeats} × {k}-fold" if drawn == k else f"{repeats} × {1 / k:.0%} drawn"
                put(lines, told, size, true, corrected_t(values, 1 / (k - 1)))
                naive = paired_t(values)
                line = lines.setdefault(
                    ("naive", told), Line("paired_t, for comparison", told, checked=False)
                )
                line.add(size, true, naive.interval, naive.p_value)


def _fold_differences(
    random: np.random.Generator, rows: int, repeats: int, k: int, drawn: int, a: float, b: float
) -> Floats:
    """The squared error of the model of feature 1 minus that of feature 2, (split,): `drawn` of k folds."""
    x = random.normal(size=(2, rows))
    y = a * x[0] + b * x[1] + random.normal(size=rows)
    judged = np.concatenate(
        [np.eye(k, dtype=bool)[random.permutation(np.arange(rows) % k)].T[:drawn] for _ in range(repeats)]
    )
    trained = (~judged).astype(np.float64)
    errors = []
    for feature in x:
        slope = (trained @ (feature * y)) / (trained @ feature**2)
        squared = np.square(y - slope[:, None] * feature)
        errors.append((squared * judged).sum(axis=1) / judged.sum(axis=1))
    return np.asarray(errors[0] - errors[1])


def few_rows(random: np.random.Generator, studies: int, lines: Lines) -> None:
    """Two networks on a small test set, as study A's."""
    _same_rows(random, studies, lines, 85)


def more_rows(random: np.random.Generator, studies: int, lines: Lines) -> None:
    """Two networks on a larger test set."""
    _same_rows(random, studies, lines, 200)


def _same_rows(random: np.random.Generator, studies: int, lines: Lines, rows: int) -> None:
    """Rows drawn from a population whose scores are known."""
    population = 200_000
    truth = random.random(population) < 0.4
    shared = random.normal(size=population)
    noise = random.normal(size=(2, population))
    for size, better in zip(SIZES, (0.0, 0.3, 0.5, 0.8), strict=True):
        logits = [
            (1.2 + extra) * (2 * truth - 1) + shared + each
            for extra, each in zip((better, 0.0), noise, strict=True)
        ]
        if size == "none":  # mirrored: the same population once as it is, once with the two exchanged
            swap = random.random(population) < 0.5
            logits = [np.where(swap, *logits), np.where(swap, *reversed(logits))]
        p = [1 / (1 + np.exp(-each)) for each in logits]
        whole = [scores("binary", ["accuracy", "roc_auc", "log_loss"], truth, each[None]) for each in p]
        true = {metric: float(whole[0][metric][0] - whole[1][metric][0]) for metric in whole[0]}
        if size == "none":
            true = dict.fromkeys(true, 0.0)
        for study in range(asked(size, studies)):
            drawn = random.integers(0, population, rows)
            y, one, other = truth[drawn], p[0][drawn], p[1][drawn]
            told = f"{rows} test rows"
            put(lines, told, size, true["accuracy"], mcnemar((one > 0.5) == y, (other > 0.5) == y))
            put(lines, told, size, true["roc_auc"], delong_difference(y, one, other))
            if size == "none" or study < BOOTSTRAPPED:
                found = paired_bootstrap("binary", "log_loss", y.astype(int), one[None], other[None])
                put(lines, told, size, true["log_loss"], found)
            for metric in ("accuracy", "recall", "f1", "roc_auc"):
                _one_score(lines, metric, truth, p[0], y, one, size)
            if study < BOOTSTRAPPED or size == "none":
                for metric in ("log_loss", "balanced_accuracy"):
                    _one_score(lines, metric, truth, p[0], y, one, size)


def _one_score(
    lines: Lines,
    metric: str,
    truth: NDArray[np.bool_],
    p: Floats,
    drawn: NDArray[np.bool_],
    scored: Floats,
    size: str,
) -> None:
    bounds = interval("binary", metric, drawn.astype(int), scored[None])
    told = f"{len(drawn)} test rows, one network"
    line = lines.setdefault((f"{bounds.method} {metric}", told), Line(f"{bounds.method}, {metric}", told))
    known = _POPULATION.setdefault(
        (size, metric), float(scores("binary", [metric], truth, p[None])[metric][0])
    )
    line.add(size, known, bounds, None)


_POPULATION: dict[tuple[str, str], float] = {}


def many(random: np.random.Generator, studies: int, lines: Lines) -> None:
    """Levels over blocks: overall tests, and families of the pairs of four levels.

    Holm's rate is that of any false finding among the pairs that are truly equal: with an effect, the
    three pairs of the levels that share it. That of Benjamini & Hochberg is the false findings' share of
    all findings.
    """
    for n, k in ((3, 3), (5, 3), (5, 4)):
        for size, effect in zip(SIZES, (0.0, 0.7, 1.1, 1.6), strict=True):
            for _ in range(asked(size, studies)):
                scores_by_level = random.normal(size=(n, k)) + effect * (np.arange(k) == k - 1)
                told = f"{k} levels, {n} blocks"
                line = lines.setdefault(("friedman", told), Line("friedman", told))
                line.add(size, None, None, friedman(scores_by_level).p_value)
    names: Mapping[str, Callable[[Floats], float]] = {
        "friedman": lambda table: friedman(table).p_value,
        "repeated_measures_anova": lambda table: repeated_measures_anova(table).p_value,
    }
    told = "4 levels, 10 blocks"
    for size, effect in zip(SIZES, (0.0, 0.7, 1.1, 1.6), strict=True):
        for _ in range(asked(size, studies)):
            table = random.normal(size=(10, 4)) + random.normal(0, 3, (10, 1))
            table[:, 3] += effect
            nemenyi = friedman(table).pairwise_p
            line = lines.setdefault(("nemenyi", told), Line("nemenyi, any of 6 pairs", told))
            line.add(size, None, None, float(nemenyi[np.triu_indices(4, 1)].min()))
            for name, test in names.items():
                lines.setdefault((name, told), Line(name, told)).add(size, None, None, test(table))
            family = pairwise(table, paired_t)
            smallest = min(each.adjusted_p for each in family)
            line = lines.setdefault(("holm", told), Line("holm, any of 6 pairs by paired_t", told))
            line.add(size, None, None, smallest)
            if effect:
                equal = min(each.adjusted_p for each in family if 3 not in (each.one, each.other))
                key = ("holm, equal pairs", told)
                line = lines.setdefault(key, Line("holm, the pairs truly equal beside an effect", told))
                line.add("none", None, None, equal)
                _false_discoveries(lines, told, family)
            naive = min(each.comparison.p_value for each in family)
            key = ("unadjusted", told)
            lines.setdefault(key, Line("six paired_t unadjusted", told, checked=False)).add(
                size, None, None, naive
            )


def _false_discoveries(lines: Lines, told: str, family: Sequence[Pair]) -> None:
    """The share of findings that are false, among pairs of which three are equal and three are not."""
    p = benjamini_hochberg([each.comparison.p_value for each in family])
    false = [3 not in (each.one, each.other) for each, q in zip(family, p, strict=True) if q <= ALPHA]
    name = "benjamini_hochberg, false share of findings"
    line = lines.setdefault((name, told), Line(name, told))
    line.shares.append(float(np.mean(false)) if false else 0.0)


def table(lines: Sequence[Line], studies: int) -> Iterator[str]:
    """The Markdown table."""
    yield (
        f"{studies:,} studies without an effect and {studies // POWER:,} of each size of it (by bootstrap"
        f" {BOOTSTRAPPED}), all together for an interval's coverage; limits: coverage {COVERS:.0%} or more,"
        f" rejections without effect {REJECTS:.0%} or less"
    )
    yield ""
    heads = ["method", "replicates", "coverage", "unbounded", "rejects, no effect", "power small", "medium"]
    yield f"| {' | '.join(heads)} | large | |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for line in lines:
        unbounded = 1 - float(np.mean(line.bounded)) if line.bounded else None
        cells = [line.coverage, unbounded, *(line.rate(size) for size in SIZES)]
        verdict = "" if not line.checked else "holds" if line.holds else "FAILS"
        told = " | ".join("" if cell is None else f"{cell:.1%}" for cell in cells)
        yield f"| {line.method} | {line.replicates} | {told} | {verdict} |"


SCENARIOS = (seeds, margins, folds, few_rows, more_rows, many)


def simulated(scenario: Callable[[np.random.Generator, int, Lines], None], seed: int, studies: int) -> Lines:
    """One scenario from its own stream: the figures don't depend on the number of workers."""
    lines: Lines = {}
    scenario(np.random.default_rng(seed), studies, lines)
    return lines


def main() -> None:
    """Simulate, print, and end with 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--workers", type=int, default=1, help="processes; a scenario is one task")
    options = parser.parse_args()
    lines: Lines = {}
    with ProcessPoolExecutor(options.workers) as pool:
        drawn = [pool.submit(simulated, each, options.seed, options.studies) for each in SCENARIOS]
        for each in drawn:
            lines |= each.result()
    text = "\n".join(table(list(lines.values()), options.studies))
    print(text)
    if options.markdown:
        options.markdown.write_text(text + "\n")
    raise SystemExit(any(line.checked and not line.holds for line in lines.values()))


if __name__ == "__main__":
    main()
