"""Messages for people: they go to standard error, data to standard output."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knockon.cli.streams import bare_stderr

if TYPE_CHECKING:
    from knockon.errors import Notice


@dataclass(slots=True)
class Verbosity:
    """Which messages are written: ``-q`` leaves out all but errors, ``-v`` adds which data were read and the time taken."""

    quiet: bool = False
    verbose: bool = False


#: How many seconds of work are shown to nobody.
_UNNOTICED = 1.0
#: The setting of the command that runs now; ``run`` resets it.
verbosity = Verbosity()


def note(message: str) -> None:
    """Write a message for people, wrapped to the width of a terminal; ``-q`` leaves it out."""
    if not verbosity.quiet:
        write_message(message)


def note_lines(lines: Iterable[str]) -> None:
    """Write several messages for people."""
    for line in lines:
        note(line)


def detail(message: str) -> None:
    """Write a message that only ``-v`` shows."""
    if verbosity.verbose and not verbosity.quiet:
        write_message(message)


def write_message(message: str) -> None:
    """Write a message to standard error: wrapped on a terminal, one line in a pipe."""
    from knockon.text import plain
    from knockon.text_table import wrap

    text = plain(message)
    lines = wrap(text, shutil.get_terminal_size().columns, "  ") if sys.stderr.isatty() else [text]
    write_error("".join(line + "\n" for line in lines))


def write_error(text: str) -> None:
    """Write text to standard error; where that fails the text is lost, and the exit code remains."""
    with suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()


def note_written(path: object, size: int) -> None:
    """Write that a file of ``size`` bytes was written."""
    note(f"wrote {path} ({max(1, size // 1000):,} KB)")


def note_all(notices: Iterable[Notice]) -> None:
    """Write notices about the data, one line each; of many, the first ones and a count of the rest."""
    from knockon.errors import shortened

    for line in shortened(notices):
        note(f"note: {line}")


@contextmanager
def working(message: str) -> Iterator[Callable[[int, int], None]]:
    """Show a message and a spinner while a computation runs that takes more than a second; only on a terminal.

    Yields a function that shows how many steps of how many are done, or how many rows where their number is not known (0).
    """
    if verbosity.quiet or not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console, RenderableType
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from knockon.controls import escape_controls
    from knockon.text import counted

    class Late(Progress):
        """A display that is empty during the first second: what is over by then needs no notice."""

        def get_renderables(self) -> Iterable[RenderableType]:
            elapsed = self.tasks[0].elapsed if self.tasks else None
            return super().get_renderables() if elapsed is not None and elapsed >= _UNNOTICED else ()

    columns = SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()
    with Late(*columns, console=Console(file=bare_stderr()), transient=True) as progress:
        task = progress.add_task(escape_controls(message), total=None)

        def show(done: int, every: int) -> None:
            count = f"{done:,} of {every:,}" if every else counted(done, "row")
            progress.update(task, description=escape_controls(f"{message}: {count}"))

        yield show
