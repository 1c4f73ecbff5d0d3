"""How evidence can be gathered, and what is compared."""

from __future__ import annotations

from paribus.study.options.option import Option

PROTOCOLS = (
    Option("validation", "holdout", "one stratified share of all rows", (("share", "above 0, below 1"),)),
    Option("design", "grid", "every combination of the levels"),
    Option("design", "list", "the first levels together, the second together, ..."),
    Option("keep", "best", "the next stage starts from the best configuration"),
    Option("keep", "top", "the next stage starts from each of the n best", (("n", "1 or more"),)),
    Option("open", "best", "the sealed test part is opened for the chosen configuration"),
    Option("open", "finalists", "... for the n best on validation", (("n", "1 or more"),)),
    Option("open", "all", "... for every configuration of the study"),
)
