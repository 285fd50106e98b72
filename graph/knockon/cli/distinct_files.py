"""No file that a call reads is one that it writes, and no two that it writes are one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from knockon.errors import UsageError

#: The options that name a file to write, and how a call writes them.
WRITTEN = {"output": "-o", "page": "--page", "rejects": "--rejects", "pdf": "--pdf"}


def refuse_same_files(values: Mapping[str, Any]) -> None:
    """Refuse a call that would overwrite what it reads, or write two answers to one file.

    Parameters
    ----------
    values
        The values of all arguments and options of the call, by the names of their parameters.

    Raises
    ------
    UsageError
        A file to write is also read, directly or through a link, or is named twice; the message says by what.

    Examples
    --------
    >>> refuse_same_files({"table": Path(__file__), "output": Path("new.csv")})
    >>> refuse_same_files({"output": Path("a.html"), "page": Path("a.html")})
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: -o and --page are the same file, a.html; name another one
    """
    written = {name: values[name] for name in WRITTEN if isinstance(values.get(name), str | Path) and str(values[name]) != "-"}
    read = [path for name, value in values.items() if name not in WRITTEN for path in _files(value)] if written else []
    taken: dict[Path, str] = {}
    for name, path in written.items():
        place = Path(os.path.realpath(path))
        if place in taken:
            raise UsageError(f"{taken[place]} and {WRITTEN[name]} are the same file, {path}; name another one")
        taken[place] = WRITTEN[name]
        if place.is_file() and any(place.samefile(other) for other in read):
            raise UsageError(f"{WRITTEN[name]} {path}: this call reads that file; name another one")


def _files(value: object) -> Iterator[str | Path]:
    """Yield those of a value, or of a list of values, that name a file."""
    for one in value if isinstance(value, list | tuple) else (value,):
        try:
            if isinstance(one, str | Path) and Path(one).is_file():
                yield one
        except ValueError:  # a NUL character is in no name of a file
            continue


__all__ = ["WRITTEN", "refuse_same_files"]
