"""A run leaves a model; files are predicted for, in their order, in any process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import paribus
from paribus.cli import app
from paribus.data.load import load as load_table
from paribus.data.sources.frame import read_frame
from paribus.deliver.columns import as_input
from paribus.deliver.describing import columns_of
from paribus.deliver.files import predict_file
from paribus.deliver.model import Model
from paribus.deliver.output import ParquetOut, writer
from paribus.deliver.reading import read_chunks
from paribus.deliver.schema import Column, Schema
from paribus.errors import DataError, StudyError
from paribus.run import run
from paribus.study.spec import Data, Study
from paribus.study.toml import parse_study
from tests.conftest import without_figures
from tests.deliver.making import FITTED, frame, model


@pytest.fixture(scope="module")
def made() -> tuple[Model, pd.DataFrame]:
    """A model and rows for it."""
    loaded, rows, _ = model()
    return loaded, rows.reset_index(drop=True)


def _silent(rows: int, share: float) -> None:
    """Nothing is told."""


@pytest.mark.parametrize("kind", ["csv", "tsv", "parquet"])
@pytest.mark.parametrize("at_once", [7, 10_000])
def test_a_file_is_predicted_for_row_by_row(
    kind: str, at_once: int, made: tuple[Model, pd.DataFrame], tmp_path: Path
) -> None:
    """Else predictions would stand beside other rows than their own."""
    loaded, rows = made
    data, out = tmp_path / f"rows.{kind}", tmp_path / f"out.{kind}"
    if kind == "parquet":
        rows.to_parquet(data)
    else:
        rows.to_csv(data, index=False, sep="\t" if kind == "tsv" else ",")
    drift = predict_file(loaded, data, out, at_once, _silent)
    read = pd.read_parquet(out) if kind == "parquet" else pd.read_csv(out, sep="\t" if kind == "tsv" else ",")
    assert list(read.columns) == ["prediction", "p_down", "p_up"]
    assert np.allclose(read["p_up"], loaded.predict_proba(rows)[:, 1], atol=1e-6)
    assert list(read["prediction"]) == list(loaded.predict(rows))
    assert drift.rows == len(rows)


def test_blank_lines_and_spaces_change_nothing(made: tuple[Model, pd.DataFrame], tmp_path: Path) -> None:
    """Else a file saved by another program would be predicted for in another way."""
    loaded, rows = made
    data, out = tmp_path / "rows.csv", tmp_path / "out.csv"
    text = rows.to_csv(index=False).replace(",yes", ", yes").splitlines()
    data.write_text("\n\n".join(text))
    predict_file(loaded, data, out, 50, _silent)
    assert np.allclose(pd.read_csv(out)["p_up"], loaded.predict_proba(rows)[:, 1], atol=1e-6)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("balance", "much", r"column 'balance' holds 'much' in row 6"),
        ("balance", "1e300", r"column 'balance' holds 1e\+300 in row 6"),
        ("grade", "lower", r"column 'grade' holds 'lower' in row 6.*'low', 'mid', 'high'"),
        ("since", "soon", r"column 'since' holds 'soon' in row 6"),
    ],
)
def test_a_cell_that_cant_be_read_is_told_by_row_and_column(
    column: str, value: str, told: str, made: tuple[Model, pd.DataFrame], tmp_path: Path
) -> None:
    """Else a user would look for one bad cell among a million."""
    loaded, rows = made
    wrong = rows.astype(object)
    wrong.loc[4, column] = value
    data = tmp_path / "rows.csv"
    wrong.to_csv(data, index=False)
    with pytest.raises(DataError, match=told):
        predict_file(loaded, data, tmp_path / "out.csv", 50, _silent)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.csv"]


def test_a_ragged_file_and_a_missing_column_are_told(
    made: tuple[Model, pd.DataFrame], tmp_path: Path
) -> None:
    """Else cells would move into other columns without a word."""
    loaded, rows = made
    data = tmp_path / "rows.csv"
    lines = rows.to_csv(index=False).splitlines()
    data.write_text("\n".join([*lines[:3], lines[3] + ",1", *lines[4:]]))
    with pytest.raises(DataError, match="row 4 has"):
        predict_file(loaded, data, None, 50, _silent)
    rows.drop(columns="town").to_csv(data, index=False)
    with pytest.raises(DataError, match="needs a column 'town'"):
        predict_file(loaded, data, None, 50, _silent)


def _numbers(loaded: Model) -> Schema:
    """A description of two columns of numbers."""
    columns = tuple(Column(name=name, kind="number") for name in "ab")
    return loaded.schema.model_copy(update={"columns": columns})


@pytest.mark.parametrize("end", ["\n", "\n\n"])
def test_a_row_of_empty_cells_is_a_row(end: str, made: tuple[Model, pd.DataFrame], tmp_path: Path) -> None:
    """Else the predictions after it would stand beside other rows than their own."""
    data = tmp_path / "rows.csv"
    data.write_text(f"a,b\n1,2\n,\n3,4{end}")
    chunks = [chunk for chunk, _ in read_chunks(data, 10, _numbers(made[0]))]
    found = [float(cell) for chunk in chunks for cell in chunk.column("a")]
    assert np.array_equal(found, [1, np.nan, 3], equal_nan=True)


def test_two_columns_of_one_name_are_refused(made: tuple[Model, pd.DataFrame], tmp_path: Path) -> None:
    """Else the first of them would be predicted from, where training refuses both."""
    data = tmp_path / "rows.csv"
    data.write_text("a,b,a\n1,2,3\n")
    with pytest.raises(DataError, match="2 columns are named 'a'"):
        list(read_chunks(data, 10, _numbers(made[0])))


def test_predictions_never_take_the_place_of_their_rows(
    made: tuple[Model, pd.DataFrame], tmp_path: Path
) -> None:
    """Else one slip of the pen would cost a user the data, or end in words of the file system."""
    loaded, rows = made
    data = tmp_path / "rows.csv"
    rows.to_csv(data, index=False)
    before = data.read_bytes()
    with pytest.raises(StudyError, match="the file of the rows themselves"):
        predict_file(loaded, data, data, 50, _silent)
    assert data.read_bytes() == before
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(StudyError, match="is a folder"):
        predict_file(loaded, data, tmp_path / "out.csv", 50, _silent)


@pytest.mark.filterwarnings("error")
def test_a_parquet_file_that_breaks_off_is_closed(made: tuple[Model, pd.DataFrame], tmp_path: Path) -> None:
    """Else a bad cell would be told with a traceback of another library behind it."""
    _, rows = made
    file = writer(tmp_path / "out.parquet")

    def break_off() -> None:
        with file:
            file.write(rows)
            raise DataError("a bad cell")

    with pytest.raises(DataError):
        break_off()
    assert isinstance(file, ParquetOut)
    assert file.rows is not None
    assert not file.rows.is_open
    assert not list(tmp_path.iterdir())


def test_dates_keep_the_order_of_day_and_month() -> None:
    """Else a file whose days are all below 13 would be refused, or months be taken for days."""
    days = [f"{day:02d}/0{month}/2023" for month in (1, 2, 5) for day in (4, 11, 25)]
    trained = pd.DataFrame({"day": days, "y": ["a", "b", "b"] * 3})
    data = Data(source="frame", target="y", columns={"day": "date"})
    table = load_table(data, folder=Path(), frame=trained)
    (column,) = columns_of(table.features, Study(name="dates", data=data))
    rows = read_frame(pd.DataFrame({"day": ["04/05/2023", "06/05/2023"]}), "frame")
    found = pd.to_datetime(as_input(rows, column), unit="s")
    assert list(found) == [pd.Timestamp("2023-05-04"), pd.Timestamp("2023-05-06")]
    wrong = read_frame(pd.DataFrame({"day": ["04/05/2023", "06/25/2023"]}), "frame")
    with pytest.raises(DataError, match="06/25/2023"):
        as_input(wrong, column)


def test_training_rows_lie_inside_of_what_the_training_rows_held() -> None:
    """Else a user would be told of drift in the very rows that the model was made from."""
    loaded, _, _ = model()
    told = loaded.drift(frame().iloc[:FITTED]).set_index("column")
    assert (told["outside"] == 0).all()


def test_drift_is_told(made: tuple[Model, pd.DataFrame]) -> None:
    """Else a model would be used on rows unlike all it knows, and nobody would notice."""
    loaded, rows = made
    usual = loaded.drift(rows).set_index("column")
    assert usual.loc["town", "unknown"] == "nowhere"
    assert usual.loc["town", "outside"] == pytest.approx((rows["town"] == "nowhere").mean())
    strange = loaded.drift(rows.assign(balance=1e6, since=None)).set_index("column")
    assert strange.loc["balance", "outside"] == 1
    assert strange.loc["since", "missing"] == 1


SMALL = """
[study]
name = "small"
[data]
source = "builtin:breast_cancer"
target = "diagnosis"
positive = "malignant"
[protocol]
validation = "kfold:3"
metrics = ["roc_auc"]
[train]
batch_size = 128
epochs = 4
[deliver]
calibration = "validation"
threshold = "f1"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run."""
    out = tmp_path_factory.mktemp("delivered") / "run"
    with without_figures():
        run(parse_study(SMALL), out, workers=1)
    return out


def test_a_run_leaves_its_model(folder: Path) -> None:
    """Else what was chosen could not be used."""
    names = {path.name for path in (folder / "model").iterdir()}
    assert names == {"model.onnx", "model.safetensors", "model.json", "card.md"}
    loaded = paribus.load(folder)
    assert loaded.schema.model == "refit"
    assert loaded.schema.threshold_before  # tuned on probabilities that weren't mended
    assert loaded.schema.agreement is not None
    assert loaded.schema.agreement < 1e-5
    assert "## Purpose" in (folder / "model" / "card.md").read_text()


@pytest.mark.usefixtures("undrawn")
def test_the_same_run_leaves_its_model_alone(folder: Path) -> None:
    """Else a finished study would train again each time that it is looked at."""
    before = (folder / "model" / "model.onnx").stat().st_mtime_ns
    run(parse_study(SMALL), folder, workers=1)
    assert (folder / "model" / "model.onnx").stat().st_mtime_ns == before


def test_export_makes_the_other_model(folder: Path) -> None:
    """Else the networks that were judged could not be had."""
    runner = CliRunner()
    done = runner.invoke(app, ["export", str(folder), "--model", "ensemble"])
    assert done.exit_code == 0, done.output
    loaded = paribus.load(folder / "model")
    assert (loaded.schema.model, loaded.schema.members) == ("ensemble", 3)
    assert runner.invoke(app, ["export", str(folder), "--model", "all"]).exit_code == 2


def test_predict_from_the_command_line(folder: Path, tmp_path: Path) -> None:
    """Else a model could be used by programmers alone."""
    rows = pd.DataFrame(np.ones((3, 30)), columns=list(paribus.load(folder).schema.names))
    rows.to_csv(tmp_path / "rows.csv", index=False)
    out = tmp_path / "out.csv"
    runner = CliRunner()
    done = runner.invoke(app, ["predict", str(folder), str(tmp_path / "rows.csv"), "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert len(pd.read_csv(out)) == 3
    assert "outside of training" in done.output
    assert runner.invoke(app, ["predict", str(folder), str(tmp_path / "no.csv")]).exit_code == 3
    assert runner.invoke(app, ["predict", str(tmp_path), str(tmp_path / "rows.csv")]).exit_code == 2


def test_a_process_without_torch_predicts(folder: Path) -> None:
    """Else a deployed model would bring gigabytes with it."""
    code = """
import sys
sys.modules.update(dict.fromkeys(["torch", "paribus", "onnx", "pandas", "sklearn"]))
import numpy, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
feeds = {each.name: numpy.ones(2) for each in session.get_inputs()}
label, probabilities = session.run(None, feeds)
assert probabilities.shape == (2, 2) and numpy.allclose(probabilities.sum(axis=1), 1), probabilities
assert set(label) <= {"benign", "malignant"}, label
"""
    subprocess.run([sys.executable, "-c", code, str(folder / "model" / "model.onnx")], check=True)


def test_a_regression_has_no_probabilities() -> None:
    """Else a user would take a number for a probability."""
    made, rows, _ = model("regression")
    with pytest.raises(StudyError, match="call predict"):
        made.predict_proba(rows)


@pytest.mark.usefixtures("undrawn")
def test_what_cant_be_delivered_is_told_and_costs_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a setting without an ONNX form, or a fault in writing one, would cost a finished study."""
    study = parse_study(SMALL.replace("[train]", '[prepare]\nimpute = "knn:3"\n[train]'))
    assert "knn" in paribus.check(study, workers=1).undelivered[0]
    run(study, tmp_path / "run", workers=1)
    left = {path.name for path in (tmp_path / "run" / "model").iterdir()}
    assert left == {"model.safetensors", "model.json", "card.md"}
    before = (tmp_path / "run" / "model" / "model.json").stat().st_mtime_ns
    run(study, tmp_path / "run", workers=1)
    assert (tmp_path / "run" / "model" / "model.json").stat().st_mtime_ns == before
    monkeypatch.setattr("paribus.deliver.checking.difference", lambda *_: 1.0)
    run(parse_study(SMALL), tmp_path / "other", workers=1)
    assert not (tmp_path / "other" / "model" / "model.onnx").exists()
    assert "please report" in (tmp_path / "other" / "model" / "card.md").read_text()
