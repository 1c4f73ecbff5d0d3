"""The command: it answers on this machine alone, and ends when it is told to."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

import pytest

from tests.cli.conftest import invoke, told


def test_it_starts_lets_in_who_has_the_token_and_ends(runs: Path) -> None:
    """Else `paribus ui` prints an address at which nothing answers."""
    command = [sys.executable, "-m", "paribus", "ui", str(runs), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.match(r"ui: (http://127\.0\.0\.1:\d+/)\?token=\S+", process.stdout.readline())
            assert found
            browser = build_opener(HTTPCookieProcessor())
            with browser.open(found[0].removeprefix("ui: "), timeout=60) as page:
                assert "Studies" in page.read().decode()
            with pytest.raises(HTTPError, match="403"):
                urlopen(found[1], timeout=60)
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0


def test_a_port_that_is_taken_is_told(runs: Path) -> None:
    """Else a second app ends in a traceback."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        taken = door.getsockname()[1]
        assert f"--port {taken}: can't be used" in told(invoke("ui", runs, "--port", taken), 2)


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    """Else a typing error shows an empty list."""
    assert "is no folder" in told(invoke("ui", tmp_path / "nowhere"), 2)
