"""What fine-tuning MiniLM on a few reviews is worth, and what it takes beside a plain loop of Transformers.

    python -m benchmarks.fine_tuning DATA [--reviews 1000] [--tokens 64] [--epochs 2] [--peer-alone]

DATA holds `imdb/imdb.parquet`. Three fifths of the reviews are trained on, the others judge. First one epoch
of all of the network on 128 of them, AdamW, by paribus and by Transformers and PyTorch alone: from the same
start, with the same dropout, one thread, both predicting the same rows as often; processor seconds, and the
largest difference of a weight. Then a frozen body, its last two blocks, all of it, and all of it from random
weights.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from time import process_time
from typing import Any, cast

import numpy as np
import pandas as pd
import torch
from benchmarks.common import rows as printed
from torch import nn

from paribus.data.prepare.prepared import Prepared
from paribus.data.text.model_tokens import tokenizer_of
from paribus.engines import ENGINES
from paribus.networks.build import build
from paribus.networks.noise import order
from paribus.networks.reader import TextReader
from paribus.population.outcome import FoldArrays, Lineage, Outcome, Task
from paribus.seeds import stream
from paribus.study.configuration import Configuration
from paribus.study.representation import parse_representation
from paribus.study.spec import Network, Prepare, Train

TASK = Task("binary", 1, ("accuracy", "roc_auc"))
PEERED, SEED = 128, 1
BODIES = (("head", False, 20), ("last:2", False, 0), ("all", False, 0), ("all", True, 0))
"""What is trained, whether it begins at random, and its epochs where they aren't those of the others."""


def asked_for(tokens: int, trained: str, fresh: bool, epochs: int) -> Lineage:
    """One training."""
    prepare = Prepare(represent=f"tokenizer:minilm:{tokens}")
    network = Network(kind="pretrained", weights="minilm", trained=trained, fresh=fresh)
    train = Train(
        engine="torch",
        convention="torch",
        optimizer="adamw",
        learning_rate=1e-4,
        head_learning_rate=1e-3,
        weight_decay=0.01,
        batch_size=16,
        epochs=epochs,
    )
    return Lineage(Configuration(prepare, network, train), (epochs,), 0, SEED)


def reviews(data: Path, number: int, tokens: int) -> FoldArrays:
    """Three fifths of so many reviews to train on, the others to judge by."""
    frame = pd.read_parquet(data / "imdb" / "imdb.parquet").sample(number, random_state=0)
    places = tokenizer_of(parse_representation(f"tokenizer:minilm:{tokens}")).places(frame["text"].tolist())
    labels, cut = frame["label"].to_numpy(dtype=np.int64), number * 3 // 5
    train, val = (cast(Prepared, places[some]) for some in (slice(cut), slice(cut, None)))
    return FoldArrays(train, labels[:cut], val, labels[cut:])


def by_paribus(asked: Lineage, fold: FoldArrays) -> tuple[Outcome, float]:
    """What a training leaves, and its processor seconds."""
    begun = process_time()
    (outcome,) = ENGINES["torch"].train([asked], {asked.data: fold}, TASK)
    return outcome, process_time() - begun


def by_the_peer(asked: Lineage, fold: FoldArrays) -> tuple[list[Any], float]:
    """The weights after one epoch of Transformers and PyTorch alone, and their processor seconds."""
    torch.set_num_threads(1)
    begun = process_time()
    built = cast(TextReader, build(asked.configuration, fold.train_x.shape[1:], 1, SEED))
    body, head, train = built.body.model.train(), built.rest.output, asked.configuration.train
    groups: list[dict[str, Any]] = [
        {"params": list(body.parameters()), "lr": train.learning_rate},
        {"params": list(head.parameters()), "lr": train.head_learning_rate},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=train.weight_decay)
    rows, val = (torch.from_numpy(np.asarray(part)).long() for part in (fold.train_x, fold.val_x))
    y = torch.from_numpy(np.asarray(fold.train_y)).float()
    torch.manual_seed(int(stream(SEED, "noise", 0, 1).integers(2**63)))
    places = torch.from_numpy(order(SEED, 0, 1, len(rows)))
    for some in torch.split(places, train.batch_size):
        longest = int((rows[some] > 0).sum(1).max())
        loss = nn.functional.binary_cross_entropy_with_logits(
            _logits(body, head, rows[some, :longest]), y[some]
        )
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    body.eval()
    with torch.inference_mode():
        for part in (val, val, rows):
            for batch in torch.split(part, 32):
                _logits(body, head, batch)
    return [each.numpy(force=True) for each in built.own().values()], process_time() - begun


def _logits(body: nn.Module, head: nn.Module, rows: torch.Tensor) -> torch.Tensor:
    mask = (rows > 0).long()
    tokens = body(input_ids=(rows - 1).clamp(min=0), attention_mask=mask).last_hidden_state
    logits: torch.Tensor = head((tokens * mask[..., None]).sum(1) / mask.sum(1, keepdim=True))
    return logits[:, 0]


def beside_the_peer(fold: FoldArrays, tokens: int) -> None:
    """Print the seconds of both, and how far their weights are apart."""
    few = FoldArrays(fold.train_x[:PEERED], fold.train_y[:PEERED], fold.val_x[:32], fold.val_y[:32])
    asked = asked_for(tokens, "all", False, 1)
    outcome, ours = by_paribus(asked, few)
    weights, theirs = by_the_peer(asked, few)
    apart = max(float(np.abs(one - other).max()) for one, other in zip(outcome.weights, weights, strict=True))
    print(
        f"one epoch of {PEERED} reviews: paribus {ours:.1f} s, Transformers and PyTorch alone {theirs:.1f} s"
        f" ({theirs / ours:.2f} times as long); weights differ by {apart:.1e} at most\n"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--reviews", type=int, default=1_000)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--peer-alone", action="store_true", help="leave out what fine-tuning is worth")
    options = parser.parse_args()
    fold = reviews(options.data, options.reviews, options.tokens)
    beside_the_peer(fold, options.tokens)
    lines = []
    for trained, fresh, epochs in () if options.peer_alone else BODIES:
        asked = asked_for(options.tokens, trained, fresh, epochs or options.epochs)
        outcome, seconds = by_paribus(asked, fold)
        scores = (f"{outcome.val[name]:.3f}" for name in TASK.metrics)
        lines.append((f"{trained}{', at random' * fresh}", *scores, f"{seconds:.0f}"))
    if lines:
        print(printed(("trained", "accuracy", "ROC AUC", "processor seconds"), lines))


if __name__ == "__main__":
    main()
