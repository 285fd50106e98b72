"""Every error that Knock-on raises on purpose.

::

    KnockonError                 exit code 1
    ├── UsageError               2   the call does not make sense
    │   └── QuerySyntaxError     2   SPARQL that does not parse, with its position
    │       └── ForbiddenQuery   2   SPARQL that would leave the store
    ├── NotFound                 3   no such entity, shock, data set, file
    ├── InvalidData              4   data that breaks the model: a list of problems
    └── LimitReached             5   stopped by a cap, a timeout or a lock
        └── StoreBusy            5   somebody else is writing

Each message says what, where, and the likely mend.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

#: Problems that a message shows, and places of one problem; all others are counted.
_LINES, _PLACES = 100, 5
#: Longer names are not compared with others in search of the one that was meant: that takes the square of their length.
_COMPARED = 300


class KnockonError(Exception):
    """The root: catch this to catch them all."""

    exit_code = 1


class UsageError(KnockonError):
    """The call does not make sense; nothing was done."""

    exit_code = 2


class QuerySyntaxError(UsageError):
    """SPARQL that does not parse; the message has line and column."""


class ForbiddenQuery(QuerySyntaxError):
    """SPARQL that would reach outside the store: SERVICE, or FROM a file or an address."""


class NotFound(KnockonError):
    """No such entity, shock, data set or file; the message names the nearest ones."""

    exit_code = 3

    def __init__(self, what: str, name: str, known: Iterable[str] = (), hint: str = "") -> None:
        self.what, self.name = what, name
        self.nearest: list[str] = nearest(name, known)
        message = f"no {what} called {name!r}"
        if self.nearest:
            message += f"; did you mean {', '.join(self.nearest)}?"
        super().__init__(f"{message} {hint}".strip())


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with data: where it stands, what it is, how to mend it.

    Problems of one ``cause`` (a name that nothing declares) are one problem, with its places.
    """

    file: str
    line: int | None
    message: str
    hint: str = ""
    cause: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" + (f" ({self.hint})" if self.hint else "")

    @property
    def place(self) -> str:
        """The file, and the line where it is known."""
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """One thing about data that is no error and that its author should know: how it was read, what was assumed.

    >>> str(Notice("suppliers.csv", 3, "shares add up to 1.001 and were scaled to 1"))
    'suppliers.csv:3: shares add up to 1.001 and were scaled to 1'
    """

    file: str
    line: int | None
    message: str
    hint: str = ""

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class InvalidData(KnockonError):
    """Data that breaks the model; ``problems`` lists every one of them, and nothing was loaded.

    ``outcome`` says so in the words of another change. The message shows the first hundred, and counts
    the others.
    """

    exit_code = 4

    def __init__(self, problems: Sequence[Problem], outcome: str = "nothing was loaded") -> None:
        self.problems = list(by_cause(problems))
        count = len(self.problems)
        lines = "\n".join(f"  {line}" for line in shortened(self.problems, _LINES))
        super().__init__(f"{count:,} problem{'s' if count != 1 else ''}, {outcome}:\n{lines}")


T = TypeVar("T", Problem, Notice)


def in_order(items: Iterable[T]) -> tuple[T, ...]:
    """Problems or notices without repeats, by file, line and message."""
    return tuple(sorted(set(items), key=lambda item: (item.file, item.line or 0, item.message, item.hint)))


def by_cause(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Problems in their order, those of one cause as one problem at the first of its places.

    >>> places = [Problem("a.csv", line, "no such name", cause="acme") for line in (7, 3, 5)]
    >>> [str(problem) for problem in by_cause(places)]
    ['a.csv:3: no such name; also in a.csv:5, a.csv:7']
    """
    together: dict[str, list[Problem]] = {}
    for problem in (ordered := in_order(problems)):
        if problem.cause:
            together.setdefault(problem.cause, []).append(problem)
    for problem in ordered:
        first, *others = together.get(problem.cause) or [problem]
        if problem is first:
            places = shortened(dict.fromkeys(other.place for other in others if other.place != first.place), _PLACES)
            message = f"{first.message}; also in {', '.join(places)}" if places else first.message
            yield replace(first, message=message)


class LimitReached(KnockonError):
    """Stopped by a cap, a timeout or a lock before it was done."""

    exit_code = 5


class StoreBusy(LimitReached):
    """Another process has the store open for writing."""


def shortened(lines: Iterable[object], most: int = 10) -> list[str]:
    """The first lines of a list as text, and a last line that counts the rest.

    >>> shortened(["a", "b", "c", "d"], 2)
    ['a', 'b', 'and 2 more']
    """
    texts = [str(line) for line in lines]
    # A last line that counts one would take the place of the one that it counts.
    return texts if len(texts) <= most + 1 else [*texts[:most], f"and {len(texts) - most:,} more"]


def nearest(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The names most like one that was not found.

    >>> nearest("nvida", ["nvidia", "android", "ios"])
    ['nvidia']
    """
    if len(name) > _COMPARED:
        return []
    pool = sorted({one for one in known if len(one) <= _COMPARED})
    close = difflib.get_close_matches(name, pool, count, 0.6)
    held = [k for k in pool if len(name) > 2 and (name in k or k in name) and k not in close]
    return (close + held)[:count]
