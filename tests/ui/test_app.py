"""The pages: they show what the record says, live while it grows, and every name as text."""

from __future__ import annotations

import shutil
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
import vl_convert
from fastapi.testclient import TestClient
from filelock import FileLock

from paribus.results import Results
from paribus.store.record import Record
from paribus.ui.folders import key_of, studies
from paribus.ui.state import state_of
from tests.report.records import EPOCHS
from tests.ui.conftest import HOSTILE


class _Page(HTMLParser):
    """The tags, the links and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def _page(browser: TestClient, address: str) -> _Page:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.text
    page = _Page(answer.text)
    for tag, attributes in page.tags:
        if tag == "script":
            assert (attributes["src"] or "").startswith("/static/")
        assert not any(name.startswith("on") for name in attributes)
    return page


def _key(runs: Path, name: str = "good") -> str:
    return key_of(runs / name)


def test_the_list_says_how_far_each_study_is(browser: TestClient, runs: Path) -> None:
    """Else who comes back in the morning doesn't see that a run was interrupted."""
    page = _page(browser, "/")
    assert page.text.count(HOSTILE) == 2
    states = {each["folder"]: each for each in browser.get("/states.json").json()}
    good, half = states[str(runs / "good")], states[str(runs / "half")]
    assert good["state"] == "finished"
    assert good["done"] == good["planned"] == 6
    assert half["state"] == "interrupted"
    assert half["done"] == 3
    assert "interrupted" in page.text


def test_a_study_that_runs_is_followed(runs: Path, tmp_path: Path) -> None:
    """Else the page stands still while networks are trained."""
    folder = tmp_path / "live"
    shutil.copytree(runs / "half", folder)
    before = state_of("k", folder)
    with FileLock(folder / ".lock"):
        assert state_of("k", folder).state == "running"
        with Record.at(runs / "good") as whole, Record.at(folder, create=True) as growing:
            growing.connection.execute("attach database ? as whole", (str(whole.path),))
            growing.connection.execute("insert or ignore into outcomes select * from whole.outcomes")
        after = state_of("k", folder)
    assert before.state == "interrupted"
    assert (before.done, after.done) == (3, 6)
    assert after.stages[0].done == 4


def test_looking_changes_nothing(runs: Path) -> None:
    """Else a run that starts while somebody looks is refused, or its record is locked."""
    before = sorted(path.name for path in (runs / "good").iterdir())
    size = (runs / "good" / "paribus.db").stat().st_mtime_ns
    state_of("k", runs / "good")
    assert sorted(path.name for path in (runs / "good").iterdir()) == before
    assert (runs / "good" / "paribus.db").stat().st_mtime_ns == size


def test_a_folder_that_holds_something_else_is_told(tmp_path: Path) -> None:
    """Else one damaged record hides all studies."""
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "paribus.db").write_bytes(b"no database" * 100)
    ((key, folder),) = studies([tmp_path]).items()
    state = state_of(key, folder)
    assert state.state == "unreadable"
    assert state.reason


def test_a_record_of_another_version_hides_no_other(browser: TestClient, runs: Path, tmp_path: Path) -> None:
    """Else one old folder makes the list of all studies a page of one sentence."""
    shutil.copytree(runs / "half", tmp_path / "old")
    with Record.at(tmp_path / "old", create=True) as record:
        record.put_facts(study=record.fact("study").replace("[study]", "[study]\nkey_of_tomorrow = 1"))
    state = state_of("k", tmp_path / "old")
    assert state.state == "unreadable"
    assert "key_of_tomorrow" in state.reason


def test_a_folder_that_cannot_be_looked_into_hides_no_other(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a neighbour's folder without permission takes the whole list away."""
    is_file = Path.is_file

    def guarded(path: Path) -> bool:
        if path.parent.name == "half":
            raise PermissionError(13, "Permission denied", str(path))
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", guarded)
    assert list(studies([runs]).values()) == [runs / "good"]


def test_a_page_looks_through_no_record_for_damage(
    browser: TestClient, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each figure of a large study waits until its whole file was read."""
    key, best = _key(runs), Results(runs / "good")._facts.best.config_id
    checks: list[bool] = []
    refuse = Record._refuse_other

    def noted(record: Record, create: bool, checked: bool) -> None:
        checks.append(checked)
        refuse(record, create, checked)

    monkeypatch.setattr(Record, "_refuse_other", noted)
    for page in ("", f"/configuration/{best}", f"/configuration/{best}/curves.json"):
        assert browser.get(f"/study/{key}{page}").status_code == 200
    assert checks
    assert not any(checks)


def test_the_leaderboard_is_sorted_found_in_and_leads_on(browser: TestClient, runs: Path) -> None:
    """Else the drill from a study to one of its networks ends at the first page."""
    results, key = Results(runs / "good"), _key(runs)
    best = results._facts.best.config_id
    page = _page(browser, f"/study/{key}")
    assert HOSTILE in page.text
    assert f"/study/{key}/configuration/{best}" in {attributes.get("href") for _, attributes in page.tags}
    rows = [
        text for text in browser.get(f"/study/{key}?by=rank&down=true").text.split("<tr>") if best in text
    ]
    assert rows
    found = browser.get(f"/study/{key}", params={"find": "hidden=[8,4] rate=0.01"}).text
    assert "1 of 6 configurations" in found
    assert "0 of 6 configurations" in browser.get(f"/study/{key}", params={"find": HOSTILE + "x"}).text


def test_every_figure_can_be_drawn(browser: TestClient, runs: Path) -> None:
    """Else a blank plate stands where a figure was promised."""
    page = _page(browser, f"/study/{_key(runs)}")
    addresses = [attributes["data-drawing"] for _, attributes in page.tags if "data-drawing" in attributes]
    assert len(addresses) >= 5
    for address in addresses:
        answer = browser.get(unescape(address or ""))
        assert answer.status_code == 200, address
        assert answer.json()["specification"]["datasets"]["rows"] is not None
    assert browser.get(f"/study/{_key(runs)}/figure/nothing.json").status_code == 404


def test_a_configuration_shows_its_curves_and_predictions(browser: TestClient, runs: Path) -> None:
    """Else a point in a figure can't be looked into."""
    key, best = _key(runs), Results(runs / "good")._facts.best.config_id
    page = _page(browser, f"/study/{key}/configuration/{best}")
    assert best in page.text
    curves = browser.get(f"/study/{key}/configuration/{best}/curves.json").json()["specification"]
    rows = curves["datasets"]["rows"]
    assert {row["epoch"] for row in rows} == set(range(1, EPOCHS + 1))
    assert sum(row["kept"] for row in rows if row["kind"] == "loss" and row["part"] == "training") == 1
    assert "<svg" in vl_convert.vegalite_to_svg(curves)
    predictions = browser.get(f"/study/{key}/configuration/{best}/predictions.json").json()["specification"]
    assert {row["truth"] for row in predictions["datasets"]["rows"]} == {HOSTILE, "yes"}
    assert "<svg" in vl_convert.vegalite_to_svg(predictions)


def test_a_wrong_configuration_is_told_with_the_nearest(browser: TestClient, runs: Path) -> None:
    """Else an old link ends in a fault of the server."""
    answer = browser.get(f"/study/{_key(runs)}/configuration/zzz")
    assert answer.status_code == 409
    assert "the nearest is" in unescape(answer.text)


def test_two_configurations_and_two_studies_side_by_side(browser: TestClient, runs: Path) -> None:
    """Else a reader subtracts two scores by hand, and forgets that the rows differ."""
    key = _key(runs)
    ids = list(Results(runs / "good")._facts.board["config_id"][:2])
    page = _page(browser, f"/study/{key}/compare?configuration={ids[0]}&configuration={ids[1]}")
    assert all(name in page.text for name in ids)
    assert browser.get(f"/study/{key}/compare?configuration={ids[0]}").status_code == 404
    beside = _page(browser, f"/beside?study={key}&study={_key(runs, 'half')}")
    assert beside.text.count(HOSTILE) >= 3
    assert browser.get(f"/beside?study={key}").status_code == 404


@pytest.mark.parametrize("name", ["ui.js", "ui.css", "report.css", "vega.js"])
def test_the_app_brings_its_own_files(browser: TestClient, name: str) -> None:
    """Else the figures need a network."""
    answer = browser.get(f"/static/{name}")
    assert answer.status_code == 200
    assert len(answer.text) > 500
