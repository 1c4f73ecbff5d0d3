"""The last words of a run: the chosen configuration, what it is worth, where things are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from paribus.cli.board import board_table
from paribus.report.formats import score
from paribus.results import Results
from paribus.study.spec import Study

SHOWN = 5


def print_closing(results: Results, quiet: bool = False) -> list[dict[str, Any]]:
    """Print the summary of a finished run; what the audit found."""
    audit = json.loads((results.folder / "audit.json").read_text())
    found = [finding for finding in audit if finding["status"] == "found"]
    if quiet:
        return found
    console = Console(highlight=False)
    console.print()
    console.print(board_table(results.leaderboard(), results.study, SHOWN, console.width))
    console.print()
    for line in _summary(results.summary, results.study, found):
        text = line.lstrip()
        console.print(Padding(Text(text), (0, 0, 0, len(line) - len(text)), expand=False))
    console.print()
    for name, path in (("tables", results.folder / "trials.csv"), ("report", results.report)):
        console.print(Text(f"{name}: {path.resolve()}"), soft_wrap=True)
    return found


def _summary(summary: dict[str, Any], study: Study, found: list[dict[str, Any]]) -> Iterator[str]:
    """The lines, those that belong to the choice indented."""
    best, cost, metrics = summary["best"], summary["optimism"], study.protocol.metrics
    yield f"Chosen on validation out of {summary['n_configurations']:,}: {best['config_id']}"
    for part, name in (("val", "validation"), ("test", "sealed test")):
        if f"{part}_{metrics[0]}" in best:
            yield f"  {name}: {', '.join(_scored(best, part, metric) for metric in metrics)}"
    if cost:
        mean = " (of the mean over seeds of its predictions)" if study.protocol.seeds > 1 else ""
        if study.protocol.folds.name not in ("holdout", "given"):
            mean = " (of all folds' predictions together)"
        yield (
            f"  choosing: the best validation {metrics[0]} {score(cost['naive'])}{mean} is worth about"
            f" {score(cost['corrected'])} once the choice is paid for"
        )
    if judged := summary["nested"]:
        value, (low, high) = judged[metrics[0]], judged[f"{metrics[0]}_interval"]
        told = f"{score(value)} ({score(low)} to {score(high)})"
        yield f"  nested: the whole procedure is worth {metrics[0]} {told}"
    for finalist in summary["robustness"]:
        yield f"  again from {finalist['seeds']} other seeds, {_finalist(finalist, metrics[0])}"
    for finding in found:
        yield f"  audit {finding['code']}: {finding['message']}"
    for question in summary["questions"]:
        yield from ([question["ask"]] if question["ask"] else [])
        yield f"  {question['sentence']}" if question["ask"] else question["sentence"]
    done = summary["status"].get("done", 0)
    yield f"{done:,} of {summary['n_trials']:,} trials done, {summary['wall_seconds']:.1f} s in all"


def _finalist(finalist: dict[str, Any], metric: str) -> str:
    """Rank, id, and how the score moves with the seed."""
    spread = finalist["scores"][metric]
    told = f"{score(spread['mean'])} ± {score(spread['deviation'])}"
    name = f"rank {finalist['rank']} ({finalist['config_id']})"
    return f"{name}: {metric} {told}, chosen by {score(spread['chosen'])}"


def _scored(best: dict[str, Any], part: str, metric: str) -> str:
    value, interval = best[f"{part}_{metric}"], best[f"{part}_{metric}_interval"]
    low, high = interval
    return f"{metric} {score(value)}" + (f" ({score(low)} to {score(high)})" if value is not None else "")
