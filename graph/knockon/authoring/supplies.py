"""Build dependencies from the rows of tables: rows of one dependant and need make one, and each provider a supply.

Names in rows are implied to be entities: a single table needs no list of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from knockon.authoring.implied import ImpliedEntities
from knockon.authoring.raw import NeedRow, Raw, missing_cells
from knockon.authoring.row_names import RowNames, split
from knockon.errors import Problem
from knockon.model import Dependency
from knockon.rdf.fields import by_alias

#: Columns of the supply of a row, not of its dependency.
SUPPLY_COLUMNS = {"provider", "share", "delay"}
#: The columns that every row of a table of dependencies must fill.
REQUIRED = ("dependant", "need")
_NAMES = (*REQUIRED, "provider")
#: The classes that these columns may name.
NAME_RANGES = ("Entity", "Measure")
#: Columns with the classes of the entities that a row names.
CLASS_COLUMNS = {name + "Class" for name in _NAMES}


class DependencyRows:
    """Builder of dependencies from the rows of one table.

    Rows can be grouped by dependant and need only when all files are read, since names are resolved then.

    >>> from knockon.authoring.resolver import Resolver
    >>> cells = {"dependant": "Shop", "need": "Hosting", "provider": "Acme", "share": "0.6"}
    >>> rows = [NeedRow("a.csv", 2, cells), NeedRow("a.csv", 3, {**cells, "provider": "Nimbus", "share": "0.3"})]
    >>> implied = ImpliedEntities(Resolver("urn:x:"), strict=False)
    >>> grouping = DependencyRows("a.csv", rows, implied)
    >>> [len(raw.data["supply"]) for raw in grouping.dependencies()], [raw.data["label"] for raw in implied.entities()]
    ([2], ['Shop', 'Hosting', 'Acme', 'Nimbus'])
    """

    def __init__(self, file: str, rows: Iterable[NeedRow], implied: ImpliedEntities) -> None:
        self.file, self.names = file, RowNames(file, implied, NAME_RANGES)
        self.groups: dict[str, Raw] = {}
        self.ids: dict[tuple[str, str], str] = {}
        #: The values in each list of each dependency so far; providers by their IRIs.
        self._values: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.problems: list[Problem] = []
        for row in rows:
            if fault := missing_cells(REQUIRED, row.cells):
                self._problem(row.line, fault)
            else:
                self._add_row(row.cells, row.line)

    def dependencies(self) -> list[Raw]:
        """Return the dependencies, each with the suppliers of all its rows."""
        return list(self.groups.values())

    def _problem(self, line: int, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.file, line, message, hint))

    def _add_row(self, cells: dict[str, str], line: int) -> None:
        for column in _NAMES:
            self.names.imply(column, cells, line, several=column == "provider")
        pair = self.names.iri(cells["dependant"]), self.names.iri(cells["need"])
        key = cells.get("id") or self.ids.get(pair, "--needs--".join(map(self.names.id_part, pair)))
        self.ids.setdefault(pair, key)
        raw = self.groups.setdefault(key, Raw("Dependency", key, {}, self.file, line, loose=True))
        raw.rows.append(line)
        for column, value in cells.items():
            # The group has the same dependant and need already, possibly in another spelling.
            same = column in REQUIRED and self.names.iri(value) == self.names.iri(raw.data.get(column, value))
            if column not in SUPPLY_COLUMNS | CLASS_COLUMNS | {"id"} and not (same and column in raw.data):
                self._merge(raw, column, value, line)
        self._add_supplies(raw, cells, line)

    def _merge(self, raw: Raw, column: str, value: str, line: int) -> None:
        field = by_alias(Dependency).get(column)
        if column not in raw.data:
            raw.lines[(column,)] = line
        if field is not None and field.many:
            values, taken = raw.data.setdefault(column, []), self._values[raw.id, column]
            for item in split(value):
                if item not in taken:
                    taken.add(item)
                    raw.lines[(column, len(values))] = line
                    values.append(item)
        elif raw.data.setdefault(column, value) != value:
            message = f"{column} is {value!r} here and {raw.data[column]!r} in line {raw.line_of((column,))}"
            self._problem(line, message, "all rows of one need must have the same value, or ids of their own")

    def _add_supplies(self, raw: Raw, cells: dict[str, str], line: int) -> None:
        extra: dict[str, Any] = {column: cells[column] for column in ("share", "delay") if column in cells}
        providers = split(cells.get("provider", ""))
        if extra and len(providers) != 1:
            self._problem(line, f"{' and '.join(extra)} needs exactly one provider in its row")
        supply: list[dict[str, Any]] = raw.data.setdefault("supply", []) if providers else []
        taken = self._values[raw.id, "supply"]
        for provider in providers:
            full = self.names.iri(provider)
            if full in taken:
                self._problem(line, f"duplicate provider {provider!r} of {cells['need']} for {cells['dependant']}")
                continue
            taken.add(full)
            raw.lines[("supply", len(supply))] = line
            supply.append({"provider": provider, **extra})
