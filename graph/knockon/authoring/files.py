"""What no text of a data file may hold, how large a file may be, and paths as they can be printed."""

from __future__ import annotations

import re
from pathlib import Path

#: The models refuse these too: XML and Turtle cannot carry them, and a lone surrogate has no UTF-8.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Of a file, in bytes.
SIZE_LIMIT = 100_000_000


def shown(path: Path) -> str:
    r"""A path as it can be printed, whatever bytes its name is made of.

    >>> shown(Path("a\nb.yaml"))
    'a\\nb.yaml'
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(path))
