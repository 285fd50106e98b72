"""The command line: stdout is data, stderr is messages; every error has an exit code."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from knockon.cli.streams import open_streams, stop_writing
from knockon.errors import InvalidData, KnockonError, NotFound, UsageError

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 ok, 1 unexpected, 2 usage, 3 not found, 4 invalid data, 5 limit, 6 a broken rule."""
    open_streams()
    code = run(list(sys.argv[1:] if arguments is None else arguments))
    try:
        sys.stdout.flush()
    except OSError:
        stop_writing()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run a command; the exit code."""
    try:
        return _answered(arguments)
    except BrokenPipeError:
        # The reader of a pipe may stop reading: that is no error of ours, and nothing more can be written.
        stop_writing()
        return 0


def _answered(arguments: Sequence[str]) -> int:
    # Our models use no plugins of pydantic; looking for some means reading the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # A command is one short burst of small objects that all stay: collecting them in between costs a tenth of its time.
    gc.set_threshold(100_000, 20, 20)
    import typer

    from knockon.cli.app import app

    try:
        code = app(args=list(arguments), standalone_mode=False, prog_name="knockon")
        sys.stdout.flush()
    except SystemExit as error:
        if isinstance(error.__context__, BrokenPipeError):
            raise error.__context__ from None
        code = error.code
    except typer.Exit as error:
        code = error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        code = _INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:
        return _fail(_expected(error), arguments)
    if code == _INTERRUPTED:
        # This is also what typer makes of Ctrl-C.
        sys.stderr.write("stopped\n")
    return int(code or 0)


def _expected(error: Exception) -> KnockonError:
    """The error as one of ours: what click says of a wrong call, what is raised on purpose, or a fault of the program."""
    import typer

    # Where typer keeps its copy of click differs between its releases; the class is the same.
    wrong_call = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")
    if isinstance(error, KnockonError):
        return error
    if isinstance(error, wrong_call):
        return UsageError(_wrong_call(error))
    if os.environ.get("KNOCKON_DEBUG"):
        raise error
    return KnockonError(f"unexpected {type(error).__name__}: {error} (set KNOCKON_DEBUG=1 for the traceback, and report it)")


def _wrong_call(error: Any) -> str:
    message = getattr(error, "format_message", error.__str__)() or "incomplete call"
    context = getattr(error, "ctx", None)
    return f"{message} (see `{context.command_path} --help`)" if context else message


def _fail(error: KnockonError, arguments: Sequence[str]) -> int:
    from knockon.text import plain

    try:
        sys.stdout.flush()
    except OSError:
        stop_writing()
    sys.stderr.write("\n".join(plain(line) for line in f"error: {error}".splitlines()) + "\n")
    if _wants_json(arguments):
        # Who asked for JSON gets JSON, whatever happens.
        sys.stdout.write(json.dumps({"error": _as_dict(error)}, ensure_ascii=False, indent=2) + "\n")
    return error.exit_code


def _wants_json(arguments: Sequence[str]) -> bool:
    pairs = zip(arguments, [*arguments[1:], ""], strict=False)
    return any(a in ("--format=json", "-fjson") or (a in ("--format", "-f") and b == "json") for a, b in pairs)


def _as_dict(error: KnockonError) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": type(error).__name__, "exit_code": error.exit_code, "message": str(error)}
    if isinstance(error, NotFound):
        found["nearest"] = error.nearest
    if isinstance(error, InvalidData):
        found["problems"] = [{"file": p.file, "line": p.line, "message": p.message, "hint": p.hint} for p in error.problems]
    return found
