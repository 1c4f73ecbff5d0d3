"""Trials that did not end well, by stage and by what went wrong."""

from __future__ import annotations

import re

import pandas as pd

REASONS = 50
"""Kinds of endings that are told, the commonest first."""
_NUMBER = re.compile(r"\d[\d.,e+-]*")


def failures(trials: pd.DataFrame) -> pd.DataFrame:
    """A row a stage, status and reason (numbers in it as …): trials, and one of their configurations."""
    ill = trials[~trials["status"].isin(["done", "missing"])]
    kinds = ill.assign(reason=ill["reason"].map(lambda reason: _NUMBER.sub("…", str(reason))))
    groups = kinds.groupby(["stage", "status", "reason"], sort=False)["config_id"]
    table = groups.agg(["size", "first"]).rename(columns={"size": "trials", "first": "config_id"})
    return table.sort_values("trials", ascending=False, kind="stable").reset_index().head(REASONS)
