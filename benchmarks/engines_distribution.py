"""Do trainings end alike in the population and in each library with the library's own random numbers?

    python -m benchmarks.engines_distribution [--configurations 100] [--seeds 10] [--peers pytorch,keras]

Random configurations, each trained from some seeds by the population (paribus' first weights, order and
dropout) and as a user of the library would write it (its own initialisers, shuffling and dropout). For each
configuration the final validation losses are compared by a Kolmogorov-Smirnov test. Were the two drawn from
one distribution, the p-values over configurations would be uniform; a discrete statistic's p-value is drawn
within its step, so that this holds exactly. Beside it the population against itself, from other seeds.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from importlib import import_module
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import ks_2samp, kstest
from sklearn.neural_network import MLPClassifier
from torch import nn

from paribus.engines import ENGINES
from paribus.engines.keras.library import library
from paribus.population.outcome import FoldArrays, Lineage, Task
from paribus.study.configuration import Configuration
from paribus.study.spec import Network, Prepare, Train

TASK = Task("binary", 1, (), ("0", "1"))
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
IN_SCIKIT_LEARN = {"relu": "relu", "tanh": "tanh", "sigmoid": "logistic"}


def fold() -> FoldArrays:
    """200 rows to train on and 200 to judge by: the sign of a noisy product."""
    random = np.random.default_rng(3)
    rows = random.standard_normal((400, 4)).astype(np.float32)
    target = (rows[:, 0] * rows[:, 1] + 0.5 * random.standard_normal(400) > 0).astype(np.int64)
    return FoldArrays(rows[:200], target[:200], rows[200:], target[200:])


def configuration(random: Random, convention: str, plain: bool) -> Configuration:
    """A random one; `plain`: of what scikit-learn has."""
    hidden = tuple(random.choice([4, 8, 16]) for _ in range(random.randint(1, 3)))
    optimizer = random.choice(["sgd", "adam"] if plain else ["sgd", "adam", "rmsprop"])
    network = Network(
        hidden=hidden,
        activation=random.choice(list(ACTIVATIONS)),
        dropout=0.0 if plain else random.choice([0.0, 0.2, 0.5]),
        init="glorot_uniform",
    )
    train = Train(
        convention="keras" if convention == "keras" else "torch",
        optimizer=optimizer,
        momentum=random.choice([0.0, 0.9]) if optimizer == "sgd" else 0.0,
        learning_rate=random.choice([0.03, 0.1]) if optimizer == "sgd" else random.choice([0.003, 0.01]),
        batch_size=random.choice([16, 32, 64]),
        epochs=20,
    )
    return Configuration(Prepare(), network, train)


def loss(logits: NDArray[Any], data: FoldArrays) -> float:
    """The validation rows' mean cross-entropy."""
    return float(np.logaddexp(0, (1 - 2 * data.val_y) * logits.astype(np.float64)).mean())


def seeds_of(asked: list[Configuration], n_seeds: int, first: int = 0) -> list[range]:
    """Seeds of each configuration, none of them twice: with common ones all would be lucky together."""
    starts = range(first, first + n_seeds * len(asked), n_seeds)
    return [range(start, start + n_seeds) for start in starts]


def population(asked: list[Configuration], seeds: list[range], data: FoldArrays) -> NDArray[np.float64]:
    """Final validation losses (configuration, seed)."""
    pairs = list(zip(asked, seeds, strict=True))
    lineages = [Lineage(each, (each.train.epochs,), 0, seed) for each, own in pairs for seed in own]
    outcomes = ENGINES["population"].train(lineages, {lineages[0].data: data}, TASK)
    found = {(outcome.config_id, outcome.seed): outcome.curves["val_loss"][-1] for outcome in outcomes}
    return np.array([[found[each.config_id, seed] for seed in own] for each, own in pairs])


def pytorch(asked: Configuration, seeds: Sequence[int], data: FoldArrays) -> list[float]:
    """A training for each seed."""
    return [_pytorch(asked, seed, data) for seed in seeds]


def _pytorch(asked: Configuration, seed: int, data: FoldArrays) -> float:
    """As PyTorch's tutorial has it."""
    torch.manual_seed(seed)
    network, train = asked.network, asked.train
    layers: list[nn.Module] = []
    width = data.train_x.shape[1]
    for units in network.hidden:
        layers += [
            nn.Linear(width, units),
            ACTIVATIONS[network.activation](),
            nn.Dropout(network.dropouts[0]),
        ]
        width = units
    model = nn.Sequential(*layers, nn.Linear(width, 1))
    for layer in model:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    optimizers: dict[str, Callable[[], torch.optim.Optimizer]] = {
        "sgd": lambda: torch.optim.SGD(model.parameters(), train.learning_rate, train.momentum),
        "adam": lambda: torch.optim.Adam(model.parameters(), train.learning_rate),
        "rmsprop": lambda: torch.optim.RMSprop(model.parameters(), train.learning_rate),
    }
    optimizer, entropy = optimizers[train.optimizer](), nn.BCEWithLogitsLoss()
    rows, truth = torch.tensor(data.train_x), torch.tensor(data.train_y, dtype=torch.float32)
    for _ in range(train.epochs):
        for batch in torch.split(torch.randperm(len(rows)), train.batch_size):
            optimizer.zero_grad()
            entropy(model(rows[batch])[:, 0], truth[batch]).backward()
            optimizer.step()
    model.eval()
    with torch.no_grad():
        return loss(model(torch.tensor(data.val_x))[:, 0].numpy(), data)


def keras(asked: Configuration, seeds: Sequence[int], data: FoldArrays) -> list[float]:
    """As Keras' guide has it: compile and fit, its own first weights and dropout, tf.data's shuffling.

    Compiled once; each seed begins with newly drawn weights and the optimizer as it was when it was new. All
    epochs are one call of fit, for its own work between epochs takes ten times as long as these trainings.
    """
    k, data_sets = library("tensorflow"), import_module("tensorflow").data.Dataset
    k.utils.set_random_seed(seeds[0])
    network, train = asked.network, asked.train
    layers = [k.Input((data.train_x.shape[1],))]
    for units in network.hidden:
        layers += [k.layers.Dense(units, network.activation), k.layers.Dropout(network.dropouts[0])]
    model = k.Sequential([*layers, k.layers.Dense(1)])
    optimizers: dict[str, Callable[[], Any]] = {
        "sgd": lambda: k.optimizers.SGD(train.learning_rate, train.momentum),
        "adam": lambda: k.optimizers.Adam(train.learning_rate),
        "rmsprop": lambda: k.optimizers.RMSprop(train.learning_rate),
    }
    optimizer = optimizers[train.optimizer]()
    entropy = k.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer, entropy, jit_compile=False, steps_per_execution=train.epochs)
    optimizer.build(model.trainable_variables)
    new = [variable.numpy() for variable in optimizer.variables]
    found = []
    for seed in seeds:
        k.utils.set_random_seed(seed)
        for layer in model.layers:
            if isinstance(layer, k.layers.Dense):
                layer.kernel.assign(k.initializers.GlorotUniform()(layer.kernel.shape))
                layer.bias.assign(k.initializers.Zeros()(layer.bias.shape))
        for variable, value in zip(optimizer.variables, new, strict=True):
            variable.assign(value)
        rows = data_sets.from_tensor_slices((data.train_x, data.train_y))
        shuffled = rows.shuffle(len(data.train_y), reshuffle_each_iteration=True)
        model.fit(shuffled.batch(train.batch_size).repeat(train.epochs), verbose=0)
        found.append(loss(model(data.val_x, training=False).numpy()[:, 0], data))
    k.utils.clear_session()
    return found


def scikit_learn(asked: Configuration, seeds: Sequence[int], data: FoldArrays) -> list[float]:
    """A training for each seed."""
    return [_scikit_learn(asked, seed, data) for seed in seeds]


def _scikit_learn(asked: Configuration, seed: int, data: FoldArrays) -> float:
    """MLPClassifier's partial_fit for every epoch, its own shuffling.

    Its own first weights have another distribution (biases drawn too, narrower for logistic): these are
    drawn by NumPy in paribus' rule.
    """
    network, train, random = asked.network, asked.train, np.random.default_rng(seed)
    model = MLPClassifier(
        network.hidden,
        activation=IN_SCIKIT_LEARN[network.activation],
        solver=train.optimizer,
        alpha=0.0,
        batch_size=train.batch_size,
        learning_rate_init=train.learning_rate,
        momentum=train.momentum,
        nesterovs_momentum=False,
        random_state=np.random.RandomState(seed),
    )
    rows, truth = np.asarray(data.train_x, np.float64), data.train_y
    model.partial_fit(rows[:64], truth[:64], classes=[0, 1])
    for weights, bias in zip(model.coefs_, model.intercepts_, strict=True):
        limit = np.sqrt(6 / sum(weights.shape))
        weights[:], bias[:] = random.uniform(-limit, limit, weights.shape), 0
    del model._optimizer
    for _ in range(train.epochs):
        model.partial_fit(rows, truth)
    p = model.predict_proba(np.asarray(data.val_x, np.float64))[:, 1]
    return loss(np.log(p) - np.log1p(-p), data)


PEERS: dict[str, Callable[[Configuration, Sequence[int], FoldArrays], list[float]]] = {
    "pytorch": pytorch,
    "keras": keras,
    "scikit_learn": scikit_learn,
}


def drawn_p(one: NDArray[Any], other: NDArray[Any], null: NDArray[Any], random: np.random.Generator) -> float:
    """A p-value that is uniform where both samples have one distribution."""
    statistic = ks_2samp(one, other, method="asymp").statistic
    beyond, same = (null > statistic + 1e-9).mean(), (np.abs(null - statistic) < 1e-9).mean()
    return float(beyond + random.uniform() * same)


def main() -> None:
    """Print a line for each peer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--configurations", type=int, default=100)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--peers", default=",".join(PEERS))
    given = parser.parse_args()
    torch.set_num_threads(1)
    data, random = fold(), np.random.default_rng(1)
    ranks = [random.permutation(2 * given.seeds) for _ in range(20_000)]
    null = np.array(
        [ks_2samp(each[: given.seeds], each[given.seeds :], method="asymp").statistic for each in ranks]
    )
    for peer in given.peers.split(","):
        draw = Random(7)
        asked = [configuration(draw, peer, peer == "scikit_learn") for _ in range(given.configurations)]
        if peer == "scikit_learn":  # its Adam is Keras' form, of another epsilon
            asked = [_with_epsilon(each) for each in asked]
        seeds = seeds_of(asked, given.seeds)
        ours = population(asked, seeds, data)
        again = population(asked, seeds_of(asked, given.seeds, 10**6), data)
        pairs = zip(asked, seeds, strict=True)
        theirs = np.array([PEERS[peer](each, own, data) for each, own in pairs])
        for name, other in ((peer, theirs), ("the population from other seeds", again)):
            p = np.array([drawn_p(*pair, null, random) for pair in zip(ours, other, strict=True)])
            uniform, mean = kstest(p, "uniform"), (np.log(other) - np.log(ours)).mean(axis=1)
            print(
                f"population against {name}: {len(p)} configurations x {given.seeds} seeds;"
                f" p below 0.05: {(p < 0.05).mean():.3f}, 0.5: {(p < 0.5).mean():.3f};"
                f" p-values uniform: KS {uniform.statistic:.3f}, p = {uniform.pvalue:.3f};"
                f" mean ratio of losses {np.exp(mean.mean()):.4f}"
                f" (standard error {mean.std(ddof=1) / len(mean) ** 0.5:.4f})",
                flush=True,
            )


def _with_epsilon(asked: Configuration) -> Configuration:
    train = asked.train.model_dump() | {"convention": "keras"}
    if train["optimizer"] == "adam":
        train["epsilon"] = 1e-8
    return Configuration(asked.prepare, asked.network, Train(**train))


if __name__ == "__main__":
    main()
