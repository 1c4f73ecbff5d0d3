"""`paribus ui`: many studies in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PORT = 8765


def ui(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[DIR ...]", help="Folders of runs, or folders that hold some. [default: runs]"
        ),
    ] = None,
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port on 127.0.0.1; 0 for any.")] = PORT,
    open_browser: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Look at many studies in a browser, and at one while it runs. Answers on this machine alone."""
    from importlib.util import find_spec

    from paribus.errors import StudyError

    if missing := [name for name in ("fastapi", "uvicorn") if find_spec(name) is None]:
        raise StudyError(
            f"paribus ui needs {' and '.join(missing)}, not installed here: pip install 'paribus[ui]'"
        )
    roots = folders or [Path("runs")]
    for root in folders or []:
        if not root.is_dir():
            raise StudyError(f"{root}: is no folder: give the folder of a run, or one that holds some")

    from paribus.ui.serve import serve

    def told(address: str) -> None:
        print(f"ui: {address}\nEnd it with Ctrl+C.", flush=True)
        if open_browser:
            import webbrowser

            webbrowser.open(address)

    try:
        serve(roots, port, told)
    except KeyboardInterrupt:
        print("ui: ended")
