"""The help of the program as it is kept for terminals of the usual width, so that nothing of the program is loaded for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

#: The variable by which a shell asks for completions.
COMPLETING = "_KNOCKON_COMPLETE"
#: The width at which the text is kept; typer writes no longer lines where a terminal is wider.
WIDTH = 80


def kept_help(arguments: Sequence[str]) -> str | None:
    """Return the help of the program where a call asks for nothing else; None where typer has to answer.

    Parameters
    ----------
    arguments
        The command line without the name of the program.

    Examples
    --------
    >>> kept_help(["impact", "--help"]) is None
    True
    """
    if list(arguments) not in ([], ["--help"], ["-h"]) or COMPLETING in os.environ or _columns() < WIDTH:
        return None
    from knockon.cli.help_text import HELP

    return HELP


def _columns() -> int:
    """Return the width of the terminal as ``shutil.get_terminal_size`` does, which loads four compressors."""
    try:
        columns = int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        columns = 0
    if columns <= 0:
        try:
            columns = os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr] # None: refused below
        except (AttributeError, ValueError, OSError):
            return WIDTH
    return columns or WIDTH


__all__ = ["COMPLETING", "WIDTH", "kept_help"]
