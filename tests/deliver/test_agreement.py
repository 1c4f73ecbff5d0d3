"""The delivered file and the training process say the same, whatever was prepared, built and asked for."""

from __future__ import annotations

import numpy as np
import pytest

from paribus.stats.recalibration import Isotonic, Map, Platt, Temperature
from paribus.study.options import names
from paribus.study.spec import Network, Prepare
from tests.deliver.making import model

ALLOWED = 1e-5


@pytest.mark.parametrize("scale", names("scaler"))
@pytest.mark.parametrize("encode", ["onehot", "ordinal", "target", "hashing:5"])
def test_every_scaler_with_every_encoder(scale: str, encode: str) -> None:
    """Else a deployed model would call rows otherwise than the one that was judged, unseen levels first."""
    prepare = Prepare(scale=scale, encode=encode, missing_flag=True, rare=0.2 if encode == "onehot" else 0)
    made, rows, expected = model(prepare=prepare)
    assert np.abs(made.predict_proba(rows)[:, 1] - expected).max() < ALLOWED


@pytest.mark.parametrize("impute", ["mean", "median", "most_frequent", "constant", "iterative"])
@pytest.mark.parametrize("select", ["none", "kbest:4", "pca:3", "variance:0.1"])
def test_every_imputer_with_every_kind_of_selector(impute: str, select: str) -> None:
    """Else a row with an empty cell would be completed in another way after deployment."""
    made, rows, expected = model(prepare=Prepare(impute=impute, select=select))
    assert rows.isna().any().any()
    assert np.abs(made.predict_proba(rows)[:, 1] - expected).max() < ALLOWED


@pytest.mark.parametrize("activation", names("activation"))
@pytest.mark.parametrize("norm", names("norm"))
def test_every_activation_with_every_norm(activation: str, norm: str) -> None:
    """Else a network would be another one once it is deployed."""
    network = Network(hidden=(5, 5, 3), activation=activation, norm=norm, residual=True)
    made, rows, expected = model(network=network, convention="torch" if norm == "batch" else "keras")
    assert np.abs(made.predict_proba(rows)[:, 1] - expected).max() < ALLOWED


def test_several_classes() -> None:
    """Else probabilities would stand under another class's name."""
    made, rows, expected = model("multiclass")
    assert np.abs(made.predict_proba(rows) - expected).max() < ALLOWED
    assert list(made.predict(rows)) == [made.classes[code] for code in expected.argmax(axis=1)]


def test_labels() -> None:
    """Else a label would be told from another's probability."""
    made, rows, expected = model("multilabel")
    assert np.abs(made.predict_proba(rows) - expected).max() < ALLOWED
    assert (made.predict(rows) == (expected > 0.5)).all()


@pytest.mark.parametrize("target", names("target transform"))
def test_every_transform_of_a_target(target: str) -> None:
    """Else a number would be told in other units than the target's own."""
    made, rows, expected = model("regression", prepare=Prepare(target=target))
    assert np.abs(made.predict(rows) - expected).max() < ALLOWED * expected.std()


@pytest.mark.parametrize(
    "mended",
    [Temperature(1.7), Platt(0.6, -0.4), Isotonic((0.0, 0.4, 0.4, 0.6, 1.0), (0.0, 0.2, 0.5, 0.9, 1.0))],
)
def test_recalibrated_probabilities_and_the_threshold(mended: Map) -> None:
    """Else the file would give probabilities that the report's calibration wasn't measured on."""
    made, rows, expected = model(mended=mended, threshold=0.3)
    wanted = mended(expected)
    assert np.abs(made.predict_proba(rows)[:, 1] - wanted).max() < ALLOWED
    clear = np.abs(wanted - 0.3) > ALLOWED
    called = made.predict(rows) == made.classes[1]
    assert (called[clear] == (wanted > 0.3)[clear]).all()
    assert 0 < called.sum() < len(called)


def test_a_tuned_threshold_parts_rows_that_recalibration_makes_equal() -> None:
    """Else rows above the threshold would be called negative wherever a map is flat: recall would be lost."""
    flat = Isotonic((0.0, 1.0), (0.4, 0.4))
    _, _, expected = model()
    threshold = float(np.median(expected))
    made, rows, _ = model(mended=flat, threshold=threshold, threshold_before=True)
    assert np.allclose(made.predict_proba(rows)[:, 1], 0.4)
    clear = np.abs(expected - threshold) > ALLOWED
    called = made.predict(rows) == made.classes[1]
    assert (called[clear] == (expected > threshold)[clear]).all()
    assert 0 < called.sum() < len(called)


def test_the_temperature_of_several_classes() -> None:
    """Else mended probabilities of several classes wouldn't be those of the report."""
    made, rows, expected = model("multiclass", mended=Temperature(0.6))
    assert np.abs(made.predict_proba(rows) - Temperature(0.6)(expected)).max() < ALLOWED
