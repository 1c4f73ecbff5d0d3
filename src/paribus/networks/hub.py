"""Networks that Transformers reads, from a folder or its hub: ResNet, EfficientNet, ConvNeXt, ViT.

He et al., CVPR 2016; Tan & Le, ICML 2019; Liu et al., CVPR 2022; Dosovitskiy et al., ICLR 2021.
No code of a folder's own is run, and weights are read from safetensors alone: other forms can hold code.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from paribus.data.hub import fetched
from paribus.data.prepare.pixels import BRIGHTEST, Pixels
from paribus.data.text.beside import found
from paribus.errors import DataError, StudyError
from paribus.networks.body import Body

_KEPT = ("*.json", "*.safetensors")
_PIXELS = "preprocessor_config.json"
_BLOCKS = (
    *("encoder.stages", "encoder.blocks", "encoder.layers", "encoder.layer", "transformer.layer"),
    *("layers", "stages"),
)
"""Where the families keep their blocks."""


class HubBody(Body):
    """A network of Transformers without its output."""

    def __init__(self, model: nn.Module, pixels: Pixels | None) -> None:
        super().__init__()
        self.model, self.pixels = model, pixels
        without_pooler(model)
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.num_batches_tracked = None  # a count that nothing needs is no parameter
        taken = inspect.signature(model.forward).parameters
        self.settings = {"interpolate_pos_encoding": True} if "interpolate_pos_encoding" in taken else {}

    @property
    def blocks(self) -> Sequence[nn.Module]:
        """Stages of ResNet and ConvNeXt, blocks of EfficientNet, layers of ViT; none of what isn't known."""
        return blocks_of(self.model)

    def forward(self, images: Tensor) -> Tensor:
        """See `Body`."""
        maps: Tensor = self.model(pixel_values=images, **self.settings).last_hidden_state
        return maps

    def summary(self, maps: Tensor, pool: str | None) -> Tensor:
        """See `Body.summary`. Of words it is the class's own one, where there is one."""
        if maps.ndim == 3:
            classed = hasattr(getattr(self.model, "embeddings", None), "cls_token")
            if pool is None and classed:
                return maps[:, 0]
            places = maps[:, 1:] if classed else maps
            return places.amax(1) if pool == "max" else places.mean(1)
        values = super().summary(maps, pool)
        last = getattr(self.model, "layernorm", None)
        normed: Tensor = values if last is None else last(values)
        return normed


def blocks_of(model: nn.Module) -> Sequence[nn.Module]:
    """The blocks of a network of Transformers, in the order of the way; none of what isn't known."""
    for name in _BLOCKS:
        at: Any = model
        for part in name.split("."):
            at = getattr(at, part, None)
        if isinstance(at, nn.ModuleList):
            return list(at)
    return ()


def without_pooler(model: nn.Module) -> None:
    """Drop a layer behind the words' summary, which is taken before it."""
    if getattr(model, "pooler", None) is not None and any(True for _ in model.pooler.parameters()):  # type: ignore[union-attr]
        model.pooler = None  # type: ignore[assignment]


def hub_body(source: str, fresh: bool) -> HubBody:
    """The network that `network.weights` names; by chance, from PyTorch's generator, where it is `fresh`.

    Raises StudyError for one that isn't there or reads no images, DataError for files that can't be read.
    """
    folder = model_folder(source)
    model = read_network(source, folder, fresh)
    if "pixel_values" not in inspect.signature(model.forward).parameters:
        raise StudyError(
            f"network.weights = '{source}' reads no images, and the rows are images: name a network of"
            " images, such as efficientnet_lite0"
        )
    return HubBody(model, own_pixels(folder))


def read_network(source: str, folder: Path, fresh: bool) -> nn.Module:
    """The network in a folder, without its output; by chance where it is `fresh`. Raises DataError."""
    with _quiet():
        from transformers import AutoConfig, AutoModel  # noqa: PLC0415  (the extra `pretrained`)

        missing: Sequence[str] = ()
        try:
            if fresh:
                config = AutoConfig.from_pretrained(folder, local_files_only=True)
                model = AutoModel.from_config(config)  # type: ignore[no-untyped-call]
            else:
                model, told = AutoModel.from_pretrained(
                    folder,
                    local_files_only=True,
                    use_safetensors=True,
                    dtype=torch.float32,
                    output_loading_info=True,
                )
                missing = [*told["missing_keys"], *map(str, told["mismatched_keys"])]
        except Exception as error:  # what a broken file does is Transformers' affair
            raise DataError(
                f"network.weights = '{source}': {folder} can't be read as a network of Transformers"
                f" ({_told(error)}): it needs config.json and model.safetensors, as save_pretrained writes"
                " them"
            ) from None
    lacking = [name for name in missing if not name.startswith("pooler.")]
    if lacking:
        raise DataError(
            f"network.weights = '{source}': the weights in {folder} lack {len(lacking)} arrays that its"
            f" config.json asks for, such as {lacking[0]}: save the network again, whole"
        )
    network: nn.Module = model
    return network


def model_folder(source: str) -> Path:
    """Where the network's files are: a folder, looked for as a study's data are, or a name of the hub.

    Raises StudyError for one that isn't there, or without Transformers.
    """
    if find_spec("transformers") is None:
        raise StudyError(
            f"network.weights = '{source}' needs a package that isn't installed: pip install -c"
            " constraints.txt 'paribus[pretrained]'"
        )
    folder = found(source)
    if folder is not None and not folder.is_dir():
        raise StudyError(
            f"network.weights = '{source}' is a file ({folder}): name the folder that it stands in, with its"
            " config.json, as save_pretrained writes them"
        )
    remedy = "give a folder as save_pretrained writes it, or efficientnet_lite0"
    return folder or fetched(source, _KEPT, f"network.weights = '{source}'", remedy)


def own_pixels(folder: Path) -> Pixels | None:
    """What the network's image processor makes of pixels; None without its file. Raises DataError."""
    path = folder / _PIXELS
    if not path.is_file():
        return None
    try:
        return _pixels(json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(
            f"{path} doesn't say what pixels become ({_told(error)}): it must be as save_pretrained of an"
            " image processor writes it"
        ) from None


def _pixels(told: Mapping[str, Any]) -> Pixels:
    """As the image processors of Transformers do it: rescaled, then less a mean, through a deviation."""
    scale = float(told.get("rescale_factor") or 1 / BRIGHTEST) if told.get("do_rescale", True) else 1.0
    offset = np.zeros(3) - bool(told.get("rescale_offset", False))
    factor = np.full(3, scale)
    if told.get("do_normalize", True):
        mean, deviation = (np.broadcast_to(told[key], 3).astype(float) for key in ("image_mean", "image_std"))
        factor, offset = factor / deviation, (offset - mean) / deviation
        of_efficientnet = "EfficientNet" in str(told.get("image_processor_type", ""))
        if told.get("include_top", of_efficientnet):  # its classifiers were trained on pixels divided twice
            factor, offset = factor / deviation, offset / deviation
    if not np.isfinite([factor, offset]).all():
        raise ValueError("a number isn't finite")
    return Pixels(factor.astype(np.float32), offset.astype(np.float32))


def _told(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


@contextmanager
def _quiet() -> Iterator[None]:
    """Transformers without its bars and its notes of what an output would need."""
    from transformers.utils import logging  # noqa: PLC0415

    before = logging.get_verbosity()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(before)
