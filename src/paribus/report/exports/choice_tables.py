"""Tables of other ways to choose, and of the chosen configuration's thresholds and calibration."""

from __future__ import annotations

from collections.abc import Iterator

from paribus.report.exports.table import Kind, Table, table
from paribus.report.facts import Facts
from paribus.stats.answers.calls import Calls
from paribus.stats.answers.choices import Candidate, Choices
from paribus.stats.intervals import Interval

WAYS, CALLS = "other ways to choose", "thresholds and calibration"


def choice_tables(facts: Facts) -> Iterator[Table]:
    """The Pareto front, the simplest within one standard error, the composite; then the calls."""
    if facts.choices:
        yield from _choices(facts.choices)
    if facts.calls:
        yield from _calls(facts.calls)


def _choices(found: Choices) -> Iterator[Table]:
    columns: dict[str, Kind] = {
        **{"config_id": "text", "rank": "count", found.metric: "score"},
        **{"n_parameters": "count", "train_seconds": "seconds"},
    }
    notes = ("None of these is better in one of score, parameters and time without being worse in another.",)
    front = [_candidate(each) for each in found.front]
    yield table("pareto", "Pareto front", columns, front, notes, sheet=WAYS)
    if found.simplest:
        rows = [
            (name, *_candidate(each), found.simplest.bound)
            for name, each in (("best", found.simplest.best), ("simplest", found.simplest.chosen))
        ]
        own: dict[str, Kind] = {"choice": "text", **columns, "bound": "score"}
        told = (
            "The simplest configuration whose score reaches the bound, the best's less a standard error.",
        )
        yield table("one-standard-error", "The one-standard-error rule", own, rows, told, sheet=WAYS)
    if found.weighed:
        parts: dict[str, Kind] = {
            f"{name} (weight {found.weights[name]:g})": "score" for name in found.weights
        }
        weighed = [
            (each.config_id, each.rank, each.score, *(each.parts[name] for name in found.weights))
            for each in found.weighed
        ]
        own = {"config_id": "text", "rank": "count", "composite": "score", **parts}
        told = (
            f"Criteria normalised by {found.normalised.replace('_', ' ')}: 0 for the worst, 1 for the best.",
        )
        yield table("composite", "Weighted composite", own, weighed, told, sheet=WAYS)


def _candidate(each: Candidate) -> tuple[object, ...]:
    return (each.config_id, each.rank, each.score, each.n_parameters, each.train_seconds)


def _calls(found: Calls) -> Iterator[Table]:
    if found.thresholds:
        rows = [
            (goal.name, tuned.threshold, tuned.value, tuned.cross_fitted, tuned.value_at_half, tuned.n)
            for goal in found.thresholds
            for tuned in (goal.tuned,)
        ]
        columns: dict[str, Kind] = {
            **{"tuned_for": "text", "threshold": "score", "value": "score", "cross_fitted": "score"},
            **{"at_half": "score", "n": "count"},
        }
        notes = ("Tuned on validation: value is too good, cross_fitted is on other rows.",)
        yield table("thresholds", "Thresholds", columns, rows, notes, sheet=CALLS)
    yield from _calibration(found)
    if found.recalibration:
        mended = found.recalibration
        losses = [(name, loss, name == mended.method) for name, loss in mended.cross_fitted.items()]
        columns = {"method": "text", "log_loss": "score", "chosen": "flag"}
        notes = ("Log losses on rows that a map wasn't fitted on.",)
        yield table("recalibration", "Recalibration", columns, losses, notes, sheet=CALLS)


def _calibration(found: Calls) -> Iterator[Table]:
    told = found.calibration
    rows = [
        (each.low, each.high, each.rows, each.mean_probability, each.share_positive, *_bounds(each.interval))
        for each in told.bins
    ]
    columns: dict[str, Kind] = {
        **{"from": "score", "to": "score", "rows": "count", "mean_probability": "score"},
        **{"share_positive": "score", "low": "score", "high": "score"},
    }
    yield table("reliability", "Reliability", columns, rows, sheet=CALLS)
    parts = [
        *(
            ("expected calibration error", told.expected_error),
            ("largest calibration error", told.largest_error),
        ),
        *(("Brier score", told.brier), ("reliability", told.reliability), ("resolution", told.resolution)),
        *(("uncertainty", told.uncertainty), ("within bins", told.within)),
    ]
    notes = ("Brier score = reliability − resolution + uncertainty + within bins.",)
    yield table(
        "calibration", "Calibration", {"measure": "text", "value": "score"}, parts, notes, sheet=CALLS
    )


def _bounds(interval: Interval) -> tuple[float, float]:
    return interval.low, interval.high
