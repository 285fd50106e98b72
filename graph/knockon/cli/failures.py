"""Writing of errors: a message on standard error, and JSON on standard output where JSON was requested."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from knockon.cli.messages import write_error
from knockon.cli.streams import stop_writing
from knockon.errors import InvalidData, KnockonError, NotFound


@dataclass(slots=True)
class _Call:
    """The command line that runs now."""

    arguments: Sequence[str] = ()


call = _Call()


def write_failure(error: KnockonError, *, directly: bool = False) -> int:
    """Write an error and return its exit code.

    Parameters
    ----------
    error
        The error.
    directly
        Write past the buffers: for a thread that ends the process while another one may hold them.
    """
    from knockon.cli.store_hint import with_store_hint
    from knockon.text import json_text, plain

    if not directly:
        error = with_store_hint(error, call.arguments)
    message = "\n".join(plain(line) for line in f"error: {error}".split("\n")) + "\n"
    # JSON mode always prints JSON.
    data = json_text({"error": as_dict(error)}, indent=2) + "\n" if wants_json(call.arguments) else ""
    if directly:
        # A progress display may have hidden the cursor of the terminal.
        cursor = "\r\x1b[K\x1b[?25h" if os.isatty(2) else ""
        for number, text in ((2, cursor + message), (1, data)):
            if text:
                os.write(number, text.encode())
        return error.exit_code
    try:
        sys.stdout.flush()
    except OSError:
        stop_writing()
    write_error(message)
    if data:
        # Where standard output is closed or full, the message and the exit code are all that can be written.
        with suppress(OSError, KnockonError):
            sys.stdout.write(data)
            sys.stdout.flush()
    return error.exit_code


def wants_json(arguments: Sequence[str]) -> bool:
    """Return whether a call asks for JSON on standard output: by its options, or by the file of defaults.

    >>> wants_json(["impact", "-f", "json"]), wants_json(["impact", "--format=csv"]), wants_json([])
    (True, False, False)
    """
    for position, argument in enumerate(arguments):
        if argument in {"--format", "-f"}:
            return list(arguments[position + 1 : position + 2]) == ["json"]
        if argument.startswith("--format=") or (argument.startswith("-f") and not argument.startswith("--")):
            return argument in {"--format=json", "-fjson"}
        if argument in {"--output", "-o"} or argument.startswith("--output="):
            return False
    from knockon.cli.configuration import configuration

    try:
        return configuration().format == "json"
    except KnockonError:
        return False


def as_dict(error: KnockonError) -> dict[str, Any]:
    """Return an error as a JSON object."""
    fields: dict[str, Any] = {"kind": type(error).__name__, "exit_code": error.exit_code, "message": str(error)}
    if isinstance(error, NotFound):
        fields["nearest"] = error.nearest
    if isinstance(error, InvalidData):
        fields["problems"] = [{"file": p.file, "line": p.line, "message": p.message, "hint": p.hint} for p in error.problems]
    return fields
