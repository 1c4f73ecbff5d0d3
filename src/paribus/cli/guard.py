"""From an error to its message and its exit code."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from paribus.errors import InternalError, InterruptedStudyError, ParibusError


class Guarded(TyperGroup):
    """The commands, with every error told in one sentence; its traceback only with --debug."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; end with the exit code of whatever it raises."""
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            return super().invoke(ctx)
        except ParibusError as error:
            told: ParibusError = error
        except KeyboardInterrupt:
            told = InterruptedStudyError("interrupted: the same command goes on from what is recorded")
        except (typer.Exit, typer.Abort, typer.TyperException, BrokenPipeError):
            raise
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            told = InternalError(
                f"a fault of paribus, not of yours: {type(error).__name__}: {error}\n"
                "Please report it with what `paribus --debug ...` prints. What was trained is kept"
            )
        if ctx.params.get("debug"):
            raise told
        _end(told)


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _end(error: ParibusError) -> NoReturn:
    word = "interrupted" if isinstance(error, InterruptedStudyError) else "error"
    message = str(error).removeprefix("interrupted: ")
    print(f"{word}: {message}", file=sys.stderr)
    raise typer.Exit(error.exit_code)
