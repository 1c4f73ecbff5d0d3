"""How sure the choice is: what it cost, other seeds, and ranks that can be told apart."""

from __future__ import annotations

import altair as alt
import pandas as pd

from paribus.report.facts import Facts
from paribus.report.figures.drawing import HIGHLIGHTED, ROWS, Figure, draw, told
from paribus.report.figures.theme import BLACK, BLUE, GREY, LINE, PANEL, VERMILLION
from paribus.report.formats import level
from paribus.stats.answers import Answer


def optimism_figure(facts: Facts) -> Figure | None:
    """The chosen one's first metric: as chosen, corrected, and on the sealed part; None without a choice."""
    if facts.optimism is None:
        return None
    found = facts.optimism
    rows: list[dict[str, object]] = [
        {"what": f"best of {found.n_configurations:,}, as chosen", "score": found.naive},
        {"what": "the choice paid for", "score": found.corrected},
    ]
    for score in facts.best.scores:
        if (score.part, score.metric) == ("test", found.metric):
            bounds = {"low": score.interval.low, "high": score.interval.high}
            rows.append({"what": "sealed part", "score": score.value, **bounds})
    names = [str(row["what"]) for row in rows]
    y = alt.Y("what:N", sort=names, title=None, axis=alt.Axis(labelLimit=320))
    title = found.metric + (", with a 95 % interval" if len(rows) == 3 else "")
    x = alt.X("score:Q", title=title, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5))
    colors = alt.Scale(domain=names, range=[GREY, BLUE, VERMILLION][: len(names)])
    color = alt.Color("what:N", scale=colors, legend=None)
    rule = alt.Chart().mark_rule(strokeWidth=2).encode(x="low:Q", x2="high:Q", y=y, color=color)
    tooltip = told("what", score=".4f", low=".4f", high=".4f")
    point = alt.Chart().mark_point(filled=True, size=90, opacity=1)
    layers = [*([rule] if len(rows) == 3 else []), point.encode(x=x, y=y, color=color, tooltip=tooltip)]
    chart = alt.layer(*layers, data=ROWS).properties(width=PANEL - 230, height=alt.Step(26))
    values = "; ".join(f"{row['what']} {row['score']:.3f}" for row in rows)
    said = f"What choosing cost: {values}."
    return draw("optimism", f"What choosing cost, in {found.metric}", said, chart, rows, pd.DataFrame(rows))


def robustness_figure(facts: Facts) -> Figure | None:
    """The finalists with other seeds: mean ± standard deviation, and the score that chose them."""
    metric = facts.study.protocol.metrics[0]
    rows = []
    for each in facts.robustness:
        spread = each.scores[metric]
        rows.append(
            {
                **{"name": f"No. {each.rank} · {each.config_id}", "config_id": each.config_id},
                **{"chosen": spread.chosen, "mean": spread.mean, "sd": spread.deviation},
                **{"low": spread.mean - spread.deviation, "high": spread.mean + spread.deviation},
                **{"least": spread.low, "largest": spread.high},
            }
        )
    if not rows:
        return None
    y = alt.Y("name:N", sort=[str(row["name"]) for row in rows], title=None, axis=alt.Axis(labelLimit=260))
    x = alt.X("least:Q", title=metric, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5))
    tooltip = told("config_id", chosen=".4f", mean=".4f", sd=".4f", least=".4f", largest=".4f")
    kinds = alt.Scale(domain=["mean ± SD over new seeds", "score that chose it"], range=[BLUE, VERMILLION])
    shape = alt.Scale(domain=kinds.domain, range=["circle", "diamond"])
    size = alt.when(HIGHLIGHTED).then(alt.value(170)).otherwise(alt.value(70))
    layers = [
        alt.Chart().mark_rule(color=LINE).encode(x=x, x2="largest:Q", y=y, tooltip=tooltip),
        alt.Chart().mark_rule(color=BLUE, strokeWidth=3).encode(x="low:Q", x2="high:Q", y=y, tooltip=tooltip),
    ]
    for kind, field in zip(
        ("mean ± SD over new seeds", "score that chose it"), ("mean", "chosen"), strict=True
    ):
        layers.append(
            alt.Chart()
            .transform_calculate(kind=f"'{kind}'")
            .mark_point(filled=True, opacity=1)
            .encode(
                x=f"{field}:Q",
                y=y,
                size=size,
                color=alt.Color("kind:N", title=None, scale=kinds),
                shape=alt.Shape("kind:N", title=None, scale=shape),
                tooltip=tooltip,
            )
        )
    chart = alt.layer(*layers, data=ROWS).properties(width=PANEL - 230, height=alt.Step(26))
    title = f"Finalists trained again with other seeds: {metric}, mean ± SD; the thin line is the range"
    return draw(
        "robustness",
        title,
        f"{title}.",
        chart,
        rows,
        pd.DataFrame(rows).drop(columns=["name", "low", "high"]),
    )


def ranks_name(place: int) -> str:
    """The file name of the critical-difference diagram of the question at `place`, from 1."""
    return f"question-{place}-ranks"


def ranks_figure(place: int, answer: Answer) -> Figure | None:
    """Demšar's critical-difference diagram: mean ranks, and lines over those that can't be told apart."""
    found = answer.overall
    if found is None:
        return None
    named = sorted(
        (
            {"level": level(each.level), "rank": float(rank), "config_id": each.config_id}
            for each, rank in zip(answer.levels, found.mean_ranks, strict=True)
        ),
        key=lambda row: float(str(row["rank"])),
    )
    ranks = [float(str(row["rank"])) for row in named]
    groups: list[dict[str, object]] = []
    for first, rank in enumerate(ranks):
        last = max(n for n, other in enumerate(ranks) if other - rank < found.critical_difference)
        if last > first and (not groups or last > int(str(groups[-1]["last"]))):
            groups.append(
                {"start": rank, "end": ranks[last], "last": last, "line": f"group {len(groups) + 1}"}
            )
    order = [str(row["level"]) for row in named]
    y = alt.Y("level:N", sort=order, title=answer.question.vary, axis=alt.Axis(grid=True))
    x = alt.X(
        "rank:Q",
        title="mean rank, 1 is the best",
        scale=alt.Scale(zero=False, padding=12),
        axis=alt.Axis(tickCount=6),
    )
    size = alt.when(HIGHLIGHTED).then(alt.value(170)).otherwise(alt.value(80))
    points = (
        alt.Chart()
        .transform_filter("isValid(datum.level)")
        .mark_point(filled=True, color=BLUE, opacity=1)
        .encode(x=x, y=y, size=size, tooltip=told("level", "config_id", rank=".2f"))
    )
    together = (
        alt.Chart()
        .transform_filter("isValid(datum.start)")
        .mark_rule(color=BLACK, strokeWidth=4)
        .encode(
            x=alt.X("start:Q", title=None, scale=alt.Scale(zero=False), axis=None),
            x2="end:Q",
            y=alt.Y("line:N", title="not told apart", axis=alt.Axis(labels=False, grid=False)),
        )
        .properties(width=PANEL - 230, height=alt.Step(12))
    )
    panels = [points.properties(width=PANEL - 230, height=alt.Step(24)), *([together] if groups else [])]
    chart = alt.vconcat(*panels, data=ROWS, spacing=4).resolve_scale(x="shared")
    title = f"Mean ranks of {answer.question.vary} over {found.n} seeds"
    title += f"; critical difference {found.critical_difference:.2f}"
    lines = (
        "a line joins levels that Nemenyi’s test can’t tell apart" if groups else "all levels are told apart"
    )
    said = f"Critical-difference diagram of question {answer.question.name}: {title}; {lines}."
    shown = [{key: row[key] for key in ("start", "end", "line")} for row in groups]
    return draw(ranks_name(place), f"{title}: {lines}", said, chart, [*named, *shown], pd.DataFrame(named))
