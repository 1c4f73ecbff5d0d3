"""The data: classes, missing cells, and the rows in two dimensions."""

from __future__ import annotations

from collections.abc import Iterator

import altair as alt
import pandas as pd

from paribus.report.facts import Facts
from paribus.report.figures.drawing import ROWS, Figure, draw, legend, records, told, zoom
from paribus.report.figures.theme import BLUE, GREY, PALETTE, PANEL

SHOWN = 30
"""Classes, and columns with missing cells, that are drawn: those with the most rows."""
COLOURED = 8
"""Classes that get a colour of their own."""
SIDE = 380


def data_figures(facts: Facts) -> Iterator[Figure]:
    """Those that the data have."""
    if facts.data["class_counts"]:
        yield _classes(facts)
    columns = facts.data.get("profile", {}).get("columns", [])
    if any(column["missing"] for column in columns):
        table = pd.DataFrame(columns)[["name", "missing", "rows"]].rename(columns={"name": "column"})
        yield _missing(table.assign(share=table["missing"] / table["rows"]))
    if facts.scatter:
        yield _scatter(facts)


def _classes(facts: Facts) -> Figure:
    counts = facts.data["class_counts"]
    table = pd.DataFrame({"class": list(counts), "rows": list(counts.values())})
    table["share"] = table["rows"] / max(table["rows"].sum(), 1)
    shown = table.nlargest(SHOWN, "rows")
    counted = ", ".join(f"{name} {n:,}" for name, n in zip(shown["class"], shown["rows"], strict=True))
    said = f"A bar for the rows of each class: {counted}."
    chart = _bars("rows", list(shown["class"]), "class", told("class", rows=",d", share=".1%"))
    return draw("data-classes", "Rows of each class", said, chart, records(shown), table)


def _missing(table: pd.DataFrame) -> Figure:
    shown = table[table["missing"] > 0].nlargest(SHOWN, "missing")
    said = (
        f"Share of missing cells of the columns that have any, the largest first: {shown['column'].iloc[0]}."
    )
    chart = _bars("share", list(shown["column"]), "column", told("column", missing=",d", share=".1%"))
    return draw("data-missing", "Missing cells by column", said, chart, records(shown), table)


def _bars(value: str, names: list[str], field: str, tooltip: list[alt.Tooltip]) -> alt.Chart:
    axis = alt.Axis(tickCount=5, format="%" if value == "share" else ",d")
    chart: alt.Chart = (
        alt.Chart(ROWS)
        .mark_bar(color=BLUE, height=12)
        .encode(
            x=alt.X(f"{value}:Q", title=value, axis=axis),
            y=alt.Y(f"{field}:N", sort=names, title=None, axis=alt.Axis(grid=False)),
            tooltip=tooltip,
        )
        .properties(width=PANEL / 2, height=alt.Step(22))
    )
    return chart


def _scatter(facts: Facts) -> Figure:
    found = facts.scatter
    assert found is not None  # the caller asks for data that have one
    names = list(facts.data["class_counts"] or ())
    picked, opacity = legend("target")
    if 0 < len(names) <= COLOURED:
        color = alt.Color(
            "target:N", title=None, scale=alt.Scale(domain=names, range=list(PALETTE[: len(names)]))
        )
    elif names:
        color = alt.Color(value=GREY)
    else:
        color = alt.Color("target:Q", title=facts.study.data.targets[0], scale=alt.Scale(scheme="cividis"))
    titles: tuple[str, ...] = found.axes
    if found.explained:
        titles = tuple(
            f"{name}, {share:.0%}" for name, share in zip(found.axes, found.explained, strict=True)
        )
    chart = (
        alt.Chart(ROWS)
        .mark_point(filled=True, size=22)
        .encode(
            x=alt.X("x:Q", title=titles[0], scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=6)),
            y=alt.Y("y:Q", title=titles[1], scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=6)),
            color=color,
            opacity=opacity if names else alt.value(0.8),
            tooltip=told("target", x=".3f", y=".3f"),
        )
        .properties(width=SIDE, height=SIDE)
        .add_params(zoom("zoom"), *([picked] if names else []))
    )
    drawn = f"{len(found.table):,} of {found.rows:,} rows" if len(found.table) < found.rows else "every row"
    if facts.study.protocol.test:
        drawn += ", sealed ones among them: drawn at the end, nothing is chosen by it"
    how = "by its two features" if not found.explained else "by the first two principal components"
    title = f"The data {how}, {drawn}"
    said = f"{title}, coloured by the target; the axes are {titles[0]} and {titles[1]}."
    return draw("data-scatter", title, said, chart, records(found.table), found.table)
