"""A wrong study ends with 2 and one message: file, line, dotted path, value, what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import TINY, Paribus, told

FACTOR = 'factors."train.learning_rate" = [1e-3, 1e-2]'
WRONG = [
    # what is replaced, by what, the line, what the message says
    (
        "epochs = 2",
        "epoch = 2",
        17,
        "train.epoch: unknown key 'epoch', did you mean 'epochs'? (allowed: engine,",
    ),
    ("positive =", "positve =", 8, "data.positve: unknown key 'positve', did you mean 'positive'?"),
    ("seed = 1", "sed = 1", 3, "study.sed: unknown key 'sed', did you mean 'seed'? (allowed: name, seed)"),
    ("[network]", "[netwrok]", 13, "unknown key 'netwrok', did you mean 'network'? (allowed: study, data,"),
    ("[study]", "seed = 1\n[study]", 1, "seed: belongs in [study]"),
    ("[study]", "epochs = 1\n[study]", 1, "unknown key 'epochs': it belongs in [train]"),
    (
        'name = "rate"',
        'name = "rate"\nkep = "best"',
        21,
        "stage[1].kep: unknown key 'kep', did you mean 'keep'?",
    ),
    (
        "epochs = 2",
        "epochs = 2\nearly_stopping = { patiense = 1 }",
        18,
        "train.early_stopping.patiense: unknown key 'patiense', did you mean 'patience'?",
    ),
    ("epochs = 2", 'epochs = "2"', 17, "train.epochs: must be a whole number, received '2'"),
    ("epochs = 2", "epochs = true", 17, "train.epochs: must be a whole number, received true"),
    ("epochs = 2", "epochs = 0", 17, "train.epochs: must be 1 or more, received 0"),
    ("epochs = 2", "learning_rate = 1e400", 17, "must be a finite number, received inf"),
    ("epochs = 2", "learning_rate = nan", 17, "must be a finite number, received nan"),
    ("epochs = 2", 'loss = "mea"', 17, "'mea' is no loss, did you mean 'mse'?"),
    ("epochs = 2", 'engine = "kera"', 17, "'kera' is no engine, did you mean 'keras'?"),
    ("hidden = [4]", "hidden = 4", 14, "network.hidden: must be a list in [brackets], received 4"),
    ("hidden = [4]", "hidden = [4, 0]", 14, "network.hidden[2]: must be 1 or more, received 0"),
    ('target = "y"\n', "", 5, "data.target: is missing, and has no default: add it"),
    ('name = "tiny"', 'name = "\\u001b[31m"', 2, "study.name: must be one line of text"),
    (
        '"accuracy"]',
        '"accuracy"]\nvalidation = "kfolds:5"',
        12,
        "'kfolds:5' is no validation, did you mean 'kfold'?",
    ),
    ('"accuracy"]', '"accuracy"]\nrobustness = { tops = 3 }', 12, "unknown key 'tops', did you mean 'top'?"),
    ('"accuracy"]', '"accuracy"]\nstopping = 0.2', 12, "no training stops early: remove it, or add"),
    ('"accuracy"]', '"acuracy"]', 11, "'acuracy' is no metric, did you mean 'accuracy'?"),
    (FACTOR, 'factors."train.leraning_rate" = [1]', 21, "did you mean 'train.learning_rate'?"),
    (FACTOR, 'factors."train.learning_rate" = []', 21, "has no levels: give at least one"),
    (FACTOR, 'factors."train.learning_rate" = [\n1e-3,\n-1.0]', 23, "[2]: must be above 0, received -1.0"),
    (FACTOR, "factors.train.learning_rate = [1]", 21, 'quotes: "train.learning_rate" = [...])'),
    (FACTOR, f'{FACTOR}\n[[stage]]\nname = "rate"', 23, "stage[2].name: two stages are named 'rate'"),
    ("[[stage]]", "[stage]", 19, "stage: must be a list of tables: write [[stage]] in double brackets"),
    # what only the data can rule out
    ('"accuracy"]', '"rmse"]', 11, "protocol.metrics[2]: 'rmse' can't judge a binary task"),
    (FACTOR, 'factors."prepare.select" = ["pca:3"]', 21, "'pca:3' asks for more than the 2 features"),
]


@pytest.mark.parametrize(("old", "new", "line", "message"), WRONG)
def test_a_wrong_key_or_value_is_told_with_its_line(
    paribus: Paribus, old: str, new: str, line: int, message: str
) -> None:
    """Else a user would search a long file for a mistake that paribus has found."""
    assert old in TINY
    Path("wrong.toml").write_text(TINY.replace(old, new, 1))
    said = told(paribus("check", "wrong.toml"), 2)
    assert said.startswith(f"error: wrong.toml, line {line}: ")
    assert message in said
    assert len(said.splitlines()) == 1


def test_run_refuses_what_check_refuses_and_leaves_nothing(paribus: Paribus) -> None:
    """Else a wrong study would leave a folder that stands in the way of the right one."""
    for old, new, _, message in WRONG:
        Path("wrong.toml").write_text(TINY.replace(old, new, 1))
        assert message in told(paribus("run", "wrong.toml"), 2)
    assert not Path("runs").exists()


def test_a_loss_unfit_for_the_task_is_refused(paribus: Paribus) -> None:
    """Else every trial would fail."""
    Path("wrong.toml").write_text(TINY.replace("epochs = 2", 'loss = "categorical_crossentropy"'))
    said = told(paribus("check", "wrong.toml"), 2)
    assert "wrong.toml: " in said
    assert "does not fit a binary task (allowed: auto, binary_crossentropy, mse, mae, hinge, focal)" in said


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "data: is missing"),
        (b"# nothing\n", "study.name: is missing"),
        (b"[study\n", "not valid TOML"),
        (b"import os\n", "not valid TOML"),
        (b"\x7fELF\xd0\x01", "is no text in UTF-8"),
        (None, "is a folder: name the study file in it"),
    ],
)
def test_what_is_no_study_file_is_refused(paribus: Paribus, content: bytes | None, message: str) -> None:
    """Else a mistyped path would end in a traceback."""
    path = Path("odd.toml")
    path.mkdir() if content is None else path.write_bytes(content)
    said = told(paribus("check", path), 2)
    assert said.startswith("error: odd.toml: ")
    assert message in said


def test_a_study_file_not_found_is_told_with_those_that_are(paribus: Paribus) -> None:
    """Else a typing slip would cost a listing of the folder."""
    said = told(paribus("run", "tyni.toml"), 2)
    assert (
        said == "error: tyni.toml: no such file, did you mean 'tiny.toml'? (study files there: tiny.toml)\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "tiny.toml", "--workers", "0"), "must be a whole number of 1 or more"),
        (("check", "tiny.toml", "--workers", "many"), "must be a whole number of 1 or more"),
        (("check", "tiny.toml", "--wrokers", "2"), "No such option"),
        (("chekc", "tiny.toml"), "No such command 'chekc'"),
        (("check",), "Missing argument"),
        (("run", "tiny.toml", "--device", "gpu"), "device = 'gpu': must be auto, cpu or cuda"),
        (("check", "tiny.toml", "--set", "train.epochs"), "must be path=value"),
        (
            ("check", "tiny.toml", "--set", "train.epochs=0"),
            "--set train.epochs=0: train.epochs: must be 1 or more",
        ),
        (("options", "adm"), "'adm' is no option and no family, did you mean 'adam'?"),
        (("new", "tiny"), "tiny.toml: exists already"),
        (("new", "x", "--template", "clasification"), "did you mean 'classification'?"),
        (("new", "no/such/folder"), "can't be written"),
        (("show", "nowhere"), "nowhere: no study was run here"),
        (("report", "nowhere"), "nowhere: no study was run here"),
    ],
)
def test_a_wrong_argument_is_told(paribus: Paribus, arguments: tuple[str, ...], message: str) -> None:
    """Else a mistyped command would do something else, or nothing."""
    assert message in " ".join(told(paribus(*arguments), 2).replace("│", "").split())
