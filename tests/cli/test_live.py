"""The live view: what a user watches while a study runs."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from rich.console import Console

from paribus.cli import live
from paribus.cli.board import board_table, cell
from paribus.population.outcome import Outcome
from paribus.study.spec import Study


def outcome(value: float) -> Outcome:
    return Outcome(
        config_id="c",
        fold=0,
        seed=1,
        status="done",
        reason="",
        n_parameters=3,
        epochs_run=1,
        best_epoch=1,
        train_seconds=0.1,
        val={"roc_auc": value, "log_loss": value},
    )


def drawn(width: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The last picture of a run of two stages on a terminal of this width."""
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=width, color_system=None)
    monkeypatch.setattr(live, "Console", lambda **_: console)
    with live._bars() as bars:
        view = live.Live("roc_auc", bars)
        for position, name in enumerate(("broad", "[bold]narrowed[/bold] to what matters"), 1):
            view.stage(name, position, 2, 1620, 0)
            view.trained([outcome(0.9)] * 1620)
            view.ranked(name, pd.DataFrame({"val_roc_auc": [0.95]}))
    return screen.getvalue().rpartition("\x1b[2K")[2].strip("\n\r\x1b[?25h").splitlines()


@pytest.mark.parametrize("width", [60, 80, 140])
def test_finished_bars_are_full_and_fit_the_terminal(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the view would wrap into garbage, or end below 100 %."""
    first, second = drawn(width, monkeypatch)
    assert max(len(first), len(second)) <= width
    assert first.startswith("1/2 broad")
    assert second.startswith("2/2 [bold]na")
    for line in (first, second):
        assert "1620/1620" in line
        assert "in all" in line
        assert ("trials/s" in line) == (width >= live.WIDE)


def test_decoding_has_a_bar_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Minutes of decoding would look like a program that hangs."""
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=80, color_system=None)
    monkeypatch.setattr(live, "Console", lambda **_: console)
    with live._bars() as bars:
        view = live.Live("roc_auc", bars)
        view.decoded(0, 300)
        view.decoded(300, 300)
    assert "decoding images" in screen.getvalue()
    assert "300/300" in screen.getvalue()


def test_decoding_is_told_in_a_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A log would be silent for as long as the decoding takes, or have a line for every block."""
    view = live.Plain("roc_auc")
    view.decoded(100, 300)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(live, "PLAIN_SECONDS", 0.0)
    view.decoded(1200, 3000)
    assert capsys.readouterr().err == "1,200 of 3,000 images decoded\n"


def test_the_best_so_far_follows_the_metrics_direction() -> None:
    """Else the worst loss would be shown as the best."""
    for metric, best in (("roc_auc", "0.900"), ("log_loss", "0.200")):
        view = live.Plain(metric)
        view.stage("s", 1, 1, 3, 0)
        view.trained([outcome(0.2), outcome(0.9), outcome(0.5)])
        assert view.told == f"best {metric} {best}"


def test_plain_lines_tell_the_beginning_and_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    """Else a log would not show how far a run came."""
    view = live.Plain("roc_auc")
    view.stage("broad", 1, 2, 1620, 20)
    view.ranked("broad", pd.DataFrame({"val_roc_auc": [0.95]}))
    first, last = capsys.readouterr().err.splitlines()
    assert first == "1/2 broad: 1,620 trials, 20 of them recorded already"
    assert last.startswith("1/2 broad: done in ")
    assert last.endswith("best roc_auc 0.950")


def test_preparing_is_shown_until_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a selection that takes minutes would look like a run that hangs."""
    console = Console(file=io.StringIO(), force_terminal=True, width=100, color_system=None)
    monkeypatch.setattr(live, "Console", lambda **_: console)
    with live._bars() as bars:
        view = live.Live("rmse", bars)
        view.stage("broad", 1, 1, 8, 0)
        view.prepared(3, 10)
        assert bars.tasks[0].fields["best"] == "preparing 3 of 10"
        view.prepared(10, 10)
        assert bars.tasks[0].fields["best"] == ""


@pytest.mark.parametrize(("width", "shown"), [(60, 1), (80, 2), (140, 3)])
def test_a_narrow_board_drops_metrics_before_levels(small: Study, width: int, shown: int) -> None:
    """Else the levels, which a user came for, would be cut into single letters."""
    row = {
        "rank": 1,
        "config_id": "c",
        "n_parameters": float("nan"),
        **{f"val_{metric}": 0.5 for metric in small.protocol.metrics},
        **dict.fromkeys(("prepare.scale", "prepare.select", "network.hidden", "network.dropout"), "a"),
        "train.epochs": 2,
    }
    table = board_table(pd.DataFrame([row, {**row, "train.epochs": 6}]), small, 5, width)
    headers = [str(column.header) for column in table.columns]
    assert headers == ["rank", *small.protocol.metrics[:shown], "parameters", "config_id", "levels"]


def test_levels_are_written_as_people_write_them() -> None:
    """Else a board would show JSON and long floats."""
    told = [cell(level) for level in ("[16, 8]", "[]", 0.1 + 0.2, "relu", 3)]
    assert told == ["16-8", "none", "0.3", "relu", "3"]
