"""docs/engines.md from what the engines say of themselves: `python -m paribus.engines.table`."""

from __future__ import annotations

from paribus.engines.abilities import ABILITIES, told

_HEAD = """# Engines

`train.engine` says what trains: the same study, the same first weights, order of rows and noise of dropout,
by another library. It is a factor like any other. What a library can't do is refused before anything is
trained, with the key and its value. This page is made by `python -m paribus.engines.table`.

| engine | what it is | trains on | needs |
|---|---|---|---|
"""
_LIMITS = """
## Limits

A key that doesn't stand here can be anything that [arithmetic.md](arithmetic.md) has; `–`: no limit.

"""
_FOOT = """
Early stopping, schedules, restored weights and the outcome of a trial are paribus' own for every engine but
`population`, which has them by itself and is held to the others. Keras and TensorFlow are given paribus'
noise for dropout; scikit-learn has no dropout.

## Your own network

```toml
[network]
kind = "module"
module = "my_networks:MyNetwork"     # my_networks.py beside the study, or an installed module
arguments = { width = 32 }
```

`MyNetwork(n_inputs=..., n_outputs=..., width=32)` must give an `nn.Module` that turns rows into logits
(row, output); of `n_inputs`, `shape` (of a row) and `n_outputs` it is told those that it asks for by name.
Such a study runs code, so it is refused without `--trust-code`. `l1` and `l2` count its parameters of two
axes or more. The engine `torch` trains it alone. `population` trains its seeds and folds together through
`torch.func`, where its operations allow that (no random numbers of its own such as dropout, no recurrent
layers, no branches on values) and give the same bits in any company, which is tried out first (batch
normalisation doesn't); else alone. The column `reason` of trials.csv says which, and why.
"""


def page() -> str:
    """The page."""
    rows = [
        f"| {name} | {ability.what} | {', '.join(ability.devices)} |"
        f' {f"""`pip install "paribus[{ability.extra}]"`""" if ability.extra else "nothing more"} |'
        for name, ability in ABILITIES.items()
    ]
    return _HEAD + "\n".join(rows) + "\n" + _LIMITS + _limits() + _FOOT


def _limits() -> str:
    """One row a key, one column an engine that has limits."""
    engines = [name for name, ability in ABILITIES.items() if ability.limits]
    keys = dict.fromkeys((limit.key, limit.task) for name in engines for limit in ABILITIES[name].limits)
    lines = ["| key | " + " | ".join(engines) + " |", "|---" * (len(engines) + 1) + "|"]
    for key, task in keys:
        found = [
            next((told(each) for each in ABILITIES[name].limits if (each.key, each.task) == (key, task)), "–")
            for name in engines
        ]
        lines.append(f"| `{key}`{f' ({task})' if task else ''} | " + " | ".join(found) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")
