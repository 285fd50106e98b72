"""Read tables of shocks: one row for each target, the rows of one shock together make one record.

Columns ``shock`` (its name), ``target`` (an entity by name, or a dependency,
supply or provision by its id) and ``severity`` (a word or a number from 0 to
1), and the other fields of a Shock: ``label``, ``status``, ``evidence``.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from knockon.authoring.cell_checks import is_number
from knockon.authoring.languages import base_of, with_language
from knockon.authoring.names import is_iri, to_local_name
from knockon.authoring.raw import Raw, missing_cells
from knockon.authoring.row_names import split
from knockon.errors import Problem
from knockon.model import Shock
from knockon.rdf.fields import by_alias
from knockon.vocabulary import local_name

#: The columns that every row of a table of shocks must fill.
REQUIRED = ("shock", "target")
_ENDS = ("severityLow", "severityHigh")
_OWN = ("shock", "target", "severity", "severityValue", *_ENDS)
SHOCK_FIELDS = {*_OWN, *by_alias(Shock)} - {"hit"}


class ShockRows:
    """Builder of shocks from the rows of one table.

    >>> rows = ShockRows("shocks.csv")
    >>> rows.add({"shock": "Port strike", "target": "Harbour", "severity": "high"}, 2)
    >>> rows.add({"shock": "Port strike", "target": "Acme", "severity": "0.2"}, 3)
    >>> [(raw.id, raw.data["hit"]) for raw in rows.shocks()]
    [('port-strike', [{'target': 'Harbour', 'severity': 'high'}, {'target': 'Acme', 'severityValue': '0.2'}])]
    """

    def __init__(self, file: str, language: str = "") -> None:
        self.file, self.language = file, language
        self.groups: dict[str, Raw] = {}
        #: The values in each list of each shock so far; targets by their local names.
        self._values: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.problems: list[Problem] = []

    def add(self, cells: dict[str, str], line: int) -> None:
        """Add one row."""
        if fault := missing_cells(REQUIRED, cells):
            self.problems.append(Problem(self.file, line, fault))
            return
        name = cells["shock"]
        key = name if is_iri(name) else to_local_name(name)
        raw = self.groups.get(key)
        if raw is None:
            label = cells.get("label") or (local_name(name) if is_iri(name) else with_language(name, self.language))
            raw = Raw("Shock", key, {"label": label, "hit": []}, self.file, line, loose=True)
            raw.lines[("label",)] = line
            self.groups[key] = raw
        raw.rows.append(line)
        for column, value in cells.items():
            if column not in _OWN:
                self._merge(raw, column, value, line)
        self._add_hit(raw, cells, line)

    def shocks(self) -> list[Raw]:
        """Return the shocks, in the order of their first rows."""
        return list(self.groups.values())

    def _add_hit(self, raw: Raw, cells: dict[str, str], line: int) -> None:
        hits: list[dict[str, Any]] = raw.data["hit"]
        target = cells["target"]
        taken, name = self._values[raw.id, "hit"], to_local_name(target)
        if name in taken:
            message = f"duplicate target {target[:100]!r} of {cells['shock'][:100]!r}"
            self.problems.append(Problem(self.file, line, message, "write one row for each target of a shock"))
            return
        taken.add(name)
        raw.lines[("hit", len(hits))] = line
        hit = {"target": target}
        for column in ("severity", "severityValue"):
            if value := cells.get(column):
                hit["severityValue" if is_number(value) else column] = value
        hit |= {column: cells[column] for column in _ENDS if column in cells}
        hits.append(hit)

    def _merge(self, raw: Raw, column: str, value: str, line: int) -> None:
        if by_alias(Shock)[base_of(column)].many:
            values, taken = raw.data.setdefault(column, []), self._values[raw.id, column]
            for item in split(value):
                if item not in taken:
                    taken.add(item)
                    raw.lines[(column, len(values))] = line
                    values.append(item)
            return
        if column not in raw.data:
            raw.lines[(column,)] = line
        if raw.data.setdefault(column, value) != value:
            message = f"{column} is {value!r} here and {raw.data[column]!r} in line {raw.line_of((column,))}"
            self.problems.append(Problem(self.file, line, message, "all rows of one shock must have the same value"))
