"""The command line: each command parses, calls the API and prints."""

from __future__ import annotations

import typer

from paribus._version import __version__
from paribus.cli.check import check
from paribus.cli.cite import cite
from paribus.cli.compare import compare
from paribus.cli.export import export
from paribus.cli.guard import Guarded
from paribus.cli.new import new, templates
from paribus.cli.options import options
from paribus.cli.predict import predict
from paribus.cli.report import report
from paribus.cli.run import run
from paribus.cli.serve import serve
from paribus.cli.show import show
from paribus.cli.track import track
from paribus.cli.ui import ui

app = typer.Typer(
    cls=Guarded,
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Neural-network hyperparameter studies that can be defended: other things equal.",
    epilog="Exit codes: 0 done; 1 a fault of ours; 2 a study or an argument is wrong; 3 the data are wrong; "
    "4 interrupted, can be resumed; 5 some trials failed; 6 --strict and the audit found something. "
    "--debug, before a command, shows the traceback of an error.",
)


@app.callback(invoke_without_command=True)
def _paribus(
    version: bool = typer.Option(False, "--version", help="Print the version."),
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of an error."),
) -> None:
    del debug  # `Guarded` reads it
    if version:
        typer.echo(f"paribus {__version__}")
        raise typer.Exit


_COMMANDS = (
    *(run, check, new, templates, show, compare, report, ui),
    *(export, predict, serve, track, cite, options),
)
for command in _COMMANDS:
    app.command()(command)


def main() -> None:
    """The entry of the command `paribus`."""
    app()
