"""What `paribus check` says of designs."""

from __future__ import annotations

from paribus.study.configuration import Configuration
from paribus.study.plan import plan, stages
from paribus.study.spec import Study
from paribus.study.told import told_question, told_stage
from paribus.study.toml import parse_study

ASKED = """
[study]
name = "x"
seed = 5
[data]
source = "a"
target = "b"
[[stage]]
name = "search"
design = "sobol"
configurations = 8
factors."train.learning_rate" = { low = 1e-3, high = 1e-1, log = true }
factors."train.optimizer" = ["sgd", "adam"]
factors."train.momentum" = [0.5, 0.9]
when."train.momentum" = { "train.optimizer" = ["sgd"] }
[[stage]]
name = "around"
design = "ofat"
factors."train.epochs" = [20, 40]
[[question]]
name = "depth"
vary = "network.layers"
levels = [1, 2]
hold = { "network.units" = 16 }
metric = "accuracy"
"""


def lines(asked: Study, place: int) -> list[str]:
    base, planned = Configuration.base(asked), plan(asked)[place]
    return list(told_stage(stages(asked)[place], base, len(planned.configurations)))


def test_a_sampled_design_shows_where_it_draws_from_and_what() -> None:
    """A range on the wrong scale, or a condition that never holds, would be seen after the training."""
    first, *factors = lines(parse_study(ASKED), 0)
    assert first == "search: sobol, 8 draws from seed 5"
    assert factors[:3] == [
        "  train.learning_rate: 0.001 to 0.1, evenly by powers of ten",
        "  train.optimizer: 'sgd', 'adam'",
        "  train.momentum: 0.5, 0.9 where train.optimizer = 'sgd'",
    ]
    assert len(factors) == 6
    for line in factors[3:]:
        assert line.startswith("  drawn: train.learning_rate = 0.0")
        assert ("train.momentum" in line) == ("'sgd'" in line)


def test_what_is_drawn_twice_is_counted_once() -> None:
    """A user would wait for trials that are never trained."""
    told = lines(parse_study(ASKED), 1)
    assert told == [
        "around: ofat, the base, then one factor at a time, 2 of 3 distinct",
        "  train.epochs: 20, 40",
    ]


def test_a_question_says_what_it_holds() -> None:
    """A reader could not see what else is equal."""
    told = told_question(parse_study(ASKED).question[0])
    assert told == "depth: network.layers = 1, 2; all else held, network.units = 16"
