"""Read the rows of tables of dependencies by columns: the plain ones, which are nearly all of a large table.

A row is plain if its cells are valid and state nothing that other rows or fields must be compared with. All others become
record objects as before, which report what is wrong with them. So both ways give the same records and the same problems.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from pydantic import ValidationError

from knockon.authoring.cell_checks import field_validator
from knockon.authoring.expand import Expander
from knockon.authoring.implied import ImpliedEntities
from knockon.authoring.names import LOCAL_NAME, InvalidName
from knockon.authoring.raw import NeedRow, NeedRows, Raw
from knockon.authoring.row_names import RowNames, split
from knockon.authoring.supplies import CLASS_COLUMNS, NAME_RANGES, REQUIRED, SUPPLY_COLUMNS
from knockon.model import STATEMENTS, Dependency, Entity, Evidence, Supply
from knockon.rdf.fields import Field, by_alias
from knockon.rdf.plain_records import (
    Citation,
    PlainDependency,
    PlainEntity,
    PlainFields,
    PlainSupply,
    cite,
    field_text,
    text_literal,
)
from knockon.rdf.to_rdf import conversion_steps, evidence_quads
from knockon.vocabulary import ASSERTED, KO, local_name

#: The fields with one value that need not be compared with others, except that a record has one of the two criticalities.
_FIELDS = frozenset({
    "criticality", "criticalityValue", "mechanism", "switchingCost", "alternatives", "buffer", "comment", "reason", "inferred",
})  # fmt: skip
_CRITICALITIES = frozenset({"criticality", "criticalityValue"})
_KNOWN = _FIELDS | SUPPLY_COLUMNS | CLASS_COLUMNS | {*REQUIRED, "id", "evidence"}
#: Web addresses in their normal form, of letters that need no further check.
_ADDRESS = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::[0-9]{1,4})?(?:/[A-Za-z0-9._~!$&()*+,=:/?-]{0,2000})?"
)
#: The longest local name of a plain record: with its base and the name of a supplier it is shorter than any limit.
_LONGEST_ID = 2_000
#: The most texts of one column whose values are remembered.
_MOST_REMEMBERED = 100_000
#: Names whose likely language is English, without letters that need a further check.
_NAME = re.compile(r"[ -~]{1,1000}")
_NOTHING = PlainFields({})


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
        self.rows, self.implied, self.documents, self.reserved = rows, implied, documents, reserved
        self.resolver, self.base = implied.resolver, implied.resolver.base
        self.names = RowNames(rows.file, implied, NAME_RANGES)
        #: The documents that are cited by their address alone, by address.
        self.addresses: dict[str, None] = {}
        #: The names in the columns of the plain rows, with what they mean: they are resolved again when all ids are known.
        self.named: dict[tuple[str, tuple[str, ...]], str] = {}
        #: The references of citations to documents.
        self.references: dict[str, tuple[str, ...]] = {}
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
        self._fields: dict[tuple[tuple[str, str], ...], PlainFields | None] = {}
        self._values: dict[tuple[str, str], tuple[str, Any, str] | None] = {}
        self._citations: dict[str, Citation | str | None] = {}
        self._supplies: dict[tuple[str, str, str], PlainSupply | None] = {}
        self._single: dict[PlainSupply, tuple[PlainSupply, ...]] = {}
        self._expander = Expander(self.resolver, loose=True, documents=documents)
        self._ranges = {name: by_alias(Dependency)[name].ranges for name in REQUIRED}
        self._provider_ranges = by_alias(Supply)["provider"].ranges
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
        self._fields, self._values, self._citations, self._supplies, self._single = {}, {}, {}, {}, {}

    @property
    def other_rows(self) -> list[NeedRow]:
        """The rows of all other dependencies, in their order."""
        return [self.rows[place] for place in sorted(self._others)]

    def check_names(self) -> None:
        """Check that the names in the plain rows mean the same when the ids of all dependencies are known.

        Raises
        ------
        NotPlain
            One of them means something else.
        """
        for (name, ranges), full in self.named.items():
            try:
                if self.resolver.iri(name, loose=True, ranges=ranges) != full:
                    raise NotPlain
            except InvalidName:
                raise NotPlain from None

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
        full = self._meanings.get((name, word))
        if full is None:
            full = self._meanings[name, word] = self.names.iri(name)
            if self.names.iri(name, strict=True):
                self.implied.add_name(name, full, self.rows.file, line, word)
        return full

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
        names = (cells["dependant"], self._ranges["dependant"], key.dependant), (cells["need"], self._ranges["need"], key.need)
        if not all(self._is_name(*each) for each in names):
            return None
        fields = self._read_fields(tuple((column, cells[column]) for column in cells if column in _FIELDS))
        supplies = self._read_supplies(cells) if fields is not None else None
        cited = self._read_citations(cells.get("evidence", "")) if supplies is not None else None
        if fields is None or supplies is None or cited is None:
            return None
        return PlainDependency(full, key.dependant, key.need, supplies, cited, fields)

    def _is_name(self, name: str, ranges: tuple[str, ...], full: str) -> bool:
        """Return whether a name means the same for a field as for the row, and is a valid one."""
        known = self.named.get((name, ranges))
        if known is None:
            try:
                known = self.resolver.iri(name, loose=True, ranges=ranges)
            except InvalidName:
                return False
            self.named[name, ranges] = known
        return known == full

    def _read_fields(self, cells: tuple[tuple[str, str], ...]) -> PlainFields | None:
        """Return the other fields of a row; None if one is invalid."""
        if not cells:
            return _NOTHING
        if cells in self._fields:
            return self._fields[cells]
        values = {column: self._value(Dependency, column, text) for column, text in cells}
        fields = None
        if None not in values.values() and not values.keys() >= _CRITICALITIES:
            fields = _plain_fields({column: value for column, value in values.items() if value is not None})
        if len(self._fields) < _MOST_REMEMBERED:
            self._fields[cells] = fields
        return fields

    def _value(self, cls: type[Dependency | Supply], column: str, text: str) -> tuple[str, Any, str] | None:
        """Return a cell as it was stated, as a value, and as it is written in RDF; None if it is invalid."""
        if (column, text) in self._values:
            return self._values[column, text]
        field, result = by_alias(cls)[column], None
        try:
            stated = self._expander.normalize(field, text)
            value = field_validator(cls, field.name).validate_python(stated)
            result = stated, value, _term(cls, field, value)
        except (InvalidName, ValidationError):
            pass
        if len(self._values) < _MOST_REMEMBERED:
            self._values[column, text] = result
        return result

    def _read_supplies(self, cells: Mapping[str, str]) -> tuple[PlainSupply, ...] | None:
        """Return the supplies of a row in the order of their IRIs; None if they are not plain."""
        providers, share, delay = split(cells.get("provider", "")), cells.get("share", ""), cells.get("delay", "")
        if (share or delay) and len(providers) != 1:
            return None
        supplies = []
        for name in providers:
            if (name, share, delay) not in self._supplies or len(self._supplies) > _MOST_REMEMBERED:
                self._supplies[name, share, delay] = self._read_supply(name, share, delay)
            supply = self._supplies[name, share, delay]
            if supply is None:
                return None
            supplies.append(supply)
        if len(supplies) == 1 and len(self._single) < _MOST_REMEMBERED:
            # Most dependencies have one supply; those of one provider share the tuple of it.
            return self._single.setdefault(supplies[0], (supplies[0],))
        return _as_supplies(supplies)

    def _read_supply(self, name: str, share: str, delay: str) -> PlainSupply | None:
        full = self.names.iri(name)
        values = [self._value(Supply, column, text) for column, text in (("share", share), ("delay", delay)) if text]
        if None in values or not self._is_name(name, self._provider_ranges, full):
            return None
        terms = iter([value[2] for value in values if value is not None])
        return PlainSupply(full, next(terms) if share else "", next(terms) if delay else "")

    def _read_citations(self, cell: str) -> tuple[str | Citation, ...] | None:
        """Return the evidence of a row in the order of its IRIs; None if it is not plain."""
        cited = []
        for text in split(cell):
            each = self._citation(text)
            if each is None:
                return None
            cited.append(each)
        return tuple(cited) if len(cited) < 2 else _as_citations(cited)

    def _citation(self, text: str) -> str | Citation | None:
        if _ADDRESS.fullmatch(text) and not self.documents and not self.resolver.is_record(text):
            self.addresses.setdefault(text)
            return text
        if text not in self._citations or len(self._citations) > _MOST_REMEMBERED:
            self._citations[text] = self._read_citation(text)
        return self._citations[text]

    def _read_citation(self, text: str) -> str | Citation | None:
        """Return an evidence in any form; None if it is invalid or says more than a place in a document and a stance."""
        expander = Expander(self.resolver, loose=True, documents=self.documents)
        data = expander.expand(Dependency, {"evidence": [text]}).get("evidence", [None])[0]
        if expander.faults or not isinstance(data, dict) or "claimant" in data or "key" in data:
            return None
        if any(address.retrieved for address in expander.addresses):
            return None
        try:
            evidence = Evidence.model_validate(data)
        except ValidationError:
            return None
        self.named.update({(name, ranges): full for name, full, ranges in expander.named})
        self.references.update({full: ranges for _, full, ranges in expander.references})
        for address in expander.addresses:
            if address.document not in self.resolver.declared:
                self.addresses.setdefault(address.address)
        quads = "".join(f"{quad} .\n" for quad in evidence_quads(evidence))
        return Citation(evidence.id, evidence.document, evidence.stance in ASSERTED, data, quads)


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
    supplies = _as_supplies([*first.supplies, *second.supplies])
    cited = first.cited if first.cited == second.cited else _as_citations([*first.cited, *second.cited])
    return None if supplies is None else first._replace(supplies=supplies, cited=cited)


def _as_supplies(supplies: Sequence[PlainSupply]) -> tuple[PlainSupply, ...] | None:
    """Return supplies in the order of their IRIs; None if two have one name, or the shares add up to more than 1."""
    if len(supplies) < 2:
        return tuple(supplies)
    names = {local_name(supply.provider): supply for supply in supplies}
    total = sum(Decimal(supply.share[1 : supply.share.index('"', 1)]) for supply in supplies if supply.share)
    return tuple(names[name] for name in sorted(names)) if len(names) == len(supplies) and total <= 1 else None


def _as_citations(cited: Iterable[str | Citation]) -> tuple[str | Citation, ...]:
    """Return evidence in the order of its IRIs, each once."""
    by_id = {(cite(each).id if isinstance(each, str) else each.id): each for each in cited}
    return tuple(by_id[iri] for iri in sorted(by_id))


def _plain_fields(values: Mapping[str, tuple[str, Any, str]]) -> PlainFields:
    order = list(by_alias(Dependency))
    dependant, supply = order.index("dependant"), order.index("supply")
    parts: tuple[list[str], list[str], list[str]] = [], [], []
    for column in sorted(values, key=order.index):
        _, value, term = values[column]
        at = order.index(column)
        if value is not False:
            parts[0 if at < dependant else 1 if at < supply else 2].append(field_text(Dependency, column, term))
    return PlainFields({column: stated for column, (stated, _, _) in values.items()}, *map(tuple, parts))


def _term(cls: type[Dependency | Supply], field: Field, value: Any) -> str:
    """Return a value as it is written in N-Quads."""
    if field.kind == "word":
        return f"<{KO}{value}>"
    if field.kind == "text":
        return text_literal(value)
    return str(next(step.term for step in conversion_steps(cls) if step.field is field)(value))


__all__ = ["NotPlain", "PlainRows", "plain_entity"]
