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
    """Write text to standard output; on a terminal, where it is too tall, through ``PAGER`` or ``less -FRX``.

    Parameters
    ----------
    text, form
        What is written, and its form: see ``write_out``.
    pager
        False never starts one.
    wide
        The lines may be longer than the screen: ``less`` then scrolls sideways.
    """
    command = _command(wide) if pager and sys.stdout.isatty() and _tall(text) else []
    if not command or not _paged(command, for_terminal(text, form)):
        write_out(text, form)


def _tall(text: str) -> bool:
    # One line is for the prompt.
    return text.count("\n") >= shutil.get_terminal_size().lines - 1


def _command(wide: bool) -> list[str]:
    """The pager and its options; nothing where PAGER is set and empty, or where there is none."""
    own = os.environ.get("PAGER")
    try:
        command = ["less", "-FRSX" if wide else "-FRX"] if own is None else shlex.split(own)
    except ValueError:
        return []
    return command if command and shutil.which(command[0]) else []


def _paged(command: list[str], text: str) -> bool:
    """Whether a pager showed the text."""
    # Ctrl-C in a pager is the pager's own affair.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        done = subprocess.run(command, input=text.encode(), check=False)  # noqa: S603 # what the user named in PAGER
    except OSError:
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return done.returncode in (0, 1, 141, -signal.SIGPIPE) if os.name == "posix" else True
