"""Convolutional networks: what they are made of, where they begin, and what changes a prediction."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from paribus.errors import StudyError
from paribus.networks.build import build
from paribus.networks.cnn import ConvolutionalNetwork
from paribus.networks.images import AT_ONCE
from paribus.study.configuration import Configuration
from paribus.study.spec import Network, Prepare, Train

SMALL: dict[str, Any] = {"kind": "cnn", "blocks": ["8 norm pool dropout:0.5", "12x5/2", "average"]}


def network(
    image: tuple[int, int, int] = (3, 16, 16),
    outputs: int = 1,
    seed: int = 0,
    convention: Any = "keras",
    **settings: Any,
) -> ConvolutionalNetwork:
    made = Network.model_validate(settings or SMALL)
    asked = Configuration(Prepare(), made, Train(engine="torch", convention=convention))
    built = build(asked, image, outputs, seed)
    assert isinstance(built, ConvolutionalNetwork)
    return built


def images(rows: int, image: tuple[int, int, int] = (3, 16, 16), seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).random((rows, *image), dtype=np.float32)


@pytest.mark.parametrize(
    ("kind", "every", "trained"), [("simple_cnn", 93_377, 93_377), ("enhanced_cnn", 140_449, 140_001)]
)
def test_study_d_has_its_published_parameters(kind: str, every: int, trained: int) -> None:
    """The published networks would be others, or counted otherwise than Keras counts."""
    built = network((3, 96, 96), kind=kind)
    assert sum(array.size for array in built.arrays()) == every
    assert built.n_trained == trained


def test_weights_stand_in_the_order_of_the_way_and_come_back() -> None:
    """A delivered network would answer with another one's weights."""
    built = network(hidden=[4], norm="batch", **SMALL)
    for array in built.arrays():
        assert array.flags.c_contiguous
    other = network(seed=5, hidden=[4], norm="batch", **SMALL)
    rows = images(5)
    assert (other.logits(rows) != built.logits(rows)).any()
    np.testing.assert_array_equal(other.load(built.arrays()).logits(rows), built.logits(rows))


def test_equal_layers_begin_alike_in_all_networks() -> None:
    """A comparison of two networks would also compare their luck."""
    one, other = network(kind="simple_cnn"), network(kind="enhanced_cnn")
    found, others = ({array.shape: array for array in each.arrays()} for each in (one, other))
    convolved = [shape for shape in found if len(shape) == 4]
    assert len(convolved) == 3
    for shape in convolved:
        np.testing.assert_array_equal(found[shape], others[shape])
    assert (one.arrays()[0] != network(seed=1, kind="simple_cnn").arrays()[0]).any()


@pytest.mark.parametrize(
    ("rule", "variance"),
    [
        ("he_normal", 2 / (16 * 9)),
        ("glorot_uniform", 2 / (16 * 9 + 64 * 9)),
        ("lecun_normal", 1 / (16 * 9)),
        ("normal", 0.05**2),
    ],
)
def test_filters_begin_by_the_rule_with_the_area_of_the_kernel(rule: str, variance: float) -> None:
    """Signals would grow or fade from layer to layer; Keras' networks would begin otherwise."""
    built = network((16, 8, 8), kind="cnn", blocks=["64 average"], init=rule)
    weight = built.arrays()[0]
    assert weight.shape == (64, 16, 3, 3)
    assert weight.var() == pytest.approx(variance, rel=0.05)


def test_a_row_has_the_same_bits_whatever_stands_beside_it() -> None:
    """A prediction would depend on the rest of the file it came in."""
    built, rows = network(views=2, **SMALL), images(AT_ONCE["cpu"] + 9)
    together = built.logits(rows)
    np.testing.assert_array_equal(built.logits(rows[-3:]), together[-3:])
    np.testing.assert_array_equal(built.logits(rows[7:8]), together[7:8])


def test_the_noise_of_a_row_is_its_own_whatever_the_batch() -> None:
    """Two batch sizes would also be compared by their dropout noise."""
    built = network(**SMALL).train()
    for dropout in built.dropouts():
        dropout.line = None
    built.begin(3, 0, 1, 20)
    (dropout, _) = built.dropouts()
    built.take(slice(0, 20))
    assert dropout.noise is not None
    whole = dropout.noise.clone()
    assert whole.shape == (20, 8, 8, 8)
    assert 0.45 < float((whole < 0.5).float().mean()) < 0.55
    assert not torch.equal(whole[0], whole[1])
    built.take(slice(5, 9))
    assert torch.equal(dropout.noise, whole[5:9])
    built.begin(3, 0, 2, 20)
    built.take(slice(0, 20))
    assert not torch.equal(dropout.noise, whole)


def test_dropout_drops_in_training_alone() -> None:
    """A network would be judged with holes in it, or trained without."""
    built = network(kind="cnn", blocks=["8:linear dropout:0.5 average"], init="normal").train()
    rows = built.given(images(6))
    built.begin(0, 0, 1, 6)
    built.take(slice(0, 6))
    dropped = built.maps(rows)
    plain = built.eval().maps(rows)
    zero = dropped == 0
    assert 0.4 < float(zero.float().mean()) < 0.6
    assert torch.allclose(dropped[~zero], 2 * plain[~zero])


@pytest.mark.parametrize(("views", "turned"), [(2, False), (4, False), (8, True)])
def test_views_make_a_prediction_blind_to_how_an_image_lies(views: int, turned: bool) -> None:
    """Test-time augmentation would be asked for and not done."""
    built, rows = network(views=views, **SMALL), images(4)
    plain = network(**SMALL).load(built.arrays())
    mirrored = np.ascontiguousarray(rows[:, :, :, ::-1])
    assert not np.allclose(plain.logits(mirrored), plain.logits(rows), atol=1e-6)
    np.testing.assert_allclose(built.logits(mirrored), built.logits(rows), atol=1e-6)
    right = np.ascontiguousarray(np.rot90(rows, axes=(2, 3)))
    assert np.allclose(built.logits(right), built.logits(rows), atol=1e-6) == turned


@pytest.mark.parametrize("convention", ["keras", "torch"])
def test_moving_averages_follow_the_convention(convention: str) -> None:
    """A network would be judged by other averages than the library's that it is named after."""
    built = network(kind="cnn", blocks=["4 norm average"], convention=convention).train()
    rows = built.given(images(3))
    convolved = torch.relu(built.blocks[0].layers[0](rows))  # type: ignore[index, operator]
    built(rows)
    mean, variance = built.arrays()[4:6]
    keep, correction = (0.99, 0) if convention == "keras" else (0.9, 1)
    expected = convolved.var((0, 2, 3), correction=correction).numpy(force=True)
    np.testing.assert_allclose(
        mean, (1 - keep) * convolved.mean((0, 2, 3)).numpy(force=True), rtol=1e-4, atol=1e-6
    )
    np.testing.assert_allclose(variance, keep + (1 - keep) * expected, rtol=1e-5)


@pytest.mark.parametrize("convention", ["keras", "torch"])
def test_a_last_batch_of_one_image_trains(convention: str) -> None:
    """A study would fail where its rows leave one over."""
    built = network((1, 2, 2), kind="cnn", blocks=["4 pool norm average"], convention=convention).train()
    built(built.given(images(1, (1, 2, 2)))).sum().backward()
    assert all(torch.isfinite(each).all() for each in built.state_dict().values())


def test_a_residual_adds_what_entered_the_block() -> None:
    """Deep networks would be trained without their shortcuts."""
    added = network((4, 6, 6), kind="cnn", blocks=["4:linear residual average"])
    plain = network((4, 6, 6), kind="cnn", blocks=["4:linear average"]).load(added.arrays())
    rows = added.given(images(2, (4, 6, 6)))
    assert torch.allclose(added.maps(rows), plain.maps(rows) + rows, atol=1e-6)


def test_nothing_is_changed_that_is_still_needed() -> None:
    """Activations done in place would change the images themselves, or what a residual adds."""
    built = network((4, 6, 6), kind="cnn", blocks=["activation 4:linear residual average"])
    rows = built.given(images(2, (4, 6, 6)) - 0.5)
    before = rows.clone()
    built.maps(rows)
    assert torch.equal(rows, before)


def test_pooling_before_relu_changes_no_bit() -> None:
    """A shortcut would train another network than the study says."""
    built = network(kind="cnn", blocks=["8 pool", "average"]).train()
    rows = built.given(images(6))
    weight, bias = (each.detach().clone().requires_grad_() for each in list(built.parameters())[:2])
    said = torch.nn.functional.max_pool2d(torch.relu(torch.conv2d(rows, weight, bias, padding=1)), 2)
    found = built.maps(rows)
    assert torch.equal(found, said)
    slopes = torch.randn(said.shape, generator=torch.Generator().manual_seed(1))
    slopes = slopes.contiguous(memory_format=torch.channels_last)
    found.backward(slopes)  # type: ignore[no-untyped-call]
    said.backward(slopes)  # type: ignore[no-untyped-call]
    for ours, theirs in zip(list(built.parameters())[:2], (weight, bias), strict=True):
        assert ours.grad is not None
        assert torch.equal(ours.grad, theirs.grad)  # type: ignore[arg-type]


def test_maps_and_their_summary_are_the_whole_way() -> None:
    """An explanation would look at another network than the one that predicts."""
    built = network(hidden=[4], **SMALL).eval()
    rows = built.given(images(3))
    assert built.maps(rows).shape == (3, 12, 4, 4)
    assert torch.equal(built.from_summaries(built.summary(built.maps(rows))), built(rows))


@pytest.mark.parametrize(
    ("settings", "image", "message"),
    [
        ({"kind": "simple_cnn", "views": 8}, (3, 8, 12), "are 8 high and 12 wide: use 1, 2 or 4"),
        ({"kind": "simple_cnn"}, (3, 3, 9), "a pool of 2 meets maps of 1 × 4"),
        ({"kind": "cnn", "blocks": ["8 residual average"]}, (3, 9, 9), "adds the 3 channels"),
    ],
)
def test_what_does_not_fit_the_images_is_told(
    settings: dict[str, Any], image: tuple[int, int, int], message: str
) -> None:
    """A user would meet PyTorch's error instead of a remedy."""
    with pytest.raises(StudyError, match=message):
        network(image, **settings)


def test_it_learns_what_only_neighbours_tell() -> None:
    """A convolutional network would train, and see no more than the mean of an image."""
    random = np.random.default_rng(2)
    labels = random.integers(0, 2, 128).astype(np.float32)
    stripes = np.indices((12, 12)) % 2
    rows = np.stack([stripes[int(label)] for label in labels])[:, None] + random.normal(
        0, 0.3, (128, 1, 12, 12)
    )
    built = network((1, 12, 12), kind="cnn", blocks=["8 pool", "8", "average"]).train()
    given, truth = built.given(rows.astype(np.float32)), torch.from_numpy(labels)[:, None]
    optimizer = torch.optim.Adam(built.parameters(), lr=0.02)
    for _ in range(40):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(built(given), truth)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert ((built.logits(rows.astype(np.float32)) > 0) == labels[:, None]).mean() > 0.95
