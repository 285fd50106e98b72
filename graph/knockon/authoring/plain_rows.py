"""Read the rows of tables of dependencies by columns: the plain ones, which are nearly all of a large table.

A row is plain if its cells are valid and state nothing that other rows or fields must be compared with. All others become
record objects as before, which report what is wrong with them. So both ways give the same records and the same problems.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from pydantic import ValidationError

from knockon.authoring.implied import ImpliedEntities
from knockon.authoring.names import LOCAL_NAME, InvalidName
from knockon.authoring.plain_cells import FIELDS, PlainCells, as_citations, as_supplies
from knockon.authoring.raw import NeedRow, NeedRows, Raw
from knockon.authoring.row_names import RowNames, split
from knockon.authoring.supplies import CLASS_COLUMNS, NAME_RANGES, REQUIRED, SUPPLY_COLUMNS
from knockon.model import STATEMENTS, Dependency, Entity
from knockon.rdf.fields import by_alias
from knockon.rdf.plain_records import PlainDependency, PlainEntity

_KNOWN = FIELDS | SUPPLY_COLUMNS | CLASS_COLUMNS | {*REQUIRED, "id", "evidence"}
#: The longest local name of a plain record: with its base and the name of a supplier it is shorter than any limit.
_LONGEST_ID = 2_000
#: Names whose likely language is English, without letters that need a further check.
_NAME = re.compile(r"[ -~]{1,1000}")


class NotPlain(Exception):
    """The rows of a data set must be read into record objects, all of them."""


class _Key(NamedTuple):
    """The id of the dependency that a row is part of, and the dependant and need of the row by their IRIs."""

    id: str
    dependant: str
    need: str


class PlainRows:
    """Reader of the rows of one table of dependencies, in two parts: plain dependencies, and the rows of all others.

    Parameters
    ----------
    rows
        The rows.
    implied
        Receives the entities that the rows name.
    documents
        The declared documents (IRIs) by web address.
    reserved
        IRIs that a plain dependency must not have, since other records have them.

    Raises
    ------
    NotPlain
        A row states the class of an entity that is not one, or contradicts another row.

    Examples
    --------
    >>> from knockon.authoring.resolver import Resolver
    >>> rows = NeedRows()
    >>> rows.append(NeedRow("a.csv", 2, {"dependant": "Shop", "need": "Hosting", "criticality": "High"}))
    >>> rows.append(NeedRow("a.csv", 3, {"dependant": "Shop", "need": "Power", "criticality": "Hihg"}))
    >>> plain = PlainRows(rows, ImpliedEntities(Resolver("urn:x:"), strict=False), {}, frozenset())
    >>> [record.id for record in plain.dependencies], [row.cells["need"] for row in plain.other_rows]
    (['urn:x:shop--needs--hosting'], ['Power'])
    """

    def __init__(
        self,
        rows: NeedRows,
        implied: ImpliedEntities,
        documents: Mapping[str, Sequence[str]],
        reserved: Collection[str],
    ) -> None:
        self.rows, self.implied, self.reserved = rows, implied, reserved
        self.resolver, self.base = implied.resolver, implied.resolver.base
        self.names = RowNames(rows.file, implied, NAME_RANGES)
        self._cells = PlainCells(self.resolver, self.names, documents)
        self._found: list[PlainDependency | None] = []
        self._place_of: dict[str, int] = {}
        self._first_rows = array("q")
        self._more_rows: dict[int, list[int]] = {}
        self._first_key: dict[tuple[str, str], str] = {}
        self._others: list[int] = []
        self._has_ids = rows.has_column("id")
        self._has_known_columns = _KNOWN.issuperset(rows.columns)
        self._meanings: dict[tuple[str, str], str] = {}
        self._parts: dict[str, str] = {}
        self._ranges = {name: by_alias(Dependency)[name].ranges for name in REQUIRED}
        for place in range(len(rows)):
            self._add(place)
        if implied.problems:
            raise NotPlain
        #: The plain dependencies, in the order of their first rows.
        self.dependencies = [record for record in self._found if record is not None]
        #: Those of them with more than one supply, each with the line of its first row.
        self.with_several_supplies = [
            (rows.lines[self._first_rows[place]], record)
            for place, record in enumerate(self._found)
            if record is not None and len(record.supplies) > 1
        ]
        self._free()

    def _free(self) -> None:
        """Free what only the reading needs: for a large table that is as much as the records."""
        self._found, self._place_of, self._first_rows, self._more_rows = [], {}, array("q"), {}
        self._first_key, self._meanings, self._parts = {}, {}, {}
        self._cells.forget()

    def take_addresses(self) -> Collection[str]:
        """Return the addresses of the documents that are cited by them alone, and free them."""
        addresses, self._cells.addresses = self._cells.addresses, {}
        return addresses

    @property
    def references(self) -> Mapping[str, tuple[str, ...]]:
        """The references of citations to documents."""
        return self._cells.references

    @property
    def other_rows(self) -> list[NeedRow]:
        """The rows of all other dependencies, in their order."""
        return [self.rows[place] for place in sorted(self._others)]

    def check_names(self) -> None:
        """Check that the names in the plain rows mean the same when the ids of all dependencies are known, and free them.

        Raises
        ------
        NotPlain
            One of them means something else.
        """
        for ranges, named in self._cells.named.items():
            for name, full in named.items():
                try:
                    if self.resolver.iri(name, loose=True, ranges=ranges) != full:
                        raise NotPlain
                except InvalidName:
                    raise NotPlain from None
        self._cells.named.clear()

    def _add(self, place: int) -> None:
        cells = self.rows.cells(place)
        if "dependant" not in cells or "need" not in cells:
            self._others.append(place)
            return
        key = self._key(cells, self.rows.lines[place])
        full = self.base + key.id
        at = self._place_of.get(full)
        record = self._read(key, cells) if at is None or self._found[at] is not None else None
        if at is None:
            self._place_of[record.id if record else full] = len(self._found)
            self._found.append(record)
            self._first_rows.append(place)
            if record is None:
                self._others.append(place)
        elif (first := self._found[at]) is None:
            self._others.append(place)
        else:
            self._more_rows.setdefault(at, []).append(place)
            self._found[at] = joined = _joined(first, record) if record else None
            if joined is None:
                self._others += [self._first_rows[at], *self._more_rows.pop(at)]

    def _key(self, cells: Mapping[str, str], line: int) -> _Key:
        """Record the names of a row, and return which dependency it is part of; as ``DependencyRows`` does."""
        dependant = self._meaning(cells["dependant"], cells.get("dependantClass", ""), line)
        need = self._meaning(cells["need"], cells.get("needClass", ""), line)
        word = cells.get("providerClass", "")
        for name in split(cells.get("provider", "")):
            self._meaning(name, word, line)
        pair = dependant, need
        key = cells.get("id") or self._first_key.get(pair) or f"{self._id_part(dependant)}--needs--{self._id_part(need)}"
        if self._has_ids:
            self._first_key.setdefault(pair, key)
        return _Key(key, dependant, need)

    def _meaning(self, name: str, word: str, line: int) -> str:
        """Return the IRI that a name means, or an invalid name itself; the first time, record that the table uses it."""
        known = self._meanings.get((name, word))
        if known is None:
            full = self.names.iri(name, strict=True)
            known = self._meanings[name, word] = full or name
            if full:
                self.implied.add_name(name, full, self.rows.file, line, word)
        return known

    def _id_part(self, full: str) -> str:
        part = self._parts.get(full)
        if part is None:
            part = self._parts[full] = self.names.id_part(full)
        return part

    def _read(self, key: _Key, cells: Mapping[str, str]) -> PlainDependency | None:
        """Return the dependency that a row states; None if it is not plain."""
        full = self.base + key.id
        if (
            len(key.id) > _LONGEST_ID
            or not LOCAL_NAME.fullmatch(key.id)
            or full in self.reserved
            or not (self._has_known_columns or _KNOWN.issuperset(cells))
        ):
            return None
        is_name, ranges = self._cells.is_name, self._ranges
        if not (
            is_name(cells["dependant"], ranges["dependant"], key.dependant) and is_name(cells["need"], ranges["need"], key.need)
        ):
            return None
        fields = self._cells.fields(tuple((column, cells[column]) for column in cells if column in FIELDS))
        supplies = self._cells.supplies(cells) if fields is not None else None
        cited = self._cells.citations(cells.get("evidence", "")) if supplies is not None else None
        if fields is None or supplies is None or cited is None:
            return None
        return PlainDependency(full, key.dependant, key.need, supplies, cited, fields)


def plain_entity(raw: Raw, base: str) -> PlainEntity | None:
    """Return the entity that a table names without declaring it; None if it is invalid.

    >>> plain_entity(Raw("Company", "urn:x:acme", {"label": "Acme"}, "a.csv", 2), "urn:x:").label
    'Acme'
    """
    label, others = raw.data["label"], raw.data.get("altLabel", [])
    is_own = raw.id.startswith(base) and LOCAL_NAME.fullmatch(raw.id, len(base)) and len(raw.id) < _LONGEST_ID
    if is_own and _needs_only_label(raw.cls) and all(type(name) is str and _NAME.fullmatch(name) for name in (label, *others)):
        return PlainEntity(raw.id, raw.cls, label, tuple(sorted(set(others))))
    try:
        record = STATEMENTS[raw.cls].model_validate({**raw.data, "id": raw.id})
    except ValidationError:
        return None
    return PlainEntity(raw.id, raw.cls, record.label, record.alt_label) if isinstance(record, Entity) else None


@cache
def _needs_only_label(cls: str) -> bool:
    """Return whether an entity of a class is valid if it has a label."""
    try:
        return isinstance(STATEMENTS[cls].model_validate({"id": "urn:x:x", "label": "x"}), Entity)
    except ValidationError:
        return False


def _joined(first: PlainDependency, second: PlainDependency) -> PlainDependency | None:
    """Return the dependency that two rows make; None if they state different values, or one supplier twice."""
    if (first.dependant, first.need, first.fields) != (second.dependant, second.need, second.fields):
        return None
    supplies = as_supplies([*first.supplies, *second.supplies])
    cited = first.cited if first.cited == second.cited else as_citations([*first.cited, *second.cited])
    return None if supplies is None else first._replace(supplies=supplies, cited=cited)


__all__ = ["NotPlain", "PlainRows", "plain_entity"]
