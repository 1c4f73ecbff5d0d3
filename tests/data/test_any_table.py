"""Any table ends in finite numbers or in a refusal that its owner understands."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paribus.data.load import load
from paribus.data.prepare.preparation import prepare_training
from paribus.data.profile import table_profile
from paribus.data.split import split
from paribus.errors import UserError
from paribus.study.spec import Data, Prepare, Protocol

from .helpers import array, every_option, real, table

CELLS: dict[str, st.SearchStrategy[Any]] = {
    "number": st.floats(-1e6, 1e6, width=32) | st.none(),
    "whole": st.integers(-3, 3) | st.none(),
    "truth": st.booleans() | st.none(),
    "level": st.sampled_from(["u", "v", "w", "?", "", " u", "1", None]),
    "text": st.text(max_size=5) | st.none(),
    "date": st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)) | st.none(),
    "written": st.sampled_from(["2024-01-31", "2024-02-01", "1999-12-31", None, "?"]),
    "mixed": st.one_of(st.integers(0, 9), st.sampled_from(["a", "3", "?"]), st.none(), st.booleans()),
}
OPTIONS = [each for each in every_option("binary") if not each.select.startswith(("sfs", "sbs", "mutual"))]


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """A table of any columns, with at least four rows of each of two classes."""
    rows = draw(st.integers(24, 40))
    kinds = draw(st.lists(st.sampled_from(list(CELLS)), min_size=1, max_size=5))
    columns: dict[str, Any] = {
        f"{kind} {place}": draw(st.lists(CELLS[kind], min_size=rows, max_size=rows))
        for place, kind in enumerate(kinds)
    }
    codes = draw(st.lists(st.sampled_from(["n", "p"]), min_size=rows - 12, max_size=rows - 12))
    return pd.DataFrame({**columns, "y": [*(["n", "p"] * 6), *codes]})


@settings(max_examples=80)
@given(frame=frames(), prepare=st.sampled_from(OPTIONS))
def test_any_table_is_prepared_or_refused(frame: pd.DataFrame, prepare: Prepare) -> None:
    """A traceback, or a NaN in what a network is trained on, is our fault."""
    try:
        loaded = table(frame)
        table_profile(loaded)
        fold = split(loaded, Protocol(test=0.2, validation="holdout:0.2"), 3).folds[0]
        fitted, rows = prepare_training(prepare, fold.training, 3)
        prepared = fitted.apply(fold.validation)
    except UserError:  # any other error is ours, and fails this test
        return
    for found in (rows.features, prepared):
        assert found.dtype == np.float32
        assert np.isfinite(array(found)).all()
        assert found.shape[1] == fitted.n_features
    assert len(prepared) == fold.validation.n_rows
    assert len(rows.features) == len(rows.target)


@pytest.mark.parametrize(
    ("name", "target", "shape", "dropped"),
    [
        ("adult", "Salary", (32561, 14), ()),
        ("telco_churn", "Churn", (7043, 19), ("customerID",)),
        ("california_housing", "median_house_value", (20640, 9), ()),
    ],
)
def test_real_tables_are_read_from_the_raw_file(
    name: str, target: str, shape: tuple[int, int], dropped: tuple[str, ...]
) -> None:
    """Real tables have categories, gaps and ids; a user names the target and no more."""
    loaded = load(Data(source=str(real(f"tables/{name}.csv")), target=target), folder=real("tables"))
    assert (loaded.n_rows, loaded.n_features) == shape
    assert tuple(each.name for each in loaded.dropped) == dropped
    fold = split(loaded, Protocol(), 1).folds[0]
    fitted, rows = prepare_training(Prepare(), fold.training, 1)
    assert np.isfinite(array(rows.features)).all()
    assert np.isfinite(array(fitted.apply(fold.validation))).all()
    missing = {column.name: column.missing for column in table_profile(loaded).columns if column.missing}
    assert (
        missing
        == {
            "adult": {"workclass": 1836, "occupation": 1843, "native-country": 583},
            "telco_churn": {"TotalCharges": 11},
            "california_housing": {"total_bedrooms": 207},
        }[name]
    )
