"""Whether the name of a file is that of a table: in any format, and as a copy has it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import PurePosixPath

#: The endings of formats that a table may be in.
_ENDINGS = frozenset({
    ".csv", ".tsv", ".tab", ".txt", ".del", ".pip", ".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson", ".yaml", ".yml",
    ".parquet", ".pq",
})  # fmt: skip
#: What browsers and desktops add to the name of a copy.
_COPY = re.compile(r"(?:copy of )?(.+?)(?: ?\([0-9]{1,4}\)| - copy(?: \([0-9]{1,4}\))?)?")


def has_name(file_name: str, patterns: Iterable[str]) -> bool:
    """Return whether a file has one of the names of a table, whatever format it is in; capitals do not matter.

    >>> has_name("Cons_Prim (1).csv", ["cons_prim.csv"]), has_name("b_06.01.xlsx", ["*b_06.01.csv"])
    (True, True)
    >>> has_name("Copy of Industry.tsv", ["Industry.csv"]), has_name("other.csv", ["Industry.csv"])
    (True, False)
    """
    names = _names(file_name.lower())
    return any(fnmatch(name, pattern) for pattern in map(str.lower, patterns) for name in names)


def _names(name: str) -> set[str]:
    """Return the names of a file as a table of a mapping may have them."""
    path = PurePosixPath(name)
    if path.suffix not in _ENDINGS:
        return {name}
    copied = _COPY.fullmatch(path.stem)
    stems = {path.stem, copied[1]} if copied else {path.stem}
    return {stem + ending for stem in stems for ending in (path.suffix, ".csv")}


__all__ = ["has_name"]
