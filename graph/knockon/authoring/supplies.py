"""Rows of dependency tables to dependencies: rows of one dependant and need are one, and each provider a supply.

What a row names is implied to be an entity: a table that stands alone needs no
list of them.
"""

from __future__ import annotations

from typing import Any

from knockon.authoring.csv_form import class_named
from knockon.authoring.names import fault_of_name, is_iri, local
from knockon.authoring.raw import Raw
from knockon.errors import Problem
from knockon.model import Dependency
from knockon.rdf.fields import by_alias
from knockon.vocabulary import local_name

#: Columns that belong to the supply of a row, not to its dependency.
SUPPLY = {"provider", "share", "delay"}
_PAIR = ("dependant", "need")
_NAMES = (*_PAIR, "provider")
#: Columns that say what the things are that a row names.
ABOUT = {name + "Class" for name in _NAMES}


class Grouping:
    """Dependencies in the making, from the rows of one table.

    >>> grouping = Grouping("suppliers.csv")
    >>> grouping.add({"dependant": "Shop", "need": "Hosting", "provider": "Acme", "share": "0.6"}, 2)
    >>> grouping.add({"dependant": "Shop", "need": "Hosting", "provider": "Nimbus", "share": "0.3"}, 3)
    >>> [raw.data["combination"] for raw in grouping.dependencies()], sorted(grouping.implied)
    (['Shares'], ['acme', 'hosting', 'nimbus', 'shop'])
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.groups: dict[str, Raw] = {}
        self.ids: dict[str, str] = {}
        self.implied: dict[str, Raw] = {}
        self.problems: list[Problem] = []

    def add(self, cells: dict[str, str], line: int) -> None:
        """One row."""
        missing = [column for column in ("dependant", "need") if column not in cells]
        if missing:
            self._problem(line, f"{' and '.join(missing)} is empty")
            return
        for column in _NAMES:
            self._imply(column, cells, line)
        pair = f"{local(cells['dependant'])}--needs--{local(cells['need'])}"
        key = cells.get("id") or self.ids.get(pair, pair)
        self.ids.setdefault(pair, key)
        raw = self.groups.setdefault(key, Raw("Dependency", key, {}, self.file, line, loose=True))
        raw.rows.append(line)
        for column, value in cells.items():
            # The group has one dependant and need already, maybe in another spelling.
            same = column in _PAIR and local(value) == local(raw.data.get(column, value))
            if column not in SUPPLY | ABOUT | {"id"} and not (same and column in raw.data):
                self._merge(raw, column, value, line)
        self._supplies(raw, cells, line)

    def dependencies(self) -> list[Raw]:
        """The dependencies; a share for every provider says how they combine, unless the table says otherwise."""
        for raw in self.groups.values():
            supply = raw.data.get("supply")
            if supply and all("share" in one for one in supply):
                raw.data.setdefault("combination", "Shares")
        return list(self.groups.values())

    def _problem(self, line: int, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.file, line, message, hint))

    def _imply(self, column: str, cells: dict[str, str], line: int) -> None:
        word = cells.get(column + "Class", "Entity")
        word = class_named(word) or word
        for name in _split(cells.get(column, "")) if column == "provider" else [cells[column]]:
            meant = is_iri(name)
            if meant and fault_of_name(name):
                continue  # the reference itself is refused later on
            label = local_name(name) if meant else name
            entity = Raw(word, name if meant else local(name), {"label": label}, self.file, line, loose=True)
            earlier = self.implied.setdefault(entity.id, entity)
            if clash := meet(earlier, entity):
                self._problem(line, clash, f"give it one class; {earlier.file}:{earlier.line} has the other")

    def _merge(self, raw: Raw, column: str, value: str, line: int) -> None:
        field = by_alias(Dependency).get(column)
        if column not in raw.data:
            raw.lines[(column,)] = line
        if field is not None and field.many:
            have = raw.data.setdefault(column, [])
            for one in _split(value):
                if one not in have:
                    raw.lines[(column, len(have))] = line
                    have.append(one)
        elif raw.data.setdefault(column, value) != value:
            clash = f"{column} is {value!r} here and {raw.data[column]!r} in line {raw.line_of((column,))}"
            self._problem(line, clash, "rows of one need say the same, or have ids of their own")

    def _supplies(self, raw: Raw, cells: dict[str, str], line: int) -> None:
        extra: dict[str, Any] = {column: cells[column] for column in ("share", "delay") if column in cells}
        providers = _split(cells.get("provider", ""))
        if extra and len(providers) != 1:
            self._problem(line, f"{' and '.join(extra)} needs exactly one provider in its row")
        supply: list[dict[str, Any]] = raw.data.setdefault("supply", []) if providers else []
        for provider in providers:
            if any(local(one["provider"]) == local(provider) for one in supply):
                self._problem(line, f"{provider} stands twice as provider of {cells['need']} for {cells['dependant']}")
                continue
            raw.lines[("supply", len(supply))] = line
            supply.append({"provider": provider, **extra})


def meet(earlier: Raw, entity: Raw) -> str:
    """Make one of two implied entities of one id, keeping every name; what is said where their classes differ."""
    if earlier.cls == "Entity":
        earlier.cls, earlier.line, earlier.file = entity.cls, entity.line, entity.file
    for label in (entity.data["label"], *entity.data.get("altLabel", ())):
        if label != earlier.data["label"] and label not in earlier.data.setdefault("altLabel", []):
            earlier.data["altLabel"].append(label)
    if entity.cls not in {"Entity", earlier.cls}:
        return f"{entity.data['label']} is a {entity.cls} here and a {earlier.cls} elsewhere"
    return ""


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]
