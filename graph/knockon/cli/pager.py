"""A pager for text that is taller than the terminal."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys

from knockon.cli.streams import write_out
from knockon.controls import for_terminal


def show(text: str, form: str = "", *, pager: bool = True, wide: bool = False) -> None:
    """Write text to standard output; through ``PAGER`` or ``less -FRX`` if it is taller than the terminal.

    Parameters
    ----------
    text, form
        The text and its form: see ``write_out``.
    pager
        False never starts one.
    wide
        The lines may be longer than the screen: ``less`` then scrolls sideways.
    """
    command = _command(wide) if pager and sys.stdout.isatty() and _is_tall(text) else []
    if not command or not _show_in_pager(command, for_terminal(text, form)):
        write_out(text, form)


def _is_tall(text: str) -> bool:
    # One line is for the prompt.
    return text.count("\n") >= shutil.get_terminal_size().lines - 1


def _command(wide: bool) -> list[str]:
    """Return the pager and its options; an empty list if PAGER is empty or no pager is installed."""
    pager = os.environ.get("PAGER")
    try:
        command = ["less", "-FRSX" if wide else "-FRX"] if pager is None else shlex.split(pager)
    except ValueError:
        return []
    return command if command and shutil.which(command[0]) else []


def _show_in_pager(command: list[str], text: str) -> bool:
    """Show the text in a pager; return whether that worked."""
    # Ctrl-C is for the pager alone.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = subprocess.run(command, input=text.encode(), check=False)  # noqa: S603 # what the user named in PAGER
    except OSError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return process.returncode in (0, 1, 141, -signal.SIGPIPE) if os.name == "posix" else True
