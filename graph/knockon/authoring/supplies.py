"""Rows of dependency tables to dependencies: rows of one dependant and need are one, and each provider a supply.

What a row names is implied to be an entity: a table that stands alone needs no
list of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from knockon.authoring.implied import Implied
from knockon.authoring.names import Refused, local
from knockon.authoring.raw import NeedRow, Raw, missing
from knockon.errors import Problem
from knockon.model import Dependency
from knockon.rdf.fields import by_alias
from knockon.vocabulary import prefixed

#: Columns that belong to the supply of a row, not to its dependency.
SUPPLY = {"provider", "share", "delay"}
#: The columns that every row of a table of dependencies fills.
PAIR = ("dependant", "need")
_NAMES = (*PAIR, "provider")
#: What may stand in these columns.
_RANGES = ("Entity", "Measure")
#: Columns that say what the things are that a row names.
ABOUT = {name + "Class" for name in _NAMES}


class Grouping:
    """Dependencies in the making, from the rows of one table.

    Which rows are of one dependant and need is known when all names are: not before all files of a data set are read.

    >>> from knockon.authoring.resolver import Resolver
    >>> cells = {"dependant": "Shop", "need": "Hosting", "provider": "Acme", "share": "0.6"}
    >>> rows = [NeedRow("a.csv", 2, cells), NeedRow("a.csv", 3, {**cells, "provider": "Nimbus", "share": "0.3"})]
    >>> implied = Implied(Resolver("urn:x:"), strict=False)
    >>> grouping = Grouping("a.csv", rows, implied)
    >>> [len(raw.data["supply"]) for raw in grouping.dependencies()], [raw.data["label"] for raw in implied.entities()]
    ([2], ['Shop', 'Hosting', 'Acme', 'Nimbus'])
    """

    def __init__(self, file: str, rows: Iterable[NeedRow], implied: Implied) -> None:
        self.file, self.implied = file, implied
        self.groups: dict[str, Raw] = {}
        self.ids: dict[tuple[str, str], str] = {}
        #: What each dependency has in each of its lists already; providers by their IRIs.
        self._taken: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.problems: list[Problem] = []
        for row in rows:
            if fault := missing(PAIR, row.cells):
                self._problem(row.line, fault)
            else:
                self._group(row.cells, row.line)

    def dependencies(self) -> list[Raw]:
        """The dependencies, each with the suppliers of all its rows."""
        return list(self.groups.values())

    def _problem(self, line: int, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.file, line, message, hint))

    def _group(self, cells: dict[str, str], line: int) -> None:
        for column in _NAMES:
            self._imply(column, cells, line)
        pair = self._iri(cells["dependant"]), self._iri(cells["need"])
        key = cells.get("id") or self.ids.get(pair, "--needs--".join(map(self._word, pair)))
        self.ids.setdefault(pair, key)
        raw = self.groups.setdefault(key, Raw("Dependency", key, {}, self.file, line, loose=True))
        raw.rows.append(line)
        for column, value in cells.items():
            # The group has one dependant and need already, maybe in another spelling.
            same = column in PAIR and self._iri(value) == self._iri(raw.data.get(column, value))
            if column not in SUPPLY | ABOUT | {"id"} and not (same and column in raw.data):
                self._merge(raw, column, value, line)
        self._supplies(raw, cells, line)

    def _imply(self, column: str, cells: dict[str, str], line: int) -> None:
        word = cells.get(column + "Class", "")
        for name in _split(cells.get(column, "")) if column == "provider" else [cells[column]]:
            if full := self._iri(name, strict=True):
                self.implied.name(name, full, self.file, line, word)

    def _iri(self, name: str, *, strict: bool = False) -> str:
        """The IRI of a name; of one that can be none the name itself, since the reference will be refused later on."""
        try:
            return self.implied.resolver.iri(name, loose=True, ranges=_RANGES)
        except Refused:
            return "" if strict else name

    def _word(self, full: str) -> str:
        """What stands for an entity in the id of a dependency."""
        base = self.implied.resolver.base
        return full.removeprefix(base) if full.startswith(base) else local(prefixed(full))

    def _merge(self, raw: Raw, column: str, value: str, line: int) -> None:
        field = by_alias(Dependency).get(column)
        if column not in raw.data:
            raw.lines[(column,)] = line
        if field is not None and field.many:
            values, taken = raw.data.setdefault(column, []), self._taken[raw.id, column]
            for one in _split(value):
                if one not in taken:
                    taken.add(one)
                    raw.lines[(column, len(values))] = line
                    values.append(one)
        elif raw.data.setdefault(column, value) != value:
            clash = f"{column} is {value!r} here and {raw.data[column]!r} in line {raw.line_of((column,))}"
            self._problem(line, clash, "rows of one need say the same, or have ids of their own")

    def _supplies(self, raw: Raw, cells: dict[str, str], line: int) -> None:
        extra: dict[str, Any] = {column: cells[column] for column in ("share", "delay") if column in cells}
        providers = _split(cells.get("provider", ""))
        if extra and len(providers) != 1:
            self._problem(line, f"{' and '.join(extra)} needs exactly one provider in its row")
        supply: list[dict[str, Any]] = raw.data.setdefault("supply", []) if providers else []
        taken = self._taken[raw.id, "supply"]
        for provider in providers:
            full = self._iri(provider)
            if full in taken:
                self._problem(line, f"{provider} stands twice as provider of {cells['need']} for {cells['dependant']}")
                continue
            taken.add(full)
            raw.lines[("supply", len(supply))] = line
            supply.append({"provider": provider, **extra})


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]
