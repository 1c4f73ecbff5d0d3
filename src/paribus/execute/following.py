"""How a helping process ends: with its parent, never by the reader's Ctrl-C."""

from __future__ import annotations

import os
import signal
import threading
import time

WATCH_SECONDS = 1.0


def follow(parent: int) -> None:
    """Ctrl-C is the parent's business; no process of ours outlives the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(1)
