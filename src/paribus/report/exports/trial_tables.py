"""Tables of configurations, trials, factors and their importance."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from paribus.report.exports.outcome_tables import score_of
from paribus.report.exports.table import Column, Kind, Table, from_frame, table
from paribus.report.facts import Facts, StageFacts
from paribus.report.facts.dead import DeadStarts
from paribus.store.tables import LAYERS, factor_columns

_KINDS: dict[str, Kind] = {
    **{"rank": "count", "fold": "count", "seed": "count", "train_seconds": "seconds"},
    **{"n_parameters": "count", "n_trials": "count", "n_done": "count", "epochs_run": "count"},
    **{"best_epoch": "count", "convergence_epoch": "count", "overfitting_gap": "signed"},
    **{"stability": "score"},
}


def trial_tables(facts: Facts) -> Iterator[Table]:
    """The leaderboard, every trial, each factor by level, importance."""
    yield _leaderboard(facts)
    for place, stage in enumerate(facts.stages, start=1):
        yield from _factors(place, stage)
    for place, stage in enumerate(facts.stages, start=1):
        if stage.importance:
            yield _importance(place, stage)
    for place, stage in enumerate(facts.stages, start=1):
        if stage.dead:
            yield _dead(place, stage, stage.dead)
    yield _trials(facts)


def _kind(name: str, factors: list[str]) -> Kind:
    if name in factors:
        return "level"
    scored = name.startswith(("val_", "train_", "test_"))
    return _KINDS.get(name, "score" if scored else "text")


def _leaderboard(facts: Facts) -> Table:
    """Every configuration; those that the report shows have their intervals."""
    frame, metrics = facts.board.copy(), facts.study.protocol.metrics
    factors = [*factor_columns(facts.study), LAYERS]
    brief = {"rank", "config_id", "n_parameters", *(f"val_{metric}" for metric in metrics)}
    brief |= {path for path in factors if path in frame and path != LAYERS and frame[path].nunique() > 1}
    columns = []
    for name in facts.board.columns:
        columns.append(Column(name, _kind(name, factors), name in brief))
        if name in {f"val_{metric}" for metric in metrics}:
            for bound in ("low", "high"):
                frame[f"{name}_{bound}"] = _bounds(facts, name.removeprefix("val_"), bound)
                columns.append(Column(f"{name}_{bound}", "score", name == f"val_{metrics[0]}"))
    rows = from_frame(frame, columns)
    ranked = f"Ranked on validation by {', '.join(metrics)}, in this order."
    bounds = f"low and high: 95 % interval, of the first {len(facts.standings)}."
    notes = (f"{ranked} {bounds} An order within intervals is no finding by itself.",)
    return table("leaderboard", "Leaderboard", columns, rows, notes)


def _bounds(facts: Facts, metric: str, bound: str) -> pd.Series[float]:
    known = {
        standing.config_id: getattr(found.interval, bound)
        for standing in facts.standings
        if (found := score_of(standing, "val", metric))
    }
    return facts.board["config_id"].map(known).astype("float64")


def _trials(facts: Facts) -> Table:
    factors = [*factor_columns(facts.study), LAYERS]
    columns = [Column(name, _kind(name, factors)) for name in facts.trials.columns]
    return Table(
        "trials",
        "Trials",
        tuple(columns),
        from_frame(facts.trials, columns),
        ("A test column is empty for what never opened the sealed part.",),
        "Trials",
        in_documents=False,
    )


def _factors(place: int, stage: StageFacts) -> Iterator[Table]:
    for factor, frame in stage.effects.items():
        columns = [Column("level", "level"), Column("n_trials", "count")]
        columns += [Column(name, "score", name.startswith("val_")) for name in frame.columns[2:]]
        yield table(
            f"factor-{place}-{factor}",
            f"{factor} in stage {stage.name}",
            columns,
            from_frame(frame, columns),
            ("Median and best over finished trials; like is compared with like.",),
            sheet=f"factors {stage.name}",
        )


def _dead(place: int, stage: StageFacts, found: DeadStarts) -> Table:
    columns = [Column("factor"), Column("level", "level"), Column("n_trials", "count")]
    columns += [Column("dead", "count"), Column("share", "score")]
    counted = f"{found.dead:,} of {found.n_trials:,} finished trials"
    notes = (f"{counted} predict the same for every row; they count in medians by level.",)
    rows = from_frame(found.levels, columns)
    title = f"Dead starts in stage {stage.name}"
    return table(f"factor-dead-{place}", title, columns, rows, notes, sheet="dead starts")


def _importance(place: int, stage: StageFacts) -> Table:
    found = stage.importance
    assert found is not None
    rows: list[tuple[object, ...]] = [
        (" × ".join(each.factors), each.share, each.sd) for each in found.effects
    ]
    rows += [("three factors or more together", found.higher, None)] if found.higher == found.higher else []
    rows += [("folds and seeds", found.replicates, None)] if found.replicates == found.replicates else []
    fit = f" The forest's fit, R², is {found.fit:.3f}." if found.fit == found.fit else ""
    notes = (f"{found.metric} by {found.method.replace('_', ' ')}; {found.assumes}.{fit}",)
    columns: dict[str, Kind] = {"factor": "text", "share": "score", "sd": "score"}
    title = f"Importance of factors in stage {stage.name}"
    return table(f"importance-{place}", title, columns, rows, notes, sheet="importance")
