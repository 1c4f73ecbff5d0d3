"""From an error to its message and its exit code."""

from __future__ import annotations

import errno
import signal
import sys
from tempfile import gettempdir
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
        except (typer.Exit, typer.Abort, typer.TyperException, BrokenPipeError):
            raise
        except (Exception, KeyboardInterrupt) as error:
            if ctx.params.get("debug"):
                raise
            _end(in_words(error))


def in_words(error: BaseException) -> ParibusError:
    """The error that a user is told for `error`."""
    match error:
        case ParibusError():
            return error
        case KeyboardInterrupt():
            return InterruptedStudyError("the same command goes on from what is recorded")
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return InterruptedStudyError(
                "no room is left on a disk: the one of DIR, or of temporary files"
                f" ({gettempdir()}; TMPDIR names another). What was finished is kept:"
                " make room, then run the same command again"
            )
    return InternalError(
        f"a fault of paribus, not of yours: {type(error).__name__}: {error}\n"
        "Please report it with what `paribus --debug ...` prints. What was trained is kept"
    )


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _end(error: ParibusError) -> NoReturn:
    word = "interrupted" if isinstance(error, InterruptedStudyError) else "error"
    message = str(error).removeprefix("interrupted: ")
    print(f"{word}: {message}", file=sys.stderr)
    raise typer.Exit(error.exit_code)
