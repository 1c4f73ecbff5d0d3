"""What an answer's evidence does not cover, said beside it."""

from __future__ import annotations

from collections.abc import Iterator

from paribus.stats.answers.records import Answer, Replicates
from paribus.stats.answers.words import counted, level, listed
from paribus.stats.comparison import ALPHA, pairs_needed, smallest_p


def limits(answer: Answer) -> tuple[str, ...]:
    """One sentence each, the most important first."""
    return tuple(_limits(answer))


def _limits(answer: Answer) -> Iterator[str]:
    if answer.isolation.confounders:
        yield (
            f"{listed(list(answer.isolation.confounders))} differs between the levels too:"
            " a difference could be due to either."
        )
    if answer.pairs:
        yield from replicates_told(answer.replicates, answer.n)
    yield from _lost(answer)
    if any(pair.hidden_by_family for pair in answer.pairs):
        yield (
            f"Some differences would be findings alone and are none among the study's {answer.family:,}"
            f" comparisons (adjusted by {answer.adjusted_by.replace('_', ' and ').title()})."
        )


def replicates_told(replicates: Replicates, n: int, lost: bool = False) -> Iterator[str]:
    """What a comparison over `n` replicates covers, and what it doesn't."""
    if replicates == "rows":
        yield (
            "One split and one seed: intervals and p values are over the validation rows of these trained"
            " networks. They cover neither the chance of another seed nor that of another split."
        )
    if replicates == "seeds":
        yield (
            f"{counted(n, 'seed')} on one split: intervals and p values say how far other seeds could move a"
            " difference, not other rows; validation on folds covers those too."
        )
        if smallest_p(n) > ALPHA:
            yield unreachable(n)
    if replicates == "splits":
        yield (
            f"{counted(n, 'split')} share training rows, which the corrected t allows for; a split counts"
            " once, its seeds averaged."
        )
    if lost:
        yield "Trials that diverged, failed or are missing are left out with their pairs."


def unreachable(pairs: int) -> str:
    """The p value that so few pairs can't fall below, and how many are needed."""
    return (
        f"With {counted(pairs, 'pair')} the p value of a test on signs (Wilcoxon, permutation) can't fall"
        f" below {smallest_p(pairs):.4g} two-sided; {pairs_needed()} are needed for {ALPHA}."
    )


def _lost(answer: Answer) -> Iterator[str]:
    vary = answer.question.vary
    lost = [each for each in answer.levels if each.n_done < each.n_trials]
    if lost:
        told = listed([f"{level(vary, each.level)} ({each.n_done} of {each.n_trials})" for each in lost])
        yield f"Trials are missing, diverged or failed, and their pairs are left out: {told} done."
