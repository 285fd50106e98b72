"""Messages for people: they go to standard error, beside the data."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knockon.cli.streams import bare_stderr

if TYPE_CHECKING:
    from knockon.errors import Notice


@dataclass(slots=True)
class Verbosity:
    """How much is said beside the data: ``-q`` leaves out everything but errors, ``-v`` adds where time and data went."""

    quiet: bool = False
    verbose: bool = False


#: Of the command that runs now; ``run`` resets it.
verbosity = Verbosity()


def note(message: str) -> None:
    """Write a message for people, wrapped to the width of a terminal; ``-q`` leaves it out."""
    if not verbosity.quiet:
        write_message(message)


def note_lines(lines: Iterable[str]) -> None:
    """Write messages for people, one after the other."""
    for line in lines:
        note(line)


def detail(message: str) -> None:
    """Write a message that only ``-v`` asks for."""
    if verbosity.verbose and not verbosity.quiet:
        write_message(message)


def write_message(message: str) -> None:
    """Write a message to standard error: on a terminal wrapped, in a pipe one line."""
    from knockon.text import plain
    from knockon.text_table import wrap

    text = plain(message)
    lines = wrap(text, shutil.get_terminal_size().columns, "  ") if sys.stderr.isatty() else [text]
    write_error("".join(line + "\n" for line in lines))


def write_error(text: str) -> None:
    """Write text to standard error, where that can be written: the exit code says the rest."""
    with suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()


def note_all(notices: Iterable[Notice]) -> None:
    """Write what readers noticed about the data, one line each; of many, the first and a count of the rest."""
    from knockon.errors import shortened

    for line in shortened(notices):
        note(f"note: {line}")


@contextmanager
def working(message: str) -> Iterator[None]:
    """Show a sign of life beside the data while something takes its time, on a terminal only."""
    if verbosity.quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from knockon.controls import shown

    columns = SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()
    with Progress(*columns, console=Console(file=bare_stderr()), transient=True) as progress:
        progress.add_task(shown(message), total=None)
        yield
