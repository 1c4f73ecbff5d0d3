"""Who may look at the studies: nobody but who has the token, from this machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from paribus.ui.app import make_app
from tests.ui.conftest import TOKEN

PATHS = ["/", "/states.json", "/static/ui.js", "/study/000000000000", "/beside"]


@pytest.mark.parametrize("path", PATHS)
def test_without_the_token_nothing_is_shown(stranger: TestClient, path: str) -> None:
    """Else everybody on this machine reads the studies, and every page on the net guesses at them."""
    assert stranger.get(path).status_code == 403
    assert stranger.get(path, params={"token": "wrong"}).status_code == 403
    assert stranger.get(path, headers={"cookie": "paribus-8765=wrong"}).status_code == 403


def test_the_token_leaves_the_address(stranger: TestClient) -> None:
    """Else it stands in the browser's history, and in a picture of the screen."""
    answer = stranger.get("/", params={"token": TOKEN}, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1", "127.0.0.1:1", ""])
def test_another_name_for_this_machine_is_refused(browser: TestClient, host: str) -> None:
    """Else a page on the net that points its own name at 127.0.0.1 reads the studies."""
    assert browser.get("/", headers={"host": host}).status_code == 400


def test_the_usual_port_is_not_in_the_host(runs: Path) -> None:
    """Else `paribus ui --port 80` refuses every browser."""
    browser = TestClient(make_app([runs], TOKEN, 80), base_url="http://127.0.0.1")
    assert browser.get("/", params={"token": TOKEN}).status_code == 200


def test_nothing_can_be_changed_from_here(browser: TestClient) -> None:
    """Else a link could delete a study."""
    assert browser.post("/").status_code == 405
    assert browser.delete("/states.json").status_code == 405


def test_every_answer_forbids_what_it_does_not_need(browser: TestClient, stranger: TestClient) -> None:
    """Else a name that slips through runs as a script."""
    for path in PATHS:
        policy = browser.get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe-eval" not in policy
        assert "script-src 'self';" in policy
        assert browser.get(path).headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/static/../app.py", "/static/%2e%2e%2fapp.py", "/static/home.html.j2"])
def test_no_path_leads_out_of_the_app(browser: TestClient, path: str) -> None:
    """Else any file of the machine could be read through it."""
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize("key", ["%2e%2e", "..%2fsecret.txt", "/etc/passwd"])
def test_a_study_is_named_by_its_key_alone(browser: TestClient, key: str) -> None:
    """Else `..` shows folders that were never given."""
    for address in (f"/study/{key}", f"/study/{key}/report", f"/study/{key}/state.json"):
        answer = browser.get(address)
        assert answer.status_code == 404
        assert "secret" not in answer.text


def test_a_report_is_shut_in(browser: TestClient) -> None:
    """Else a stranger's report reads all other studies by the app's own address."""
    (key,) = [each["key"] for each in browser.get("/states.json").json() if each["folder"].endswith("good")]
    answer = browser.get(f"/study/{key}/report")
    assert answer.text == "<p>the report</p>"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts")
    assert "allow-same-origin" not in policy
    assert "connect-src" not in policy
    assert "default-src 'none'" in policy
