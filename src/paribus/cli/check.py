"""`paribus check`: what would be run, and what is wrong with it. Trains nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from paribus.cli.arguments import DataDir, Settings, Strict, StudyFile, TrustCode, Workers

if TYPE_CHECKING:
    from rich.console import Console

    from paribus.check import Checked
    from paribus.study.spec import Study


def check(
    study: StudyFile,
    *,
    data_dir: DataDir = None,
    workers: Workers = None,
    settings: Settings = None,
    trust_code: TrustCode = False,
    strict: Strict = False,
) -> None:
    """Validate a study; print its plan, its size and the design's audit. Trains nothing."""
    from paribus.study.toml import read_study, told_in_file

    asked = read_study(study, settings or ())

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from paribus.check import check as check_study  # after the study is read: a wrong one is told at once
    from paribus.cli.live import progress_for

    with told_in_file(study, settings or ()), progress_for(asked, quiet=False) as progress:
        plan = check_study(
            asked,
            folder=study.parent,
            data_dir=data_dir,
            workers=workers,
            trust_code=trust_code,
            progress=progress,
        )
    console = Console(highlight=False)
    console.print(f"{asked.name}: {plan.data}", markup=False)
    from paribus.cli.columns import print_profile

    print_profile(console, plan.profile)
    console.print(f"split: {plan.split}", markup=False)
    _print_designs(console, asked, plan)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("stage", "configurations", "trials", "trainings", "populations", "at most", "memory"):
        table.add_column(column, justify="left" if column == "stage" else "right", no_wrap=column != "stage")
    for row in plan.stages:
        counts = (row.configurations, row.trials, row.estimate.trainings, row.estimate.populations)
        table.add_row(
            Text(row.name),
            *(f"{count:,}" for count in counts),
            f"{row.estimate.seconds:,.1f} s",
            f"{row.estimate.memory / 2**20:,.0f} MB",
        )
    console.print(table)
    outer = f" + {counted(plan.outer, 'outer fold')} × {counted(plan.seeds, 'seed')}" if plan.outer else ""
    again = f" + {counted(plan.retrained, 'trial')} of finalists again" if plan.retrained else ""
    more = " or more: each outer fold goes its own way from stage to stage" if plan.outer else ""
    console.print(
        f"{counted(plan.configurations, 'configuration')} × {counted(plan.folds, 'fold')}"
        f" × {counted(plan.seeds, 'seed')}{outer}{again} = {counted(plan.trials, 'trial')}{more};"
        f" training at most about {max(1, plan.seconds):,.0f} s on {counted(plan.workers, 'worker')},"
        " besides starting them and preparing the data"
    )
    for each in plan.parameters:
        console.print(
            f"network: {each.weights}, trained: {each.trained_of_it}: {each.every:,} parameters,"
            f" {each.trained:,} of them trained",
            markup=False,
        )
    for reason in plan.undelivered:
        console.print(f"model: {reason}", markup=False)
    found = [finding for finding in plan.findings if finding.status == "found"]
    for finding in found:
        console.print(f"audit {finding.code}: {finding.message} {finding.remedy}", markup=False)
    if not found:
        console.print("audit: nothing found in the design")
    if strict and found:
        raise typer.Exit(6)


def _print_designs(console: Console, study: Study, plan: Checked) -> None:
    from paribus.study.configuration import Configuration
    from paribus.study.plan import stages
    from paribus.study.told import told_question, told_stage

    base = Configuration.base(study)
    for stage, size in zip(stages(study), plan.stages, strict=False):  # questions come after the stages
        for line in told_stage(stage, base, size.distinct):
            console.print(line, markup=False)
    for question in study.question:
        console.print(told_question(question), markup=False)


def counted(number: int, noun: str) -> str:
    """`1 fold`, `2 folds`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
