"""The study as a value: what can't be used can't be made."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from paribus.errors import StudyError
from paribus.study.factors import factor_paths
from paribus.study.options import METRICS, OPTIONS, names
from paribus.study.spec import MOST_CONFIGURATIONS, Protocol, Stage, Study


def make(**sections: Any) -> Study:
    return Study(**{"name": "x", "data": {"source": "a", "target": "b"}, **sections})


def refused(**sections: Any) -> str:
    with pytest.raises(StudyError) as caught:
        make(**sections)
    return str(caught.value)


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        ({"seed": -1}, "seed: must be 0 or more, received -1"),
        ({"name": "n" * 201}, "name: must be text of at most 200 characters, received 'nnn"),
        ({"name": ".."}, "name: must be one line of text"),
        ({"name": "a\nb"}, "name: must be one line of text"),
        ({"data": 3}, "data: must be a table, received 3"),
        ({"data": {"source": "a"}}, "data.target: is missing"),
        ({"data": {"source": "a", "target": "b", "positive": ["c"]}}, "data.positive: must be one value"),
        ({"protocol": {"test": 1.0}}, "protocol.test: must be below 1, received 1.0"),
        ({"protocol": {"test": 0.9, "validation": "holdout:0.2"}}, "protocol.validation: test = 0.9 and"),
        (
            {"protocol": {"validation": "kfolds:10"}},
            "is no validation, did you mean 'kfold'? (allowed: holdout",
        ),
        ({"protocol": {"validation": "kfold:x"}}, "'x' in 'kfold:x' is not a whole number"),
        ({"protocol": {"robustness": {"seeds": 1}}}, "seeds: must be 2 or more"),
        ({"protocol": {"validation": "kfold:1"}}, "'kfold:1': the number of folds must be 2 or more"),
        ({"protocol": {"validation": "nested:5"}}, "'nested' needs 2 numbers, as in 'nested:5x5'"),
        ({"protocol": {"validation": "repeated_kfold:999x99"}}, "98,901 folds, and a study may have 5,000"),
        ({"protocol": {"validation": "monte_carlo:20x1.5"}}, "the share must lie above 0 and below 1"),
        ({"protocol": {"validation": "group_kfold:5"}}, "needs a column that says each row's group"),
        ({"protocol": {"validation": "given"}}, "needs a column that says each row's part"),
        ({"protocol": {"stopping": 1.0}}, "protocol.stopping: must be below 1, received 1.0"),
        (
            {"data": {"source": "a", "target": "b", "time": "t"}},
            "data.time: has no effect with protocol.validation = 'holdout:0.15'",
        ),
        (
            {"data": {"source": "a", "target": "b", "group": "g"}, "protocol": {"validation": "time:5"}},
            "data.group: groups can't be kept whole in the order of time",
        ),
        (
            {"data": {"source": "a", "target": "b", "split": "s", "test": "c.csv"}},
            "data.test: test rows are given by data.split and by data.test",
        ),
        ({"data": {"source": "a", "target": "b", "group": "b"}}, "data.group: 'b' is data.target too"),
        (
            {"data": {"source": "a", "target": "b", "split": {"column": "c", "test": "9..1"}}},
            "data.split: '9..1' is no range: write the least and the most, as in '39..72'",
        ),
        (
            {"data": {"source": "builtin:circle", "target": "b"}},
            "data.source: 'circle' is no builtin data set, did you mean 'circles'?",
        ),
        (
            {"data": {"source": "builtin:circles?row=3", "target": "b"}},
            "'row' is no parameter of 'builtin:circles', did you mean 'rows'? (allowed: rows, noise,",
        ),
        (
            {"data": {"source": "builtin:moons?noise=-1", "target": "b"}},
            "noise must be 0 or more, received -1",
        ),
        ({"protocol": {"validation": "holdout"}}, "'holdout' needs a number, as in 'holdout:0.15'"),
        ({"protocol": {"seeds": 0}}, "protocol.seeds: must be 1 or more, received 0"),
        ({"protocol": {"metrics": []}}, "protocol.metrics: must be a list of 1 or more, received []"),
        ({"protocol": {"metrics": ["acuracy"]}}, "'acuracy' is no metric, did you mean 'accuracy'?"),
        ({"protocol": {"metrics": ["f1", "f1"]}}, "protocol.metrics[2]: 'f1' stands twice"),
        ({"prepare": {"select": "sfs:0"}}, "'sfs:0': the number must be 1 or more"),
        ({"prepare": {"select": "none:6"}}, "'none' takes no number"),
        (
            {"prepare": {"resample": "smoke"}},
            "prepare.resample: 'smoke' is no sampler, did you mean 'smote'?",
        ),
        ({"network": {"hidden": [0]}}, "network.hidden[1]: must be 1 or more, received 0"),
        ({"network": {"hidden": [1] * 65}}, "network.hidden: must be a list of at most 64"),
        ({"network": {"learning_rate": 1.0}}, "unknown key 'learning_rate': it belongs in [train]"),
        ({"network": {"hiden": [1]}}, "unknown key 'hiden', did you mean 'hidden'?"),
        ({"train": {"epochs": "2"}}, "train.epochs: must be a whole number, received '2'"),
        ({"train": {"epochs": True}}, "train.epochs: must be a whole number, received true"),
        ({"train": {"learning_rate": float("inf")}}, "must be a finite number, received inf"),
        ({"train": {"momentum": 0.5}}, "train.momentum: 0.5 has no effect with optimizer = 'adam'"),
        (
            {"train": {"early_stopping": {"monitor": "loss"}}},
            "'loss' is no monitor, did you mean 'val_loss'?",
        ),
        ({"stage": [{"name": "s", "factors": {"train.epochs": []}}]}, "has no levels: give at least one"),
        ({"stage": [{"name": "s", "factors": {"train.epochs": [1, 1.0]}}]}, "[2]: 1.0 stands twice"),
        ({"stage": [{"name": "s"}, {"name": "s"}]}, "stage[2].name: two stages are named 's'"),
        ({"stage": {"name": "s"}}, "write [[stage]] in double brackets"),
        (
            {"stage": [{"name": "s", "factors": {"train": {"epochs": [1]}}}]},
            'in quotes: "train.epochs" = [...]',
        ),
        ({"stage": [{"name": "s", "keep": "top"}]}, "'top' needs a number, as in 'top:6'"),
        (
            {"stage": [{"name": "s", "design": "sobel"}]},
            "'sobel' is no design, did you mean 'sobol'? (allowed: grid, list, ofat, pairs,",
        ),
        (
            {"stage": [{"name": "s", "design": "list", "factors": {"a": [1], "b": [1, 2]}}]},
            "stage[1].factors: design 'list' takes the first levels together",
        ),
        (
            {"question": [{"name": "q", "vary": "a", "levels": [1, 2], "hold": {"a": 1}, "metric": "f1"}]},
            "question[1].hold.a: is varied and held at once",
        ),
        ({"question": [{"name": "q", "vary": "a", "levels": [1], "metric": "f1"}]}, "a list of 2 or more"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_path(sections: dict[str, Any], told: str) -> None:
    """Else a mistake would train for hours before it shows, or never show."""
    assert told in refused(**sections)


def test_no_message_is_pydantics() -> None:
    """Else a beginner would read of tuples, inputs and validation."""
    told = refused(
        seed=2**63,
        protocol={"test": -1.0, "metrics": "f1"},
        network={"hidden": "a", "dropout": 1.0},
        train={"epochs": 0, "learning_rate": 0.0, "batch_size": 10**10, "early_stopping": 3},
    )
    assert len(told.splitlines()) == 9
    assert not any(word in told.lower() for word in ("input", "tuple", "validation", "instance"))


def test_a_grid_too_large_to_hold_is_refused_at_once() -> None:
    """Else check would eat all memory instead of answering."""
    factors: dict[str, Any] = {f"f{number}": tuple(range(10)) for number in range(7)}
    with pytest.raises(ValidationError, match="10,000,000 configurations"):
        Stage(name="s", factors=factors)
    assert MOST_CONFIGURATIONS < 10**7


def test_a_study_never_changes() -> None:
    """Else what was planned could differ from what is trained."""
    with pytest.raises(ValidationError):
        make().network.dropout = 0.5  # type: ignore[misc]


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: f"{option.family} {option.name}")
def test_every_listed_option_can_be_asked_for(option: Any) -> None:
    """Else `paribus options` would promise what a study refuses."""
    usual = {"share": "0.2", "threshold": "0.1", **dict.fromkeys(("k", "n", "p", "folds"), "3")}
    usual |= dict.fromkeys(("repeats", "outer", "inner"), "2")
    numbers = [usual[key] for key, _ in option.arguments if key in usual]
    value = option.name + (f":{'x'.join(numbers)}" if numbers else "")
    if option.family == "builtin":
        given = {"rows": "60", "informative": "2", "features": "7", "size": "32", "difficulty": "1"}
        asked = "&".join(f"{key}={given.get(key, '2')}" for key, _ in option.arguments if key != "noise")
        value = f"builtin:{value}" + (f"?{asked}" if asked else "")
    columns = {"source": "a", "target": "b"}
    needed: dict[str, Any] = {
        "module": {"module": "a:B"},
        "cnn": {"blocks": ["8 average"]},
        "pretrained": {"weights": "a"},
    }
    column: Any = {"ordinal": ["low", "high"]} if value == "ordinal" else value
    places: dict[str, Any] = {
        "column": {"data": {**columns, "columns": {"c": column}}},
        "builtin": {"data": {**columns, "source": value}},
        "representation": {"prepare": {"represent": value if value == "none" else f"{value}:100"}},
        "imputer": {"prepare": {"impute": value}},
        "encoder": {"prepare": {"encode": value}},
        "estimator": {"prepare": {"select": "sfs:3", "select_with": value}},
        "sampler": {"prepare": {"resample": value}},
        "target transform": {"prepare": {"target": value}},
        "class_weight": {"prepare": {"class_weight": value}},
        "dropout": {"network": {"dropout": 0.1, "dropout_kind": value}},
        "norm": {"network": {"norm": value}},
        "init": {"network": {"init": value}},
        "schedule": {"train": {"schedule": {"name": value}}},
        "scaler": {"prepare": {"scale": value}},
        "selector": {"prepare": {"select": value}},
        "network": {"network": {"kind": value, **needed.get(value, {})}},
        "activation": {"network": {"activation": value}},
        "optimizer": {"train": {"optimizer": value}},
        "loss": {"train": {"loss": value}},
        "augmentation": {
            "train": {"augment": {value: {"flip": "both", "turn": True, "fill": "nearest"}.get(value, 0.1)}}
        },
        "engine": {"train": {"engine": value}},
        "validation": {
            "data": {
                **columns,
                **{"group_kfold": {"group": "g"}, "given": {"split": "s"}}.get(option.name, {}),
            },
            "protocol": {"validation": value},
        },
        "open": {"protocol": {"open": value}},
        "metric": {"protocol": {"metrics": [value]}},
        "design": {
            "stage": [
                {
                    "name": "s",
                    "design": value,
                    "factors": {"train.epochs": [1, 2], "train.batch_size": [8, 16]},
                    **({"configurations": 16} if "stage.configurations" in dict(option.arguments) else {}),
                }
            ]
        },
        "keep": {"stage": [{"name": "s", "keep": value}]},
    }
    assert make(**places[option.family]) == make(**places[option.family])


def test_options_name_keys_that_exist() -> None:
    """Else `paribus options` would send its reader to a key that is refused."""
    known = {*factor_paths(), *(f"stage.{key}" for key in Stage.model_fields)}
    for option in OPTIONS:
        assert {key for key, _ in option.arguments if "." in key} <= known
    assert names("metric") == tuple(METRICS)


def test_the_validation_share_is_read_from_its_word() -> None:
    """Else 'holdout:0.2' would split off another share."""
    assert Protocol(validation="holdout:0.2").share == 0.2
