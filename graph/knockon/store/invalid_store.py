"""The error for a damaged store folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from knockon.errors import InvalidData, KnockonError, Problem, shortened, sort_unique

#: The most damaged files that a message lists.
_MAX_LISTED = 100
#: What to do if no other remedy is known.
REMEDY = "load the data into a new folder"

#: What is not done; the message names the remedy instead.
_OUTCOME = "nothing was read"


class InvalidStore(InvalidData):
    """A store folder that is damaged, or was written by a newer version; the message names the file."""

    def __init__(self, path: Path, fault: str = "is missing or damaged", remedy: str = REMEDY) -> None:
        KnockonError.__init__(self, f"{path}: {fault}; {remedy or REMEDY}")
        self.problems = [Problem(str(path), None, fault, remedy or REMEDY)]
        self.outcome = _OUTCOME

    @classmethod
    def unread(cls, path: Path, error: Exception) -> InvalidStore:
        """Create the error for a file that cannot be read, because it is missing, damaged or not permitted."""
        if isinstance(error, OSError) and error.errno and error.strerror and not isinstance(error, FileNotFoundError):
            return cls(path, f"cannot be read ({error.strerror})", "make it readable, or load the data into a new folder")
        return cls(path)

    @classmethod
    def together(cls, errors: Sequence[InvalidStore]) -> InvalidStore:
        """Combine errors into one that names every file."""
        if len(errors) == 1:
            return errors[0]
        problems = sort_unique(problem for error in errors for problem in error.problems)
        lines = "\n".join(f"  {problem}" for problem in shortened(problems, _MAX_LISTED))
        combined = cls.__new__(cls)
        KnockonError.__init__(combined, f"{len(problems):,} files of a store are missing or damaged:\n{lines}")
        combined.problems = list(problems)
        combined.outcome = _OUTCOME
        return combined
