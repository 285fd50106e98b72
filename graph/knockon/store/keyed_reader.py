"""Read triples of any number from an endpoint: in pages that are ranges of a key, and never a part for the whole.

A page by OFFSET makes a server sort everything again for each page, and loses or repeats rows when something changes. The key
of a subject is the MD5 of its IRI: a range of keys costs one pass over the subjects and no sort, its pages are of equal size,
and it does not matter how the server orders texts. The triples of the subjects in it are then looked up by name.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, pairwise
from typing import Any, NamedTuple

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions

from knockon.errors import InvalidData, LimitReached, Problem

#: A row of an answer: its terms in the order of the variables.
Row = tuple[Any, ...]
_COUNT = re.compile(r"[0-9]{1,18}")
#: The most subjects that one request names, and the share of a page that its answer is meant to fill.
_MOST_NAMED, _FILLED = 2_000, 0.5
#: The most hexadecimal digits of a hash by which triples are counted: a server returns a row for each of their values.
_DIGITS = 3
_TRIPLE = ("s", "p", "o")
#: Ranges of keys are bounded by their first eight digits.
_KEYS = 16**8


class Revision(NamedTuple):
    """The number of rows of a pattern, and a digest that changes when one of them does."""

    rows: int
    digest: str


class KeyedReader:
    """Reads what matches patterns with the variables ``?s``, ``?p`` and ``?o``.

    Parameters
    ----------
    select
        Sends a SELECT and returns its rows.
    address
        The address of the endpoint, for messages.
    page
        The most rows that are asked for at once.
    """

    def __init__(self, select: Callable[[str], QuerySolutions], address: str, page: int) -> None:
        self._select, self.address, self.page = select, address, page
        self._named = 500

    def count(self, where: str, what: str = "*") -> int:
        """Return the number of solutions of a pattern, or of the values of ``what``, as the server counts them.

        Raises
        ------
        InvalidData
            The answer is not one number.
        """
        rows = self._rows(f"SELECT (COUNT({what}) AS ?n) {{ {where} }}", ("n",))
        # Of another answer none may be taken for an empty graph.
        if len(rows) != 1 or not isinstance(rows[0][0], Literal) or not _COUNT.fullmatch(rows[0][0].value):
            raise self.error("does not count the triples of a graph")
        return int(rows[0][0].value)

    def revision(self, where: str) -> Revision:
        """Return the revision of what matches a pattern with ``?s``, ``?p`` and ``?o``.

        The server counts the triples, and the lengths of their objects, by the first digits of a hash of each. A changed
        triple goes unnoticed where its hash has the same digits and its object the same length: once in some thousand times.

        Raises
        ------
        InvalidData
            The answer is not complete, or no such table.
        """
        total = self.count(where)
        count = next((number for number in range(_DIGITS, 1, -1) if 16**number < self.most_rows), 1)
        digits = f"SUBSTR(MD5(CONCAT(STR(?s), ' ', STR(?p), ' ', STR(?o))), 1, {count})"
        numbers = "(COUNT(*) AS ?n) (SUM(STRLEN(STR(?o))) AS ?length)"
        table = self._rows(f"SELECT ?d {numbers} {{ {where} BIND({digits} AS ?d) }} GROUP BY ?d", ("d", "n", "length"))
        if any(digit is None for digit, _, _ in table):
            raise self._blank()
        try:
            lines = sorted(f"{digit.value} {int(count.value)} {int(length.value)}" for digit, count, length in table)
            rows = sum(int(count.value) for _, count, _ in table)
        except (AttributeError, ValueError):
            raise self.error("does not count triples by their hashes") from None
        if rows != total:
            raise self.uncounted()
        return Revision(total, hashlib.sha256("\n".join(lines).encode()).hexdigest())

    def unchanged(self, where: str, before: Revision) -> None:
        """Check that a pattern still has the revision from before it was read.

        Raises
        ------
        InvalidData
            It has another one.
        """
        if self.revision(where) != before:
            raise self.error("was changed while it was read", "try again when nobody writes to it")

    def triples(self, where: str, total: int) -> Iterator[list[Row]]:
        """Yield subject, property and object of what matches a pattern: at once where one page has room, else by keys.

        Parameters
        ----------
        where
            The pattern.
        total
            The number of triples, as ``count`` returns it.

        Raises
        ------
        InvalidData
            There are several pages, and blank nodes or a change meanwhile.
        """
        if total <= self.page:
            rows = self._rows(f"SELECT ?s ?p ?o {{ {where} }}", _TRIPLE) if total else []
            if len(rows) == total:
                yield rows
                return
        before = self.revision(where)
        for subjects in self.keys(where):
            yield from self.of_subjects(subjects, where, _TRIPLE)
        self.unchanged(where, before)

    @cached_property
    def most_rows(self) -> int:
        """The most rows that the server returns: fewer than are asked for, where it has a limit that it does not tell."""
        where = "GRAPH ?g { ?s ?p ?o }"
        read = len(self._rows(f"SELECT ?s {{ {where} }} LIMIT {self.page}", ("s",)))
        if read >= self.page:
            return self.page
        whole = self.count(where)
        return self.page if read == whole else max(1, read)

    def keys(self, where: str) -> Iterator[list[str]]:
        """Yield the IRIs that ``?s`` has in a pattern, page by page, each once.

        Raises
        ------
        InvalidData
            One is a blank node, which has another name on each page; or there are not as many as the server counts.
        """
        total, seen = self.count(where, "DISTINCT ?s"), 0
        pages = max(1, math.ceil(total / (_FILLED * self.most_rows))) if total >= self.most_rows else 1
        bounds = [number * _KEYS // pages for number in range(pages + 1)]
        for names in chain.from_iterable(self._keys_between(where, *ends) for ends in pairwise(bounds)):
            seen += len(names)
            yield names
        if seen != total:
            raise self.uncounted()

    def _keys_between(self, where: str, low: int, high: int) -> Iterator[list[str]]:
        """Yield the IRIs whose keys are in a range, in halves of it where a page may have been cut."""
        bounds = [f"?key >= '{low:08x}'"] if low else []
        bounds += [f"?key < '{high:08x}'"] if high < _KEYS else []
        range_ = f" BIND(MD5(STR(?s)) AS ?key) FILTER({' && '.join(bounds)})" if bounds else ""
        rows = self._rows(f"SELECT DISTINCT ?s {{ {where}{range_} }} LIMIT {self.most_rows}", ("s",))
        self._refuse_blank(rows)
        if len(rows) < self.most_rows:
            yield sorted(row[0].value for row in rows)
            return
        middle = (low + high) // 2
        if middle == low:
            raise self.uncounted()
        yield from self._keys_between(where, low, middle)
        yield from self._keys_between(where, middle, high)

    def of_subjects(self, subjects: Sequence[str], where: str, variables: Sequence[str]) -> Iterator[list[Row]]:
        """Yield the rows of a pattern for some subjects, in answers that the server cannot have cut.

        Raises
        ------
        InvalidData
            They have blank nodes.
        LimitReached
            The rows of one subject alone exceed a limit.
        """
        start = 0
        while start < len(subjects):
            group = subjects[start : start + self._named]
            try:
                rows = self._of_group(group, where, variables)
            except LimitReached:
                if len(group) == 1:
                    raise
                rows = None
            if rows is None and len(group) > 1:
                self._named = max(1, len(group) // 2)
                continue
            start += len(group)
            if rows is None:
                yield from self._of_one(group[0], where, variables)
                continue
            yield rows
            room = _FILLED * self.most_rows / max(1, len(rows)) * len(group)
            self._named = max(1, min(_MOST_NAMED, int(room), 2 * self._named))

    def _of_group(self, group: Sequence[str], where: str, variables: Sequence[str]) -> list[Row] | None:
        """Return the rows of some subjects; None where the answer may be cut."""
        names = " ".join(str(NamedNode(name)) for name in group)
        head = " ".join(f"?{name}" for name in variables)
        rows = self._rows(f"SELECT {head} {{ VALUES ?s {{ {names} }} {where} }} LIMIT {self.most_rows}", variables)
        self._refuse_blank(rows)
        return rows if len(rows) < self.most_rows else None

    def _of_one(self, subject: str, where: str, variables: Sequence[str]) -> Iterator[list[Row]]:
        """Yield the rows of a subject that has more than fit into one answer, by the texts of its objects."""
        head, place = " ".join(f"?{name}" for name in variables), variables.index("o")
        last: str | None = None
        while True:
            after = "" if last is None else f" FILTER(STR(?o) > {Literal(last)})"
            pattern = f"VALUES ?s {{ {NamedNode(subject)} }} {where}{after}"
            rows = self._rows(f"SELECT {head} {{ {pattern} }} ORDER BY STR(?o) LIMIT {self.most_rows}", variables)
            self._refuse_blank(rows)
            if len(rows) < self.most_rows:
                yield rows
                return
            # The next page may have more rows with the last object of this one.
            final = _text(rows[-1][place])
            whole = [row for row in rows if _text(row[place]) != final]
            if not whole:
                raise LimitReached(f"{self.address} has more than {self.most_rows:,} triples of {subject} with one object")
            yield whole
            last = _text(whole[-1][place])

    def _rows(self, text: str, variables: Sequence[str]) -> list[Row]:
        try:
            return [tuple(row[name] for name in variables) for row in self._select(text)]
        except KeyError as error:
            raise self.error(f"answers without the column {error}") from None

    def _refuse_blank(self, rows: Iterable[Row]) -> None:
        if any(isinstance(term, BlankNode) for row in rows for term in row):
            raise self._blank()

    def _blank(self) -> InvalidData:
        """Return the error for blank nodes in several pages: each page names them anew, and they have no texts to sort by."""
        return self.error("has blank nodes and more triples than one page", "export it to a file, and load that")

    def uncounted(self, what: str = "") -> InvalidData:
        """Return the error for an endpoint of which another number of triples arrives than it counts."""
        fault = "has another number of triples than it counts"
        return self.error(f"{what} {fault}".strip(), "it changes, or has a limit of its own: try again")

    def error(self, fault: str, hint: str = "") -> InvalidData:
        """Return the error for an endpoint that cannot be read."""
        return InvalidData([Problem(self.address, None, fault, hint)], "nothing was read")


def _text(term: Any) -> str:
    return str(getattr(term, "value", term))


__all__ = ["KeyedReader", "Revision", "Row"]
