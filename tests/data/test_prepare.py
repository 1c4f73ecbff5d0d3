"""A user can't defend a study whose preparation isn't what its name says, or differs from run to run."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.feature_extraction import FeatureHasher
from sklearn.impute import IterativeImputer, KNNImputer, SimpleImputer
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
    TargetEncoder,
)

from paribus.data.prepare.preparation import Preparation, fit_preparation, prepare_training
from paribus.data.split import split
from paribus.errors import DataError
from paribus.seeds import stream
from paribus.study.options import names
from paribus.study.spec import Prepare, Protocol

from .helpers import array, every_option, mixed_frame, random_frame, table, told, training_part

CATEGORIES, NUMBERS = ["colour", "place"], ["x0", "x1", "x2", "x3"]


def state(purpose: str, seed: int = 7) -> int:
    return int(stream(seed, "prepare", purpose).integers(2**31))


def plain_scaler(name: str, rows: int) -> Any:
    return {
        "none": FunctionTransformer(),
        "standard": StandardScaler(),
        "minmax": MinMaxScaler(),
        "maxabs": MaxAbsScaler(),
        "robust": RobustScaler(),
        "power": PowerTransformer(),
        "quantile": QuantileTransformer(n_quantiles=min(1000, rows)),
    }[name]


def plain_imputer(word: str) -> Any:
    name, _, k = word.partition(":")
    if name == "knn":
        return make_pipeline(StandardScaler(), KNNImputer(n_neighbors=int(k)))
    if name == "iterative":
        return make_pipeline(StandardScaler(), IterativeImputer(random_state=state("impute")))
    return SimpleImputer(strategy=name, fill_value=3.0 if name == "constant" else None)


def plain_encoder(name: str) -> Any:
    folds = StratifiedKFold(5, shuffle=True, random_state=state("encode"))
    return {
        "onehot": OneHotEncoder(handle_unknown="ignore", sparse_output=False),
        "ordinal": make_pipeline(
            OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), StandardScaler()
        ),
        "target": make_pipeline(TargetEncoder(target_type="binary", cv=folds), StandardScaler()),
    }[name]


def halves(frame: pd.DataFrame) -> Any:
    """A table without its dates and flag, its first fold, and the frame's rows of both parts."""
    frame = frame.drop(columns=["day", "flag"])
    fold = split(table(frame), Protocol(test=0, validation="holdout:0.3"), 7).folds[0]
    return fold, frame.iloc[fold.training.rows], frame.iloc[fold.validation.rows]


@pytest.mark.parametrize("scale", names("scaler"))
@pytest.mark.parametrize("encode", ["onehot", "ordinal", "target"])
def test_the_whole_is_scikit_learns_pipeline(encode: str, scale: str) -> None:
    fold, training, validation = halves(mixed_frame(120))
    fitted, rows = prepare_training(Prepare(encode=encode, scale=scale), fold.training, 7)
    # (missing) is sorted after every other level by paribus, before them by its bracket
    missing = SimpleImputer(strategy="constant", fill_value="~missing")
    encoder = plain_encoder(encode)
    if encode != "onehot":
        encoder.steps[-1] = ("scale", plain_scaler(scale, len(training)))
    numbers = make_pipeline(SimpleImputer(strategy="median"), plain_scaler(scale, len(training)))
    plain = ColumnTransformer(
        [("numbers", numbers, NUMBERS), ("categories", make_pipeline(missing, encoder), CATEGORIES)]
    )
    codes = fold.training.target
    expected = plain.fit_transform(training, codes)
    np.testing.assert_allclose(array(rows.features), expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(
        array(fitted.apply(fold.validation)), plain.transform(validation), rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("impute", ["mean", "median", "most_frequent", "constant", "knn:3", "iterative"])
def test_missing_numbers_are_filled_as_by_scikit_learn(impute: str) -> None:
    fold, training, validation = halves(mixed_frame(120))
    fill = 3.0 if impute == "constant" else 0.0
    prepare = Prepare(impute=impute, scale="none", encode="ordinal", fill_value=fill)
    fitted, rows = prepare_training(prepare, fold.training, 7)
    plain = plain_imputer(impute).fit(training[NUMBERS].to_numpy(np.float64))
    for prepared, frame in ((rows.features, training), (fitted.apply(fold.validation), validation)):
        expected = plain.transform(frame[NUMBERS].to_numpy(np.float64))
        if impute in ("knn:3", "iterative"):
            expected = plain[0].inverse_transform(expected)
        np.testing.assert_allclose(array(prepared)[:, :4], expected, rtol=1e-4, atol=1e-4)


def test_most_frequent_fills_categories_and_the_others_leave_a_level_of_its_own() -> None:
    fold, *_ = halves(mixed_frame(120))
    usual = fit_preparation(Prepare(impute="most_frequent"), fold.training, 7)
    own = fit_preparation(Prepare(), fold.training, 7)
    assert "colour=(missing)" in own.features
    assert "colour=(missing)" not in usual.features
    red = usual.features.index("colour=red")
    gone = array(own.apply(fold.training))[:, own.features.index("colour=(missing)")] == 1
    assert gone.any()
    assert (usual.apply(fold.training)[gone, red] == 1).all()


def test_a_missing_flag_stands_where_training_rows_have_gaps() -> None:
    fold, _, validation = halves(mixed_frame(120))
    fitted = fit_preparation(Prepare(missing_flag=True), fold.training, 7)
    assert fitted.features[-2:] == ("x1.missing", "x3.missing")
    assert (fitted.apply(fold.validation)[:, -2] == validation["x1"].isna()).all()


@pytest.mark.parametrize("rare", [0.2, 20])
def test_rare_levels_become_one_and_unknown_ones_join_them(rare: float) -> None:
    frame = pd.DataFrame(
        {"a": ["p"] * 50 + ["q"] * 40 + ["r"] * 6 + ["s"] * 4, "b": range(100), "y": [0, 1] * 50}
    )
    part = training_part(frame)
    fitted = fit_preparation(Prepare(rare=rare), part, 7)
    assert fitted.features == ("b", "a=p", "a=q", "a=(rare)")
    assert fitted.apply(part)[:, 1:].sum(axis=1).tolist() == [1.0] * part.n_rows


@pytest.mark.parametrize("encode", ["onehot", "ordinal", "target", "hashing:7"])
@pytest.mark.parametrize("rare", [0.0, 0.3])
def test_a_level_that_training_lacks_is_no_error(encode: str, rare: float) -> None:
    """A new customer's new city must not end a study."""
    frame = mixed_frame(60)
    fold = split(table(frame), Protocol(test=0), 7).folds[0]
    new = frame.assign(place=frame["place"].where(~frame.index.isin(fold.validation.rows), "moon"))
    fold = split(table(new), Protocol(test=0), 7).folds[0]
    fitted = fit_preparation(Prepare(encode=encode, rare=rare), fold.training, 7)
    prepared = fitted.apply(fold.validation)
    assert np.isfinite(array(prepared)).all()
    assert not any("moon" in name for name in fitted.features)
    if encode == "onehot":
        place = [n for n, name in enumerate(fitted.features) if name.startswith("place=")]
        assert set(prepared[:, place].sum(axis=1)) == {1.0 if "place=(rare)" in fitted.features else 0.0}


def test_hashing_is_scikit_learns() -> None:
    fold, training, _ = halves(mixed_frame(120))
    rows = prepare_training(Prepare(encode="hashing:6"), fold.training, 7)[1]
    texts = training[CATEGORIES].fillna("(missing)")
    told = [[f"{name}={value}" for name, value in row.items()] for _, row in texts.iterrows()]
    expected = FeatureHasher(6, input_type="string").transform(told).toarray()
    assert (rows.features[:, -6:] == expected).all()


def test_too_many_levels_for_one_hot_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the memory would be filled before a word was said."""
    monkeypatch.setattr("paribus.data.prepare.encode.MOST_COLUMNS", 3)
    with pytest.raises(DataError, match=r"would make \d+ features, of which 'colour' alone.*hashing:100"):
        fit_preparation(Prepare(), training_part(mixed_frame()), 7)


@pytest.mark.parametrize(
    ("task", "prepare"),
    [
        pytest.param(task, each, id=f"{task}-{told(each)}")
        for task in ("multiclass", "regression")
        for each in every_option(task)
    ],
)
def test_the_same_rows_give_the_same_bits_here_and_after_a_pickle(task: str, prepare: Prepare) -> None:
    """Workers must train on what this process would have trained on."""
    part = training_part(mixed_frame(140, classes=3 if task == "multiclass" else 0))
    fitted, rows = prepare_training(prepare, part, 7)
    prepare_training(Prepare(scale="minmax", select="mutual_info:2"), part, 7)
    again, same = prepare_training(prepare, part, 7)
    restored: Preparation = pickle.loads(pickle.dumps(again))
    assert array(rows.features).tobytes() == array(same.features).tobytes()
    assert rows.target.tobytes() == same.target.tobytes()
    assert array(fitted.apply(part)).tobytes() == array(restored.apply(part)).tobytes()
    assert fitted.features == restored.features
    assert rows.features.dtype == np.float32
    assert array(rows.features).flags.c_contiguous
    assert np.isfinite(array(rows.features)).all()
    assert rows.features.shape[1] == fitted.n_features


@pytest.mark.parametrize("classes", [2, 0])
@pytest.mark.parametrize("scale", names("scaler"))
def test_constant_features_and_large_values_leave_no_warning_and_no_nan(scale: str, classes: int) -> None:
    frame = random_frame(60, classes=classes).assign(x1=5.0, x2=0.0)
    frame["x3"] = frame["x3"] * 1e12
    part = training_part(frame, columns={"x1": "numeric", "x2": "numeric"})
    for select in ("none", "kbest:3", "mutual_info:3", "sfs:3", "pca:3"):
        assert np.isfinite(
            array(fit_preparation(Prepare(scale=scale, select=select), part, 7).apply(part))
        ).all()


@pytest.mark.parametrize("scale", names("scaler"))
def test_two_training_rows_can_be_scaled(scale: str) -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "y": [0.5, 1.0, 2.0, 2.5]})
    part = split(table(frame), Protocol(test=0.25, validation="holdout:0.25"), 0).folds[0].training
    assert part.n_rows == 2
    assert np.isfinite(array(fit_preparation(Prepare(scale=scale), part, 0).apply(part))).all()


def test_a_column_without_a_known_training_value_is_filled() -> None:
    """A fold may hold every gap of a column, or none of its values."""
    frame = random_frame(40)
    rows = split(table(frame), Protocol(), 7).folds[0].training.rows
    frame.loc[rows, "x2"] = np.nan
    fold = split(table(frame), Protocol(), 7).folds[0]
    for impute in ("mean", "median", "most_frequent", "constant", "knn:3", "iterative"):
        fitted = fit_preparation(Prepare(impute=impute), fold.training, 7)
        assert np.isfinite(array(fitted.apply(fold.training))).all()
        assert np.isfinite(array(fitted.apply(fold.validation))).all()


@pytest.mark.parametrize("value", [1e25, -1e30])
def test_a_value_beyond_float32_is_refused_by_its_column(value: float) -> None:
    """Silently it would become infinity, and the network's loss NaN in its first epoch."""
    frame = random_frame(40).assign(x4=np.linspace(0, 1e-20, 40))
    result = split(table(frame), Protocol(), 7)
    preparation = fit_preparation(Prepare(), result.folds[0].training, 7)
    frame.loc[result.folds[0].validation.rows[0], "x4"] = value
    with pytest.raises(DataError, match=r"column 'x4' becomes .* by prepare\.scale = 'standard'.*data\.drop"):
        preparation.apply(split(table(frame), Protocol(), 7).folds[0].validation)


def test_a_narrow_column_far_from_zero_keeps_its_values() -> None:
    """Stored in 32 bits as it is, a column around 1e8 that differs by hundredths would be one value."""
    frame = random_frame(60).assign(x4=1e8 + np.arange(60) * 0.01)
    part = training_part(frame)
    scaled = array(fit_preparation(Prepare(), part, 7).apply(part))[:, 4]
    np.testing.assert_allclose(scaled, StandardScaler().fit_transform(part.rows[:, None])[:, 0], atol=1e-5)


def test_a_large_table_is_prepared_a_block_at_a_time_to_the_same_bits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Memory must not decide what a network is trained on."""
    part = training_part(mixed_frame(120))
    whole = array(fit_preparation(Prepare(scale="power"), part, 7).apply(part))
    monkeypatch.setattr("paribus.data.prepare.impute.CELLS_AT_ONCE", 1)
    assert array(fit_preparation(Prepare(scale="power"), part, 7).apply(part)).tobytes() == whole.tobytes()


def test_rows_weights_go_with_their_rows() -> None:
    """A weight that stays behind when rows are chosen would count another row."""
    frame = mixed_frame(120).assign(w=np.arange(120) + 1.0)
    part = training_part(frame, weight="w")
    assert part.weight is not None
    assert "w" not in part.names
    for name in ("none", "undersample", "oversample", "tomek", "enn"):
        rows = prepare_training(Prepare(resample=name, scale="none"), part, 7)[1]
        assert rows.weight is not None
        stands = {
            row.tobytes(): weight
            for row, weight in zip(
                fit_preparation(Prepare(scale="none"), part, 7).apply(part), part.weight, strict=True
            )
        }
        assert [stands[row.tobytes()] for row in array(rows.features)] == rows.weight.tolist()
