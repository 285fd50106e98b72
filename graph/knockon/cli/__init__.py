"""The command line: stdout is data, stderr is messages; every error has an exit code."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from knockon.errors import InvalidData, KnockonError, NotFound, UsageError

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 ok, 1 unexpected, 2 usage, 3 not found, 4 invalid data, 5 limit, 6 a broken rule."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: Sequence[str]) -> int:
    """Run a command; the exit code."""
    # Our models use no plugins of pydantic; looking for some means reading the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    import typer

    from knockon.cli.app import app

    # A command is one short burst of small objects that all stay: collecting them in between costs a tenth of its time.
    gc.set_threshold(100_000, 20, 20)

    # Where typer keeps its copy of click differs between its releases; the class is the same.
    wrong_call: type[Exception] = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")

    try:
        code = app(args=list(arguments), standalone_mode=False, prog_name="knockon")
        sys.stdout.flush()
        if code == _INTERRUPTED:
            # This is what typer makes of Ctrl-C.
            sys.stderr.write("stopped\n")
        return int(code or 0)
    except typer.Exit as error:
        return int(error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        sys.stderr.write("stopped\n")
        return _INTERRUPTED
    except wrong_call as error:
        message = getattr(error, "format_message", error.__str__)()
        return _fail(UsageError(message or "nothing to do; see --help"), arguments)
    except KnockonError as error:
        return _fail(error, arguments)
    except Exception as error:
        if os.environ.get("KNOCKON_DEBUG"):
            raise
        message = f"unexpected {type(error).__name__}: {error} (set KNOCKON_DEBUG=1 for the traceback, and report it)"
        return _fail(KnockonError(message), arguments)


def _fail(error: KnockonError, arguments: Sequence[str]) -> int:
    from knockon.text import plain

    sys.stdout.flush()
    sys.stderr.write("\n".join(plain(line) for line in f"error: {error}".splitlines()) + "\n")
    if _wants_json(arguments):
        # Who asked for JSON gets JSON, whatever happens.
        sys.stdout.write(json.dumps({"error": _as_dict(error)}, ensure_ascii=False, indent=2) + "\n")
    return error.exit_code


def _wants_json(arguments: Sequence[str]) -> bool:
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    return any(a in ("--format=json", "-fjson") or (a in ("--format", "-f") and b == "json") for a, b in pairs)


def _as_dict(error: KnockonError) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": type(error).__name__, "exit_code": error.exit_code, "message": str(error)}
    if isinstance(error, NotFound):
        found["nearest"] = error.nearest
    if isinstance(error, InvalidData):
        found["problems"] = [{"file": p.file, "line": p.line, "message": p.message, "hint": p.hint} for p in error.problems]
    return found
