"""The weights and all fitted numbers as safetensors, and what they mean as JSON: for readers of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from paribus.deliver.making import Trained
from paribus.deliver.networks import network_of
from paribus.deliver.recipe import Recipe
from paribus.deliver.schema import Schema
from paribus.networks.mlp import blocks
from paribus.stats.recalibration import Map

Arrays = dict[str, NDArray[Any]]
_NAMES = {"weights": ("weight", "bias"), "norm": ("scale", "shift"), "moving": ("mean", "variance")}


def tensors(schema: Schema, members: Sequence[Trained], recipes: Sequence[Recipe | None]) -> bytes:
    """Every array by its name: `0.layer.2.weight` is (input, output) of member 0's third layer. Networks of
    other kinds: by PyTorch's names.
    """
    arrays: Arrays = {}
    for place, (member, recipe) in enumerate(zip(members, recipes, strict=True)):
        found = {**dict(_network(member, schema)), **(dict(_preparation(recipe)) if recipe else {})}
        arrays |= {f"{place}.{name}": np.ascontiguousarray(array) for name, array in found.items()}
    return bytes(save(arrays, metadata={"made_by": "paribus"}))


def _network(member: Trained, schema: Schema) -> Iterator[tuple[str, NDArray[Any]]]:
    network, arrays = member.configuration.network, member.weights
    if network.kind != "mlp":
        whole = network_of(member.configuration, member.weights, schema).state_dict()
        yield from ((f"network.{name}", each.numpy(force=True)) for name, each in whole.items())
        return
    n_features, n_outputs = arrays[0].shape[0] - 1, arrays[len(network.hidden)].shape[1]
    for block, array in zip(blocks(network, n_features, n_outputs), arrays, strict=True):
        first, second = (array[:-1], array[-1]) if block.kind == "weights" else (array[0], array[1])
        group = "layer" if block.kind == "weights" else block.kind
        for name, values in zip(_NAMES[block.kind], (first, second), strict=True):
            yield f"{group}.{block.layer}.{name}", values


def _preparation(recipe: Recipe) -> Iterator[tuple[str, NDArray[Any]]]:
    filling = recipe.filling
    found: dict[str, Any] = {"offsets": recipe.offsets, "fill": filling.fill, "kept": recipe.kept}
    found |= {"fill.mean": filling.mean, "fill.scale": filling.scale}
    found |= {f"fill.steps.{name}": array for name, array in filling.steps.items()}
    for name, scaling in (("scale", recipe.scaling), ("target", recipe.target)):
        found |= {f"{name}.{key}": array for key, array in scaling.numbers.items()} if scaling else {}
    if recipe.text is not None and recipe.text.idf is not None:
        found["idf"] = recipe.text.idf
    if recipe.pixels is not None:
        found |= {"pixels.scale": recipe.pixels.scale, "pixels.offset": recipe.pixels.offset}
    for place, encoding in enumerate(recipe.encodings):
        found |= {f"encode.{place}.{key}": getattr(encoding, key) for key in ("table", "bucket", "value")}
    if recipe.components is not None:
        found |= {"pca.mean": recipe.components[0], "pca.matrix": recipe.components[1]}
    for name, array in found.items():
        if array is not None and np.size(array):
            yield f"prepare.{name}", np.asarray(array)


def meaning(
    schema: Schema,
    members: Sequence[Trained],
    recipes: Sequence[Recipe | None],
    mended: Map,
    notes: Sequence[str],
) -> str:
    """What the arrays mean: the description, each member's features, levels and settings, as JSON."""
    told = {
        "schema": schema.model_dump(mode="json"),
        "notes": list(notes),
        "calibration": {"method": schema.calibration, **_plain(mended)},
        "members": [
            {
                "features": list(member.preparation.features),
                "flags": list(recipe.flags) if recipe else [],
                "levels": [
                    {"column": each.column, "places": each.places, "default": each.default}
                    for each in (recipe.encodings if recipe else ())
                ],
            }
            for member, recipe in zip(members, recipes, strict=True)
        ],
        "arrays": "docs/models.md says what each array is",
    }
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def _plain(mended: Map) -> dict[str, Any]:
    return asdict(mended)  # type: ignore[call-overload,no-any-return]
