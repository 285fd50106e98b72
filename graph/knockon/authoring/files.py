"""Limits of data files (forbidden characters, the largest size), and printable paths."""

from __future__ import annotations

import re
from pathlib import Path

#: Characters that models refuse too: XML and Turtle cannot represent them, and a lone surrogate has no UTF-8.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: The largest size of a file, in bytes.
SIZE_LIMIT = 100_000_000


def printable_path(path: Path) -> str:
    r"""Return a path in printable form, with unprintable characters escaped.

    >>> printable_path(Path("a\nb.yaml"))
    'a\\nb.yaml'
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(path))
