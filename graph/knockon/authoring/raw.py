"""What both authoring formats yield: records as they were written, with the line of every value."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from knockon.errors import Problem

#: What may stand as a local name: readable, and safe in an IRI.
LOCAL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._~-]*[A-Za-z0-9])?")
Path = tuple[int | str, ...]


@dataclass(slots=True)
class Raw:
    """One record as written: its class, its id, its fields, and where each stands."""

    cls: str
    id: str
    data: dict[str, Any]
    file: str
    line: int
    lines: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int:
        """The line of a value, or of the nearest thing around it."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return self.line

    def problem(self, path: Path, message: str, hint: str = "") -> Problem:
        """A problem with a value of this record, at its line."""
        return Problem(self.file, self.line_of(path), f"{self.id}: {message}" if self.id else message, hint)
