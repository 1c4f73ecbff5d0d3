"""A user's own network: trusted or refused, trained alone or together, predicted with later."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from paribus.engines import ENGINES
from paribus.errors import StudyError
from paribus.networks.module import code_digest, distrust, factory, trust
from paribus.networks.predict import predict
from paribus.population.outcome import Lineage, Outcome
from tests.draw import FOLD, TASKS, configuration, fold, relative, same

OWN = "tests.networks.own_networks"


pytestmark = pytest.mark.usefixtures("trusted")


def lineage(name: str, seed: int = 1, **train: object) -> Lineage:
    """A training of one of the networks beside this file."""
    made = configuration({"kind": "module", "module": f"{OWN}:{name}"}, **{"epochs": 4, **train})
    return Lineage(made, (2, 4), 0, seed)


def trained(engine: str, *lineages: Lineage, kind: str = "binary") -> list[Outcome]:
    """What they leave."""
    return ENGINES[engine].train(lineages, {FOLD: fold(kind)}, TASKS[kind])


def test_code_is_not_run_without_a_word() -> None:
    """Opening a study from elsewhere would run whatever it names."""
    distrust()
    with pytest.raises(StudyError, match="--trust-code"):
        factory(f"{OWN}:Plain")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("nowhere_at_all:Net", "can't be imported"),
        (f"{OWN}:Nothing", "can't be imported"),
        (f"{OWN}:NUMBER", "must be a class or a function"),
    ],
)
def test_what_is_no_network_is_told(path: str, told: str) -> None:
    """A misspelt name would be a fault of ours, an hour later."""
    with pytest.raises(StudyError, match=told):
        factory(path)


@pytest.mark.parametrize(("name", "told"), [("no_module", "must give an nn.Module")])
def test_a_function_that_gives_no_module_is_told(name: str, told: str) -> None:
    """Its user would see PyTorch's complaint about something else."""
    with pytest.raises(StudyError, match=told):
        trained("torch", lineage(name))


def test_wrong_outputs_are_told() -> None:
    """A loss over broadcast shapes would train nonsense."""
    with pytest.raises(RuntimeError, match=r"must give logits .*\(\d+, 1\), and it gave \(\d+, 2\)"):
        trained("torch", lineage("Wrong"))


@pytest.mark.parametrize("engine", ["torch", "population"])
@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("name", ["Plain", "Normed", "Convolved", "Dropping"])
def test_predictions_come_again_from_the_weights(name: str, kind: str, engine: str) -> None:
    """The sealed part would be judged by another network than the one that was trained."""
    asked = lineage(name)
    outcome = trained(engine, asked, kind=kind)[-1]
    predicted = predict(asked.configuration, outcome.weights, fold(kind).val_x, kind, TASKS[kind].n_outputs)
    assert outcome.predictions is not None
    np.testing.assert_allclose(predicted, outcome.predictions, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["Plain", "Convolved", "Squeezed"])
@pytest.mark.parametrize(
    "train", [{}, {"optimizer": "sgd", "clip_norm": 0.1, "l2": 0.01, "convention": "torch"}]
)
def test_together_is_the_loop(name: str, train: dict[str, object]) -> None:
    """A network would be another one in a population than by itself."""
    lineages = [lineage(name, seed, **train) for seed in (1, 2, 3)]
    together, alone = trained("population", *lineages), trained("torch", *lineages)
    for ours, theirs in zip(together, alone, strict=True):
        assert ours.reason == "trained in a population by torch.func"
        assert (ours.seed, ours.config_id, ours.epochs_run) == (
            theirs.seed,
            theirs.config_id,
            theirs.epochs_run,
        )
        assert max(relative(a, b) for a, b in zip(ours.weights, theirs.weights, strict=True)) < 1e-4


@pytest.mark.parametrize("name", ["Plain", "Normed", "Convolved"])
def test_company_changes_no_bit(name: str) -> None:
    """A trial would depend on what it was trained beside."""
    lineages = [lineage(name, seed) for seed in range(5)]
    together = {(each.seed, each.config_id): each for each in trained("population", *lineages)}
    for alone in trained("population", lineages[3]) + trained("population", *lineages[1:3]):
        assert same(alone, together[alone.seed, alone.config_id])


def test_what_company_would_change_is_trained_alone() -> None:
    """Batch normalisation sums over members and units at once: its last bits would tell of its neighbours."""
    outcomes = trained("population", *(lineage("Normed", seed) for seed in range(3)))
    assert {outcome.reason for outcome in outcomes} == {
        "trained alone: beside others its last bits would be other ones"
    }


def test_random_numbers_of_its_own_are_named_by_seed_and_epoch() -> None:
    """Two runs of one study would differ, and company would change a network's dropout."""
    one, other = lineage("Dropping"), lineage("Dropping", 2)
    beside, alone = trained("population", other, one)[2:], trained("torch", one)
    assert all(outcome.reason.startswith("trained alone: torch.func") for outcome in beside)
    for ours, theirs in zip(beside, alone, strict=True):
        assert same(ours.__class__(**{**ours.__dict__, "reason": ""}), theirs)


def test_each_folder_has_its_own_code(tmp_path: Path) -> None:
    """The network of another study, or of before an edit, would be trained under this one's name."""
    source = "from torch import nn\n\ndef net(n_inputs):\n    return nn.Linear(n_inputs, {})\n"
    sizes, digests = [], []
    for name, outputs in (("a", 1), ("b", 2), ("a", 3)):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "own_net_of_a_study.py").write_text(source.format(outputs))
        trust(tmp_path / name)
        sizes.append(factory("own_net_of_a_study:net")(4).out_features)
        digests.append(code_digest("own_net_of_a_study:net"))
    assert sizes == [1, 2, 3]
    assert len(set(digests)) == 3
