"""Designs, ranges, conditions, and the proof that all else is held."""

from __future__ import annotations

from typing import Any

import pytest

from paribus.errors import StudyError
from paribus.study.conditions import level_of
from paribus.study.configuration import Configuration
from paribus.study.designs import draw
from paribus.study.held import held
from paribus.study.plan import configurations, plan, question_configurations
from paribus.study.spec import Question, Stage, Study
from paribus.study.toml import format_study, parse_study

ACTIVATIONS = ("relu", "tanh", "gelu")
RATES = (0.1, 0.01)
WIDTHS = ([8], [16])
THREE = {"network.activation": ACTIVATIONS, "train.learning_rate": RATES, "network.hidden": WIDTHS}
MIXED = {
    "train.learning_rate": {"low": 1e-4, "high": 1e-1, "log": True},
    "train.batch_size": {"low": 16, "high": 128},
    "network.activation": {"choices": list(ACTIVATIONS)},
}
MOMENTUM: dict[str, Any] = {
    "factors": {"train.optimizer": ("sgd", "adam"), "train.momentum": (0.5, 0.9)},
    "when": {"train.momentum": {"train.optimizer": ("sgd",)}},
}


def study(*stages: dict[str, Any], **sections: Any) -> Study:
    listed = tuple(Stage(name=f"s{position}", **stage) for position, stage in enumerate(stages, 1))
    return Study(name="x", data={"source": "a", "target": "b"}, stage=listed, **sections)


def drawn(**stage: Any) -> list[dict[str, Any]]:
    return list(draw(Stage(name="s", **stage).seeded(42)))


def test_one_factor_at_a_time_holds_the_others() -> None:
    """A level's effect would be mixed with another factor's."""
    (planned,) = plan(study({"design": "ofat", "factors": THREE}, train={"learning_rate": 0.1}))
    base, *others = planned.configurations
    assert len(others) == 2 + 1 + 2  # the base's own activation and rate stand once
    for other in others:
        assert len(held([base, other]).varied) == 1


def test_pairs_cross_two_and_hold_the_rest() -> None:
    """An interaction would lack a cell, or a third factor move in it."""
    found = drawn(design="pairs", factors=THREE)
    assert len(found) == 3 * 2 + 3 * 2 + 2 * 2
    assert all(len(levels) == 2 for levels in found)


def test_a_full_factorial_is_the_grid() -> None:
    """The same words in two textbooks would mean two studies."""
    assert drawn(design="factorial", factors=THREE) == drawn(design="grid", factors=THREE)


def test_a_fraction_has_each_level_equally_often() -> None:
    """One level would be judged by fewer trials than the other."""
    factors = {f"train.{name}": (0.1, 0.2) for name in ("learning_rate", "momentum", "rho", "beta_1", "l1")}
    found = drawn(design="factorial", resolution=5, factors=factors)
    assert len(found) == 16
    for path in factors:
        assert sorted(levels[path] for levels in found) == [0.1] * 8 + [0.2] * 8


@pytest.mark.parametrize("design", ["random", "latin", "sobol"])
def test_sampled_designs_draw_from_levels_and_ranges(design: str) -> None:
    """A draw outside its range would be refused mid-study, or train what nobody asked for."""
    found = drawn(design=design, factors=MIXED, configurations=300)
    rates = sorted(levels["train.learning_rate"] for levels in found)
    sizes = {levels["train.batch_size"] for levels in found}
    assert 1e-4 <= rates[0] < 2e-4
    assert 5e-2 < rates[-1] <= 1e-1
    assert 1e-3 < rates[150] < 1e-2  # by powers of ten, not by size
    assert sizes <= set(range(16, 129))
    assert all(type(size) is int for size in sizes)
    assert {levels["network.activation"] for levels in found} == set(ACTIVATIONS)


def test_whole_numbers_reach_both_ends_equally() -> None:
    """The largest of a range would never, or half as often, be drawn."""
    found = drawn(
        design="latin", configurations=300, factors={"train.epochs": {"low": 1, "high": 3, "log": False}}
    )
    counts = [sum(levels["train.epochs"] == each for levels in found) for each in (1, 2, 3)]
    assert counts == [100, 100, 100]


def ids(asked: Study) -> set[str]:
    return {each.config_id for each in plan(asked)[0].configurations}


@pytest.mark.parametrize("design", ["random", "latin", "sobol"])
def test_a_draw_depends_on_the_seed_alone(design: str) -> None:
    """The study's file, written out and read again, would train other configurations."""
    sampled = {"design": design, "configurations": 16, "factors": MIXED}
    asked = study(sampled, seed=7)
    again = parse_study(format_study(asked))
    assert again == asked
    assert ids(again) == ids(asked)
    turned = {**sampled, "factors": dict(reversed(MIXED.items()))}
    assert ids(study(turned, seed=7, train={"l2": 0.0}, protocol={"seeds": 3})) == ids(asked)
    assert ids(study(sampled, seed=8)).isdisjoint(ids(asked))


def test_a_stage_may_have_a_seed_of_its_own() -> None:
    """A study repeated with another seed could not train the same configurations again."""
    sampled = {"design": "sobol", "configurations": 16, "factors": MIXED, "seed": 7}
    assert ids(study(sampled, seed=8)) == ids(study(sampled, seed=9))


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        ({"design": "sobol", "factors": MIXED}, "say how many, as in configurations = 64"),
        ({"design": "latin", "configurations": 9}, "draws levels of factors: give one or more"),
        ({"factors": {"network.n_parameters": (100, 200)}}, "follows from network.hidden and the data"),
        (
            {"factors": MOMENTUM["factors"]},
            'as in when."train.momentum" = { "train.optimizer" = ["sgd"] }',
        ),
        ({"factors": MIXED}, "is a range, and design 'grid' needs levels"),
        ({"configurations": 5}, "5 has no effect with design = 'grid'"),
        ({"seed": 5}, "seed belongs to 'random' or 'latin' or 'sobol'"),
        ({"design": "ofat", "resolution": 3}, "resolution belongs to 'factorial'"),
        ({"design": "factorial", "resolution": 7}, "must be at most 6"),
        ({"design": "factorial", "resolution": 3, "factors": THREE}, "has 3 levels, and a factorial"),
        ({"design": "pairs", "factors": {"train.epochs": (1, 2)}}, "give two or more"),
        ({"factors": {"train.epochs": {"low": 5, "high": 5}}}, "must be above low = 5, received 5"),
        ({"factors": {"train.l1": {"low": 0.0, "high": 1.0, "log": True}}}, "must be above 0 where log"),
        ({"factors": {"train.l1": {"low": "a", "high": 1.0}}}, "low: must be a number, received 'a'"),
        ({"factors": {"train.l1": {"low": 0.1, "hihg": 1.0}}}, "did you mean 'high'?"),
        ({"factors": {"train.l1": {"choices": 3}}}, "must be a list alone"),
        ({"when": {"train.l1": {"train.epochs": (1,)}}}, "'train.l1' is no factor of this stage"),
        (
            {**MOMENTUM, "when": {"train.momentum": {"train.optimizer": ("sdg",)}}},
            "'sdg' is no level of 'train.optimizer' in this stage, so it never holds",
        ),
        (
            {**MOMENTUM, "when": {"train.momentum": {"train.optimiser": ("sgd",)}}},
            "did you mean 'train.optimizer'?",
        ),
        ({**MOMENTUM, "when": {"train.momentum": {"train.momentum": (0.5,)}}}, "its own condition"),
    ],
)
def test_designs_that_cannot_be_are_refused(stage: dict[str, Any], told: str) -> None:
    """A misspelt range or condition would quietly draw another study."""
    with pytest.raises(StudyError) as caught:
        plan(Study(name="x", data={"source": "a", "target": "b"}, stage=({"name": "s", **stage},)))
    assert str(caught.value).startswith("stage[1].")
    assert told in str(caught.value)


def test_a_condition_that_does_not_hold_leaves_the_studys_own_level() -> None:
    """Adam would be trained twice, once for each momentum that it doesn't have, or be refused."""
    (planned,) = plan(study(MOMENTUM))
    made = [(each.train.optimizer, each.train.momentum) for each in planned.configurations]
    assert made == [("sgd", 0.5), ("sgd", 0.9), ("adam", 0.0)]


def test_a_later_stage_forgets_what_no_longer_applies() -> None:
    """A study that hands on SGD's momentum could never try Adam again."""
    asked = study(MOMENTUM, MOMENTUM)
    plan(asked)
    own = Configuration.base(asked)
    kept = configurations(asked.stage[0], [own], own)[1]
    made = configurations(asked.stage[1], [kept], own)
    assert [(each.train.optimizer, each.train.momentum) for each in made] == [
        ("sgd", 0.5),
        ("sgd", 0.9),
        ("adam", 0.0),
    ]


@pytest.mark.parametrize(
    ("epochs", "told"),
    [
        ({"low": 1, "high": 4}, ""),
        ({"low": 1, "high": 2}, "(whole numbers from 1 to 2)"),
        ({"low": 1.0, "high": 4.0}, "(a range has none)"),
    ],
)
def test_a_condition_may_look_at_a_range_of_whole_numbers(epochs: dict[str, float], told: str) -> None:
    """A factor could not be varied for deep networks alone where depth is drawn from a range."""
    stage = {
        "design": "latin",
        "configurations": 12,
        "factors": {"train.epochs": epochs, "train.l2": (0.1, 0.2)},
        "when": {"train.l2": {"train.epochs": (3, 4)}},
    }
    if told:
        with pytest.raises(StudyError) as caught:
            Study(name="x", data={"source": "a", "target": "b"}, stage=({"name": "s", **stage},))
        assert told in str(caught.value)
        return
    (planned,) = plan(study(stage))
    made = {(each.train.epochs, each.train.l2) for each in planned.configurations}
    assert made <= {(1, 0.0), (2, 0.0), (3, 0.1), (3, 0.2), (4, 0.1), (4, 0.2)}
    assert {epochs for epochs, _ in made} == {1, 2, 3, 4}


def test_conditions_may_follow_from_each_other() -> None:
    """A factor would be varied whose own condition has fallen away."""
    (planned,) = plan(
        study(
            {
                "factors": {**MOMENTUM["factors"], "train.nesterov": (False, True)},
                "when": {**MOMENTUM["when"], "train.nesterov": {"train.momentum": (0.9,)}},
            }
        )
    )
    made = {(e.train.optimizer, e.train.momentum, e.train.nesterov) for e in planned.configurations}
    assert made == {("sgd", 0.5, False), ("sgd", 0.9, False), ("sgd", 0.9, True), ("adam", 0.0, False)}


def test_many_drawn_levels_are_planned_at_once() -> None:
    """`check` would compare every draw of one stage with every draw of the next."""
    sampled = {"design": "random", "configurations": 200, "factors": MIXED}
    assert [each.n_configurations for each in plan(study(sampled, sampled))] == [200, 200]


def test_layers_and_units_can_be_looked_at() -> None:
    """No condition could ask how deep a network is."""
    base = Configuration.base(study(network={"hidden": (8, 8)}))
    uneven = Configuration.base(study(network={"hidden": (8, 4)}))
    assert (level_of(base, "network.layers"), level_of(base, "network.units")) == (2, 8)
    assert level_of(uneven, "network.units") is None
    assert level_of(base, "train.optimizer") == "adam"


def test_a_question_proves_that_all_else_is_held(small: Study) -> None:
    """A difference could be due to a setting that nobody looked at."""
    compared = [made for _, made in question_configurations(small, small.question[0])]
    proof = held(compared, small.question[0].vary)
    assert proof.is_proven
    assert proof.varied == ("network.hidden",)
    assert proof.held["train.loss"] == "auto"
    assert len(proof.held) + 1 == len(compared[0].levels)


@pytest.mark.parametrize(
    ("vary", "levels", "confounder"),
    [
        (
            "network.layers",
            (1, 2, {"network.layers": 3, "train.loss": "mse"}),
            "levels[3]: sets 'train.loss' too",
        ),
        (
            "train.loss",
            ("binary_crossentropy", {"train.loss": "mse", "network.dropout": 0.2}),
            "levels[2]: sets 'network.dropout' too",
        ),
    ],
    ids=["a depth table with an MSE row", "a loss table with a dropout row"],
)
def test_the_known_confounded_tables_are_refused(vary: str, levels: Any, confounder: str) -> None:
    """A published mistake could be repeated: depth compared while the loss moves with it."""
    with pytest.raises(StudyError) as caught:
        Study(
            name="x",
            data={"source": "a", "target": "b"},
            question=({"name": "q", "vary": vary, "levels": levels, "metric": "accuracy"},),
        )
    assert confounder in str(caught.value)
    assert f"a question varies '{vary}' alone" in str(caught.value)


def test_confounders_of_any_two_configurations_are_named() -> None:
    """`compare` would give a difference of two settings to one of them."""
    (planned,) = plan(
        study({"factors": {"network.hidden": WIDTHS, "train.loss": ("binary_crossentropy", "mse")}})
    )
    first, *_, last = planned.configurations
    assert held([first, last], "network.layers").confounders == ("train.loss",)
    assert held([first, last]).confounders == ("network.hidden", "train.loss")


def test_a_question_with_a_table_as_its_level_is_still_one_factor() -> None:
    """Early stopping could not be asked about: its levels are tables."""
    asked = Question(
        name="q", vary="train.early_stopping", levels=({"patience": 3}, {"patience": 9}), metric="f1"
    )
    compared = [made for _, made in question_configurations(study(), asked)]
    assert held(compared, asked.vary).is_proven


ADAPTIVE: dict[str, Any] = {"design": "adaptive", "factors": MIXED}


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        ({**ADAPTIVE, "configurations": 10}, "draws the first 10 at random and learns from none of 10"),
        ({**ADAPTIVE, "configurations": 40, "batch": 40}, "draws the first 40 at random"),
        ({**ADAPTIVE}, "say how many"),
        ({"design": "random", "factors": MIXED, "configurations": 40, "batch": 4}, "has no effect"),
    ],
)
def test_an_adaptive_design_that_learns_nothing_is_refused(stage: dict[str, Any], told: str) -> None:
    """A search would be `random` by another name."""
    with pytest.raises(StudyError, match=told):
        Study(name="x", data={"source": "a", "target": "b"}, stage=[{"name": "s", **stage}])


def test_what_an_adaptive_design_may_draw_is_tried_beforehand() -> None:
    """A run would stop in the night at the first momentum that is drawn for Adam."""
    factors = {"train.optimizer": ("sgd", "adam"), "train.momentum": (0.5, 0.9), **MIXED}
    asked = {"design": "adaptive", "factors": factors, "configurations": 64}
    with pytest.raises(StudyError, match="momentum belongs to"):
        plan(study(asked))
    (planned,) = plan(study({**asked, "when": MOMENTUM["when"]}))
    assert planned.n_configurations == 64


def test_an_adaptive_design_without_optuna_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run would train all other stages first, and then end with a traceback."""
    monkeypatch.setattr("paribus.study.plan.is_installed", lambda: False)
    text = format_study(study({**ADAPTIVE, "configurations": 16}))
    with pytest.raises(
        StudyError, match=r"line \d+: stage\[1\]\.design: .*pip install \"paribus\[adaptive\]\""
    ):
        parse_study(text)
