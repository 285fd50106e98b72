"""The exceptions that Knock-on raises, and the problems and notices that they list.

::

    KnockonError                 exit code 1
    ├── UsageError               2   the call does not make sense
    │   ├── QuerySyntaxError     2   SPARQL that does not parse, with its position
    │   │   └── ForbiddenQuery   2   SPARQL that would leave the store
    │   └── NotAcceptable        2   an answer that no accepted format can hold
    ├── NotFound                 3   no such entity, shock, data set, file
    ├── InvalidData              4   data that breaks the model: a list of problems
    └── LimitReached             5   stopped by a cap, a timeout or a lock
        ├── EngineFailed         5   an engine lost part of its work: a worker, a checkpoint, room on a disk
        ├── StoreBusy            5   another process is writing
        └── PoolFull             5   a server has too many requests

Each message says what is wrong, where, and how to fix it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

#: The most problems that a message lists, and the most places of one problem; the rest are counted.
_MAX_LINES, _MAX_PLACES = 100, 5
#: Longer names get no suggestions: comparing takes time proportional to the square of the length.
_MAX_COMPARED = 300
#: How many spellings of one thing may come before the next thing.
_MOST_SPELLINGS = 4
#: How similar a suggested name is at least, as the ratio of difflib.
_CLOSE = 0.6


class KnockonError(Exception):
    """The base class of all errors of Knock-on."""

    exit_code = 1


class UsageError(KnockonError):
    """The call does not make sense; nothing was done."""

    exit_code = 2


class QuerySyntaxError(UsageError):
    """SPARQL that does not parse; the message states line and column."""


class ForbiddenQuery(QuerySyntaxError):
    """SPARQL that would reach outside the store: SERVICE, or FROM a file or an address."""


class NotAcceptable(UsageError):
    """An answer that none of the formats that a request accepts can hold."""


class NotFound(KnockonError):
    """No such entity, shock, data set or file; the message names the nearest ones, or says what to do if there are none."""

    exit_code = 3

    def __init__(self, what: str, name: str, known: Iterable[str] = (), hint: str = "", otherwise: str = "") -> None:
        self.what, self.name = what, name
        self.nearest: list[str] = nearest(name, known)
        message = f"no {what} called {name!r}"
        if self.nearest:
            message += f"; did you mean {', '.join(self.nearest)}?"
        elif otherwise:
            message += f" ({otherwise})"
        super().__init__(f"{message} {hint}".strip())


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem with data: its place, a message, and how to fix it.

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
    """Information about data that is not an error: how it was read, or what was assumed.

    Attributes
    ----------
    file
        The file or data set that it is about.
    line
        The line of the file, from 1; None if it is not about a single line.
    message
        What was read or assumed.
    hint
        What to do about it, or the values that it is about; may be empty.

    Examples
    --------
    >>> str(Notice("suppliers.csv", 3, "shares add up to 1.001 and were scaled to 1"))
    'suppliers.csv:3: shares add up to 1.001 and were scaled to 1'
    """

    file: str
    line: int | None
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class InvalidData(KnockonError):
    """Data that breaks the model; ``problems`` lists every problem.

    ``outcome`` states what was not done because of them, such as "nothing was loaded"; it is empty where the question was to
    read. The message shows the first hundred problems, and counts the others.
    """

    exit_code = 4

    def __init__(self, problems: Sequence[Problem], outcome: str = "") -> None:
        self.problems = list(group_by_cause(problems))
        self.outcome = outcome
        super().__init__(_message(self.problems, outcome))

    def restate(self, problems: Sequence[Problem], outcome: str) -> None:
        """Give it other problems and another outcome, and the message that lists them.

        Parameters
        ----------
        problems
            The problems, in place of those that it has.
        outcome
            What was not done because of them; may be empty.

        Examples
        --------
        >>> error = InvalidData([Problem("a.csv", 2, "no such name")])
        >>> error.restate([Problem("a.csv", 2, "has no name")], "nothing was loaded")
        >>> print(error)
        1 problem, nothing was loaded:
          a.csv:2: has no name
        """
        self.problems, self.outcome = list(problems), outcome
        self.args = (_message(self.problems, outcome),)


def _message(problems: Sequence[Problem], outcome: str) -> str:
    count = len(problems)
    lines = "\n".join(f"  {line}" for line in shortened(problems, _MAX_LINES))
    return f"{count:,} problem{'s' if count != 1 else ''}{f', {outcome}' if outcome else ''}:\n{lines}"


@contextmanager
def failing_with(outcome: str) -> Iterator[None]:
    """Let an error for invalid data state what was not done because of it, unless it does already.

    >>> with failing_with("nothing was loaded"):
    ...     raise InvalidData([Problem("a.csv", 2, "no such name")])
    Traceback (most recent call last):
    ...
    knockon.errors.InvalidData: 1 problem, nothing was loaded:
      a.csv:2: no such name
    """
    try:
        yield
    except InvalidData as error:
        if not error.outcome:
            error.restate(error.problems, outcome)
        raise


@contextmanager
def collecting(problems: list[Problem]) -> Iterator[None]:
    """Add the problems of an error for invalid data to others, so that several checks report together.

    >>> problems = [Problem("a.csv", 2, "no such name")]
    >>> with collecting(problems):
    ...     raise InvalidData([Problem("a.csv", 3, "has share 2")])
    >>> [problem.line for problem in problems]
    [2, 3]
    """
    try:
        yield
    except InvalidData as error:
        problems += error.problems


T = TypeVar("T", Problem, Notice)


def sort_unique(items: Iterable[T]) -> tuple[T, ...]:
    """Return problems or notices without duplicates, ordered by file, line and message."""
    return tuple(sorted(set(items), key=lambda item: (item.file, item.line or 0, item.message, item.hint)))


def group_by_cause(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Group problems with the same cause into one, at the first place; yield all in order.

    >>> places = [Problem("a.csv", line, "no such name", cause="acme") for line in (7, 3, 5)]
    >>> [str(problem) for problem in group_by_cause(places)]
    ['a.csv:3: no such name; also in a.csv:5, a.csv:7']
    """
    problems_by_cause: dict[str, list[Problem]] = {}
    for problem in (ordered := sort_unique(problems)):
        if problem.cause:
            problems_by_cause.setdefault(problem.cause, []).append(problem)
    for problem in ordered:
        first, *others = problems_by_cause.get(problem.cause) or [problem]
        if problem is first:
            places = shortened(dict.fromkeys(other.place for other in others if other.place != first.place), _MAX_PLACES)
            message = f"{first.message}; also in {', '.join(places)}" if places else first.message
            yield replace(first, message=message)


class LimitReached(KnockonError):
    """Work that was stopped by a cap, a timeout or a lock before it was complete."""

    exit_code = 5


class EngineFailed(LimitReached):
    """An engine beyond memory lost part of its work: a worker, a checkpoint, or room on a disk; there is no answer."""


class StoreBusy(LimitReached):
    """Another process has the store open for writing."""


class PoolFull(LimitReached):
    """A server has too many requests; ``retry_after`` is the number of seconds after which to ask again."""

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def shortened(lines: Iterable[object], most: int = 10) -> list[str]:
    """Return the first items of a list as text, with a last item that counts the rest.

    >>> shortened(["a", "b", "c", "d"], 2)
    ['a', 'b', 'and 2 more']
    """
    texts = [str(line) for line in lines]
    # "and 1 more" takes as much room as the item itself, so one item over the limit is shown.
    return texts if len(texts) <= most + 1 else [*texts[:most], f"and {len(texts) - most:,} more"]


def _may_be_close(name: str, letters: Sequence[tuple[str, int]], candidate: str) -> bool:
    """Return whether enough letters of a name are in a candidate: what difflib asks first, for many names in less time."""
    if name == candidate:
        return True
    length = len(name) + len(candidate)
    if 2.0 * min(len(name), len(candidate)) / length < _CLOSE:
        return False
    return 2.0 * sum([min(times, candidate.count(letter)) for letter, times in letters]) / length >= _CLOSE


def nearest(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Return the known names that are most similar to an unknown one.

    >>> nearest("nvida", ["nvidia", "android", "ios"])
    ['nvidia']
    """
    if len(name) > _MAX_COMPARED:
        return []
    pool = sorted({candidate for candidate in known if len(candidate) <= _MAX_COMPARED})
    letters = [(letter, name.count(letter)) for letter in sorted(set(name))]
    close = difflib.get_close_matches(name, [each for each in pool if _may_be_close(name, letters, each)], count, _CLOSE)
    overlapping = [k for k in pool if len(name) > 2 and (name in k or k in name) and k not in close]
    return (close + overlapping)[:count]


def nearest_of_each(name: str, known: Iterable[str], owner: Callable[[str], object], count: int = 3) -> list[str]:
    """Return the known names that are most similar to an unknown one, one of each owner: spellings of it would fill the list.

    >>> nearest_of_each("nvida", ["NVIDIA", "nvidia", "nvidia-us", "novida"], lambda known: known[:6].lower())
    ['nvidia', 'novida']
    """
    found: dict[object, str] = {}
    for close in nearest(name, known, count * _MOST_SPELLINGS):
        found.setdefault(owner(close), close)
    return list(found.values())[:count]
