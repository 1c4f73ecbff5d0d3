"""The leaderboard of a study that runs, in `paribus ui` in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from paribus.store.record import Record
from tests.report.records import record, study

pytest.importorskip("selenium")
pytest.importorskip("uvicorn")
from paribus.ui import app, pages, serve
from tests.report.browser.chromium import Page, opened

pytestmark = pytest.mark.browser
ROWS = "#leaderboard tbody tr"
BOARD = "document.querySelector('#leaderboard tbody').textContent"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Path]:
    """A study of which some trials have ended, in a folder that a run holds."""
    folder = tmp_path / "runs" / "one"
    folder.mkdir(parents=True)
    record(folder, study(), ends=lambda place: "done" if place < 3 else None, open_sealed=False).close()
    with FileLock(folder / ".lock"):
        yield folder


@pytest.fixture
def page(running: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """The study's page, whose script looks at its leaderboard ten times a second."""
    content, kind = pages.static_file("ui.js") or ("", "")
    assert "BOARD_EVERY = 20000" in content
    quick = content.replace("BOARD_EVERY = 20000", "BOARD_EVERY = 100")
    usual = pages.static_file
    monkeypatch.setattr(app, "static_file", lambda name: (quick, kind) if name == "ui.js" else usual(name))
    told: list[str] = []
    known = threading.Event()

    def tell(address: str) -> None:
        told.append(address)
        known.set()

    threading.Thread(target=serve.serve, args=([running.parent], 0, tell), daemon=True).start()
    assert known.wait(30)
    blank = tmp_path / "blank.html"
    blank.write_text("<!doctype html><title>blank</title>")
    with opened(blank) as found:
        found.driver.get(told[0])
        found.click("tbody a")
        yield found


def test_new_trials_join_the_leaderboard_by_themselves(page: Page, running: Path) -> None:
    """Else who watches a study must load the page again, and loses what was ticked."""
    page.run(f"window.before = {BOARD}")
    page.click(f"{ROWS} input")
    page.run("document.activeElement.blur()")
    chosen = page.run(f"return document.querySelector('{ROWS} input').value")
    page.wait("document.querySelector('[data-watch]').dataset.looked")
    with Record.at(running, create=True) as found:
        rest = record(running.parent.parent, study(), open_sealed=False)
        rows = rest.connection.execute("select * from outcomes").fetchall()
        places = ", ".join("?" * len(rows[0]))
        found.connection.executemany(f"insert or ignore into outcomes values ({places})", rows[:5])
        rest.close()
    page.wait(f"{BOARD} !== window.before")
    assert page.run("return Boolean(window.before)")  # the page itself was not loaded again
    script = f"return [...document.querySelectorAll('{ROWS} input:checked')].map((each) => each.value)"
    ticked = page.run(script)
    assert ticked == [chosen]
    assert page.complaints() == []
