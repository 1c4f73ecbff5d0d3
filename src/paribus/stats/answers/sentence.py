"""The answer in plain English: one sentence or two, saying no more than the evidence does."""

from __future__ import annotations

import math

from paribus.stats.answers import words
from paribus.stats.answers.records import Answer, Difference
from paribus.stats.comparison import ALPHA
from paribus.stats.intervals import Interval
from paribus.study.options import larger_is_better

LISTED = 4
"""Levels named one by one; of more, their number."""
AFFORDABLE = 1_000
"""Replicates that are worth naming as a remedy."""


def sentence(answer: Answer) -> str:
    """One of a few cases: nothing finished, one level, one pair, rows alone, better, the same, open."""
    told = f"{_name(answer)}: {_told(answer)}"
    if answer.isolation.confounders and answer.pairs:
        others = words.listed(list(answer.isolation.confounders))
        told += f" But {others} differs between the levels too: the cause may be either."
    return told


def _name(answer: Answer) -> str:
    name = answer.question.name
    return name[:1].upper() + name[1:]


def _told(answer: Answer) -> str:
    if answer.best is None:
        return "no level has a finished trial, so there is no answer yet."
    if not answer.pairs:
        return f"{_label(answer, answer.best)} alone has finished trials: there is nothing to compare."
    if answer.replicates == "rows":
        return _on_rows(answer, answer.best)
    if answer.n < 2:
        return "a single pair of trials is left of some levels, which says nothing of chance: finish the run."
    against = _gains(answer, answer.best)
    if not any(each.decision == "open" for each in against.values()):
        return _settled(answer, answer.best, against)
    return _open(answer, answer.best, against)


def _on_rows(answer: Answer, best: int) -> str:
    """One split, one seed."""
    metric, gains = answer.question.metric, _gains(answer, best)
    nearest = min(gains, key=lambda place: gains[place].estimate)
    gain = gains[nearest]
    told = (
        f"one seed on one split can't say; {_label(answer, best)} has the best {metric},"
        f" {words.score(answer.levels[best].estimate)}, {words.size(metric, gain.estimate)} ahead of"
        f" {_label(answer, nearest)} ({_interval(answer, gain.interval)})"
    )
    if gain.decision == "different" and gain.adjusted_p < ALPHA:
        return f"{told}: these two networks differ; whether the setting does takes more seeds."
    return f"{told}; raise protocol.seeds, or validate on folds."


def _settled(answer: Answer, best: int, gains: dict[int, Difference]) -> str:
    """Every level is better, worse or the same."""
    same = [place for place, gain in gains.items() if gain.decision == "the same within"]
    worse = {place: gain for place, gain in gains.items() if gain.decision == "different"}
    metric = answer.question.metric
    if not same:
        nearest = min(worse, key=lambda place: worse[place].estimate)
        gain = worse[nearest]
        others = "every other level" if len(gains) + 1 == len(answer.levels) else "the other finished levels"
        than = others if len(worse) > 1 else _label(answer, nearest)
        by = f" over {_label(answer, nearest)}, the next," if len(worse) > 1 else ""
        return (
            f"{_label(answer, best)} is better than {than},"
            f"{by} by {words.size(metric, gain.estimate)} ({_interval(answer, gain.interval)})."
        )
    if not worse:
        return _all_the_same(answer, best)
    together = _named(answer, [best, *same])
    nearest = min(worse, key=lambda place: worse[place].estimate)
    return (
        f"{together} are the same within {words.size(metric, answer.margin)};"
        f" {_several(answer, list(worse))} worse, by {words.size(metric, worse[nearest].estimate)}"
        f"{' or more' if len(worse) > 1 else ''} ({_interval(answer, worse[nearest].interval)})"
        f"{_choice(answer, [best, *same])}."
    )


def _all_the_same(answer: Answer, best: int) -> str:
    """Told of the chosen level where it is the same as all others, else of the best."""
    assert answer.chosen is not None
    metric, reference = answer.question.metric, answer.chosen
    from_chosen = _gains(answer, reference)
    if any(gain.decision != "the same within" for gain in from_chosen.values()):
        reference, from_chosen = best, _gains(answer, best)
    widest = max(from_chosen.values(), key=lambda gain: max(abs(gain.interval.low), abs(gain.interval.high)))
    turned = Interval(-widest.interval.high, -widest.interval.low, widest.interval.method)
    compared = [reference, *from_chosen]
    every = "no level differs" if len(compared) == len(answer.levels) else "no finished level differs"
    if len(compared) == 2:
        every = f"{_label(answer, compared[1])} doesn't differ"
    return (
        f"{every} from {_label(answer, reference)} by more than {words.size(metric, answer.margin)}"
        f" ({_interval(answer, turned)}){_choice(answer, compared)}."
    )


def _open(answer: Answer, best: int, gains: dict[int, Difference]) -> str:
    """What can't be told apart yet, what is ruled out, and what would settle it."""
    metric = answer.question.metric
    undecided = {place: gain for place, gain in gains.items() if gain.decision == "open"}
    worse = [place for place, gain in gains.items() if gain.decision == "different"]
    same = [place for place, gain in gains.items() if gain.decision == "the same within"]
    nearest = min(undecided, key=lambda place: undecided[place].estimate)
    gain = undecided[nearest]
    by = f" by more than {words.size(metric, answer.margin)}" if answer.margin else ""
    told = (
        f"open; {_label(answer, best)} has the best mean {metric},"
        f" {words.score(answer.levels[best].estimate)}, but isn't shown to be better than"
        f" {_named(answer, list(undecided))}{by}"
    )
    nearer = f" {_label(answer, nearest)}" if len(undecided) > 1 else " it"
    told += f": ahead of{nearer} by {words.size(metric, gain.estimate)} ({_interval(answer, gain.interval)})"
    if same:
        told += f"; {_several(answer, same)} the same within {words.size(metric, answer.margin)}"
    if worse:
        told += f"; {_several(answer, worse)} worse"
    return f"{told}. {_settling(answer)}"


def _settling(answer: Answer) -> str:
    noun = {"seeds": "seed", "splits": "split"}[answer.replicates]
    if answer.needed and answer.needed <= AFFORDABLE:
        return f"About {words.counted(answer.needed, noun)} would settle it, were these the true differences."
    where = "the edge of the margin" if answer.margin else "0 (question.margin says what matters)"
    return f"Fewer than {AFFORDABLE:,} {noun}s would hardly settle it: a difference lies too near {where}."


def _choice(answer: Answer, same: list[int]) -> str:
    """The simplest of those that are the same, and what it saves."""
    assert answer.chosen is not None
    chosen = answer.levels[answer.chosen]
    largest = max(same, key=lambda place: answer.levels[place].n_parameters or 0)
    sizes = chosen.n_parameters or 0, answer.levels[largest].n_parameters or 0
    if sizes[0] and sizes[1] / sizes[0] >= 1.05:
        ratio = f"{sizes[1] / sizes[0]:.0f}" if sizes[1] >= 9.5 * sizes[0] else f"{sizes[1] / sizes[0]:.2g}"
        return (
            f"; choose {_label(answer, answer.chosen)}, it has {ratio}× fewer parameters"
            f" than {_label(answer, largest)}"
        )
    return f"; any will do, {_label(answer, answer.chosen)} has the best mean"


def _gains(answer: Answer, reference: int) -> dict[int, Difference]:
    """By how much the reference is better than each level that it was compared with."""
    sign = 1 if larger_is_better(answer.question.metric) else -1
    found = {}
    for place in range(len(answer.levels)):
        difference = answer.difference(reference, place) if place != reference else None
        if difference is not None:
            low, high = sorted((sign * difference.interval.low, sign * difference.interval.high))
            if math.isnan(difference.interval.low):
                low = high = math.nan
            bounds = Interval(low, high, difference.interval.method)
            found[place] = Difference(
                sign * difference.estimate, bounds, difference.adjusted_p, difference.decision
            )
    return found


def _interval(answer: Answer, bounds: Interval) -> str:
    noun = {"rows": "row", "seeds": "seed", "splits": "split"}[answer.replicates]
    basis = words.counted(answer.n, noun)
    if math.isnan(bounds.low):
        return f"no interval: the same difference in all of {basis}"
    return f"95 % interval {words.between(answer.question.metric, bounds.low, bounds.high)}, {basis}"


def _label(answer: Answer, place: int) -> str:
    return words.level(answer.question.vary, answer.levels[place].level)


def _named(answer: Answer, places: list[int]) -> str:
    if len(places) > LISTED:
        return f"{len(places)} other levels"
    return words.levels(answer.question.vary, [answer.levels[place].level for place in sorted(places)])


def _several(answer: Answer, places: list[int]) -> str:
    """`8 units is`, `4 and 8 units are`."""
    return f"{_named(answer, places)} {'is' if len(places) == 1 else 'are'}"
