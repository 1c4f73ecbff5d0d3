"""The last words of a run: the chosen configuration, what it is worth, where things are."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console

from paribus.cli.board import board_table
from paribus.results import Results

SHOWN = 5


def print_closing(results: Results, quiet: bool = False) -> list[dict[str, Any]]:
    """Print the summary of a finished run; what the audit found."""
    audit = json.loads((results.folder / "audit.json").read_text())
    found = [finding for finding in audit if finding["status"] == "found"]
    if quiet:
        return found
    console, study, summary = Console(highlight=False, soft_wrap=False), results.study, results.summary
    best, metric = summary["best"], study.protocol.metrics[0]
    console.print()
    console.print(board_table(results.leaderboard(), study, SHOWN, console.width))
    console.print()
    console.print(
        f"Chosen on validation out of {summary['n_configurations']:,}: {best['config_id']}", markup=False
    )
    for part, name in (("val", "validation"), ("test", "sealed test")):
        if f"{part}_{metric}" in best:
            told = ", ".join(_scored(best, part, each) for each in study.protocol.metrics)
            console.print(f"  {name}: {told}", markup=False)
    if summary["optimism"]:
        cost = summary["optimism"]
        console.print(
            f"  choosing: the best validation {metric} {cost['naive']:.3f} is worth about"
            f" {cost['corrected']:.3f} once the choice is paid for"
        )
    for finding in found:
        console.print(f"  audit {finding['code']}: {finding['message']}", markup=False)
    done = summary["status"].get("done", 0)
    console.print(
        f"\n{done:,} of {summary['n_trials']:,} trials done, {summary['wall_seconds']:.1f} s in all",
        markup=False,
    )
    console.print(f"report: {results.report.resolve()}", markup=False, soft_wrap=True)
    return found


def _scored(best: dict[str, Any], part: str, metric: str) -> str:
    value, interval = best[f"{part}_{metric}"], best[f"{part}_{metric}_interval"]
    if value is None:
        return f"{metric} –"
    low, high = (f"{bound:.3f}" if bound is not None else "–" for bound in interval)
    return f"{metric} {value:.3f} ({low} to {high})"
