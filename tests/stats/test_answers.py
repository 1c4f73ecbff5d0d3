"""Questions answered from a record: the comparison, the decision, what is held, the sentence."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from paribus.stats.answers import Answer, answers
from paribus.stats.answers.isolation import differing, isolate, told
from paribus.stats.citations import cite
from paribus.stats.held_out import HeldOut
from paribus.stats.paired_t import paired_t
from paribus.store.record import Record
from paribus.study.configuration import Configuration
from paribus.study.plan import question_configurations
from paribus.study.spec import Network, Question, Study
from tests.report.records import record, study

SEEDS = 10
SHARED = np.random.default_rng(0).normal(0.88, 0.01, SEEDS)
"""What all levels of a seed have in common."""
NOISE = np.random.default_rng(1).normal(0, 0.001, (4, SEEDS))
NOISE -= NOISE.mean(axis=1, keepdims=True)
WIDTH: dict[str, Any] = {
    "name": "width",
    "vary": "network.units",
    "hold": {"network.layers": 1},
    "metric": "accuracy",
}
Scores = Sequence[Sequence[float]]


def width(**changes: Any) -> Question:
    """A question on 16, 32 and 64 units."""
    return Question(**{**WIDTH, "levels": (16, 32, 64), **changes})


def scored(shifts: Sequence[float], spread: float = 1.0) -> Scores:
    """Scores by level and seed: what the seed gives all of them, a level's own shift, a little noise."""
    return [(SHARED + shift + spread * NOISE[place]).tolist() for place, shift in enumerate(shifts)]


def put(found: Record, asked: Study, question: Question, values: Scores) -> None:
    """Give the levels of a question these scores, and a parameter for each of its units."""
    metric = question.metric
    for (level, made), row in zip(question_configurations(asked, question), values, strict=True):
        size = level * 10 if isinstance(level, int) else 10
        for n, value in enumerate(row):
            found.connection.execute(
                f"update outcomes set metrics = json_set(metrics, '$.val.{metric}', ?), n_parameters = ?"
                " where config_id = ? and seed = ?",
                (None if isnan(value) else value, size, made.config_id, asked.seed + n),
            )


def answered(folder: Path, *asked_for: tuple[Question, Scores | None], **protocol: Any) -> list[Answer]:
    """The answers of a study with these questions; without scores, those of made-up predictions."""
    questions = tuple(question for question, _ in asked_for)
    asked = study(stage=(), question=questions, protocol={"seeds": SEEDS, **protocol})
    folder.mkdir(exist_ok=True)
    with record(folder, asked, open_sealed=False) as found:
        for question, values in asked_for:
            if values is not None:
                put(found, asked, question, values)
        return list(answers(asked, HeldOut(found, asked.protocol.is_pooled)))


def test_what_is_clearly_better_is_said_to_be(tmp_path: Path) -> None:
    """A finding would be hidden behind careful words."""
    (found,) = answered(tmp_path, (width(), scored([-0.02, -0.01, 0.0])))
    assert found.sentence == (
        "Width: 64 units is better than every other level, over 32 units, the next, by 1.0 points of accuracy"
        " (95 % interval 0.9 to 1.1, 10 seeds)."
    )
    assert {pair.decision for pair in found.pairs} == {"different"}


def test_the_simplest_of_the_same_is_chosen(tmp_path: Path) -> None:
    """The larger network would be taken for a difference that doesn't matter."""
    (found,) = answered(tmp_path, (width(margin=0.005), scored([0.0, 0.0005, 0.001])))
    assert (found.best, found.chosen) == (2, 0)
    assert found.sentence.startswith("Width: no level differs from 16 units by more than 0.5 points of")
    assert found.sentence.endswith("; choose 16 units, it has 4× fewer parameters than 64 units.")
    assert ", 10 seeds)" in found.sentence


def test_two_levels_that_are_the_same(tmp_path: Path) -> None:
    """A question of two levels would be answered as if there were more."""
    question = width(levels=(16, 64), margin=0.005)
    (found,) = answered(tmp_path, (question, scored([0.0, 0.001])))
    assert found.sentence.startswith("Width: 64 units doesn't differ from 16 units by more than 0.5 points")


def test_the_same_and_worse_are_told_apart(tmp_path: Path) -> None:
    """A level that is worse would be counted among the equals."""
    (found,) = answered(tmp_path, (width(margin=0.005), scored([-0.03, 0.0, 0.001])))
    assert found.sentence == (
        "Width: 32 and 64 units are the same within 0.5 points of accuracy; 16 units is worse, by 3.1 points"
        " of accuracy (95 % interval 3.0 to 3.2, 10 seeds); choose 32 units, it has 2× fewer parameters than"
        " 64 units."
    )


def test_what_is_ahead_by_about_the_margin_is_open_by_the_margin_alone(tmp_path: Path) -> None:
    """A difference that leaves out 0 would be called no difference."""
    (found,) = answered(tmp_path, (width(levels=(16, 64), margin=0.005), scored([0.0, 0.005])))
    (pair,) = found.pairs
    assert not pair.main.interval.low <= 0 <= pair.main.interval.high
    told = "isn't shown to be better than 16 units by more than 0.5 points of accuracy: ahead of it by 0.5"
    assert told in found.sentence


def test_an_open_question_says_how_many_seeds_would_settle_it(tmp_path: Path) -> None:
    """Chance would be read as a finding, and nobody would know how much more to run."""
    (found,) = answered(tmp_path, (width(levels=(16, 64)), scored([0.0, 0.002], spread=5)))
    assert found.sentence.startswith("Width: open; 64 units has the best mean accuracy, 0.88")
    assert (
        "but isn't shown to be better than 16 units: ahead of it by 0.2 points of accuracy" in found.sentence
    )
    assert found.needed is not None
    assert found.needed > SEEDS
    assert f"About {found.needed} seeds would settle it" in found.sentence


def test_no_number_of_seeds_is_promised_where_none_would_do(tmp_path: Path) -> None:
    """A week of computing would be spent on a difference of nothing."""
    (found,) = answered(tmp_path, (width(levels=(16, 64)), scored([0.0, 0.00001], spread=5)))
    assert "would hardly settle it: a difference lies too near 0" in found.sentence


def test_one_seed_is_never_a_finding(tmp_path: Path) -> None:
    """Differences of 0.0005 on one seed would be published once more."""
    for metric, method in (("accuracy", "mcnemar"), ("roc_auc", "delong_difference")):
        (found,) = answered(tmp_path / metric, (width(metric=metric), None), seeds=1)
        assert found.replicates == "rows"
        assert {pair.main.method for pair in found.pairs} == {method}
        assert found.sentence.startswith("Width: one seed on one split can't say; ")
        assert "24 rows" in found.sentence
        assert "neither the chance of another seed nor that of another split" in found.limits[0]


def test_a_metric_without_a_test_of_its_own_is_resampled(tmp_path: Path) -> None:
    """A question on F1 with one seed would have no answer."""
    (found,) = answered(tmp_path, (width(metric="f1"), None), seeds=1)
    assert {pair.main.method for pair in found.pairs} == {"paired_bootstrap"}


def test_nothing_finished_has_no_answer(tmp_path: Path) -> None:
    """A report of an interrupted study would crash, or make one up."""
    nothing = [[float("nan")] * SEEDS] * 3
    (found,) = answered(tmp_path, (width(), nothing))
    assert found.sentence == "Width: no level has a finished trial, so there is no answer yet."
    assert (found.best, found.pairs, found.needed) == (None, (), None)


def test_one_finished_level_is_compared_with_nothing(tmp_path: Path) -> None:
    """The first level to finish would be called the best."""
    values = [scored([0.0])[0], *[[float("nan")] * SEEDS] * 2]
    (found,) = answered(tmp_path, (width(), values))
    assert found.sentence == "Width: 16 units alone has finished trials: there is nothing to compare."


def test_levels_without_a_common_trial_are_not_compared(tmp_path: Path) -> None:
    """A half-finished run would crash, or compare different seeds."""
    values = np.array(scored([0.0, 0.0, 0.0]))
    values[0, 3:] = np.nan
    values[1, :3] = np.nan
    values[2, :3] = np.nan
    (found,) = answered(tmp_path, (width(), values.tolist()))
    assert [(pair.one, pair.other) for pair in found.pairs] == [(1, 2)]
    assert found.levels[0].estimate == pytest.approx(values[0, :3].mean())


def test_lost_trials_are_said(tmp_path: Path) -> None:
    """Diverged trials would fall out of a comparison without a word."""
    values = np.array(scored([-0.02, -0.01, 0.0]))
    asked = width()
    full = study(stage=(), question=(asked,), protocol={"seeds": SEEDS})
    with record(tmp_path, full, open_sealed=False) as found:
        put(found, full, asked, values.tolist())
        found.connection.execute(
            "update outcomes set status = 'diverged', metrics = '{}' where seed = ?", (full.seed,)
        )
        (answer,) = answers(full, HeldOut(found, is_pooled=False))
    assert answer.n == SEEDS - 1
    assert any("16 units (9 of 10)" in limit for limit in answer.limits)


def test_smaller_losses_are_better(tmp_path: Path) -> None:
    """The worst level of a loss would be called the best."""
    question = width(metric="log_loss", levels=(16, 64))
    values = scored([-0.6, -0.5])
    (found,) = answered(tmp_path, (question, values), metrics=("accuracy", "log_loss"))
    assert found.sentence.startswith("Width: 16 units is better than 64 units, by 0.1 of log_loss")


def test_a_metric_that_was_not_recorded_is_computed(tmp_path: Path) -> None:
    """A question on a metric outside protocol.metrics would have no answer."""
    (found,) = answered(tmp_path, (width(metric="brier"), None))
    assert all(0 < each.estimate < 1 for each in found.levels)


def test_all_questions_are_one_family(tmp_path: Path) -> None:
    """Ten questions would find something by chance in most studies."""
    first = width(), scored([0.0, 0.001, 0.002])
    second = width(name="wide", levels=(128, 256)), scored([0.0, 0.0008])
    for adjust, method in (("holm", "holm"), ("benjamini_hochberg", "fdr_bh")):
        found = answered(tmp_path / adjust, first, second, adjust=adjust)
        pairs = [pair for answer in found for pair in answer.pairs]
        wanted = multipletests([pair.main.p_value for pair in pairs], method=method)[1]
        assert [pair.adjusted_p for pair in pairs] == pytest.approx(wanted.tolist(), abs=1e-12)
        assert {answer.family for answer in found} == {4}
        assert adjust in found[0].methods


def test_a_finding_alone_is_none_among_many(tmp_path: Path) -> None:
    """One p value below 0.05 among many would be told as a finding."""
    many = tuple(16 * n for n in range(1, 9))
    noise = np.random.default_rng(3).normal(0, 0.01, (8, SEEDS))
    values = (SHARED + noise).tolist()
    values[7] = (SHARED + noise[6] + 0.003 + np.linspace(-0.005, 0.005, SEEDS)).tolist()
    (found,) = answered(tmp_path, (width(levels=many), values))
    pair = next(pair for pair in found.pairs if (pair.one, pair.other) == (6, 7))
    assert 0.01 < pair.main.p_value < 0.05 < pair.adjusted_p
    assert pair.decision == "open"
    assert pair.needed is not None
    assert any("findings alone" in limit for limit in found.limits)


def test_differences_are_paired_by_seed(tmp_path: Path) -> None:
    """What the seeds have in common would drown the difference."""
    values = np.array(scored([-0.02, -0.01, 0.0]))
    (found,) = answered(tmp_path, (width(), values.tolist()))
    pair = found.pairs[0]
    assert pair.main.p_value == pytest.approx(paired_t(values[0] - values[1]).p_value, rel=1e-6)
    assert pair.pairing is not None
    assert pair.pairing.sd_paired == pytest.approx((values[0] - values[1]).std(ddof=1))
    assert found.variance_removed > 0.9
    turned = found.difference(1, 0)
    assert turned is not None
    assert turned.interval.low == -pair.main.interval.high


def test_five_pairs_say_what_they_cannot_reach(tmp_path: Path) -> None:
    """p = 0.0625 would be read as nearly a finding, where five pairs can give no less."""
    (found,) = answered(tmp_path, (width(), [row[:5] for row in scored([0, 0.01, 0.02])]), seeds=5)
    said = "With 5 pairs the p value of a test on signs (Wilcoxon, permutation) can't fall below 0.0625"
    assert any(limit.startswith(said) and "6 are needed" in limit for limit in found.limits)
    (enough,) = answered(tmp_path / "6", (width(), [row[:6] for row in scored([0, 0.01, 0.02])]), seeds=6)
    assert not any("can't fall" in limit for limit in enough.limits)


def test_every_method_of_an_answer_has_its_source(tmp_path: Path) -> None:
    """A report would use a method that it can't name."""
    (found,) = answered(tmp_path, (width(margin=0.005), scored([0, 0.01, 0.02])))
    assert {"paired_t", "wilcoxon", "sign_flip", "friedman", "holm", "equivalence"} <= set(found.methods)
    assert len(cite(found.methods)) == len(set(found.methods))


def test_all_but_the_factor_is_proven_equal(tmp_path: Path) -> None:
    """A question would claim other things equal without having looked."""
    (found,) = answered(tmp_path, (width(), scored([0, 0.01, 0.02])))
    assert found.isolation.varied == ("network.hidden",)
    assert not found.isolation.confounders
    assert found.isolation.held["train.loss"] == "auto"
    assert "number of parameters (160 to 640)" in told(found.isolation)


def _made(asked: Study, **network: Any) -> Configuration:
    base = Configuration.base(asked)
    return Configuration(base.prepare, Network(**network), base.train)


def test_a_confounder_is_named() -> None:
    """The published depth table with another setting in one row would pass as a comparison."""
    asked = study()
    two = [_made(asked, hidden=(16,)), _made(asked, hidden=(16, 16), dropout=0.3)]
    found = isolate(two, "network.layers")
    assert found.confounders == ("network.dropout",)
    assert told(found).startswith("Not all else is held: network.dropout differs too")
    assert list(differing(two)) == ["network.hidden", "network.dropout"]
    both = isolate([_made(asked, hidden=(16,)), _made(asked, hidden=(32, 8))], "network.hidden")
    assert both.moves_along == ("the number of layers (1 to 2) together with their widths",)
