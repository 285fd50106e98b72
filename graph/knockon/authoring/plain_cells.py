"""The values of the plain cells of a table of dependencies, as they are written in RDF; cells that are not plain have none.

A cell is plain if it is valid and states nothing that other rows or fields must be compared with.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from knockon.authoring.cell_checks import field_validator
from knockon.authoring.expand import Expander
from knockon.authoring.names import InvalidName
from knockon.authoring.resolver import Resolver
from knockon.authoring.row_names import RowNames, split
from knockon.model import Dependency, Evidence, Supply
from knockon.rdf.fields import Field, by_alias
from knockon.rdf.plain_records import Citation, PlainFields, PlainSupply, cite, field_text, text_literal
from knockon.rdf.to_rdf import conversion_steps, evidence_quads
from knockon.vocabulary import ASSERTED, KO, local_name

#: The fields with one value that need not be compared with others, except that a record has one of the two criticalities.
FIELDS = frozenset({
    "criticality", "criticalityValue", "mechanism", "switchingCost", "alternatives", "buffer", "comment", "reason", "inferred",
})  # fmt: skip
_CRITICALITIES = frozenset({"criticality", "criticalityValue"})
#: Web addresses in their normal form, of letters that need no further check.
_ADDRESS = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::[0-9]{1,4})?(?:/[A-Za-z0-9._~!$&()*+,=:/?-]{0,2000})?"
)
#: The most texts of one column whose values are remembered.
_MOST_REMEMBERED = 100_000
_NOTHING = PlainFields({})


class PlainCells:
    """Reader of the cells of one table, which remembers what it has read.

    Parameters
    ----------
    resolver
        What names mean.
    names
        What the names in rows mean.
    documents
        The declared documents (IRIs) by web address.
    """

    def __init__(self, resolver: Resolver, names: RowNames, documents: Mapping[str, Sequence[str]]) -> None:
        self.resolver, self.names, self.documents = resolver, names, documents
        #: The documents that are cited by their address alone, by address.
        self.addresses: dict[str, None] = {}
        #: The names in the cells by the classes that they may have, with what they mean: they are resolved again when all ids
        #: are known.
        self.named: defaultdict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
        #: The references of citations to documents.
        self.references: dict[str, tuple[str, ...]] = {}
        self._expander = Expander(resolver, loose=True, documents=documents)
        self._provider_ranges = by_alias(Supply)["provider"].ranges
        self.forget()

    def forget(self) -> None:
        """Forget the values of cells: for a large table they are as large as the records."""
        self._known_fields: dict[tuple[tuple[str, str], ...], PlainFields | None] = {}
        self._known_values: dict[tuple[str, str], tuple[str, Any, str] | None] = {}
        self._known_citations: dict[str, Citation | str | None] = {}
        self._known_supplies: dict[tuple[str, str, str], PlainSupply | None] = {}
        self._single: dict[PlainSupply, tuple[PlainSupply, ...]] = {}

    def is_name(self, name: str, ranges: tuple[str, ...], full: str) -> bool:
        """Return whether a name means the same for a field as for the row, and is a valid one."""
        named = self.named[ranges]
        known = named.get(name)
        if known is None:
            try:
                known = named[name] = self.resolver.iri(name, loose=True, ranges=ranges)
            except InvalidName:
                return False
        return known == full

    def fields(self, cells: tuple[tuple[str, str], ...]) -> PlainFields | None:
        """Return the other fields of a row; None if one is invalid."""
        if not cells:
            return _NOTHING
        if cells in self._known_fields:
            return self._known_fields[cells]
        values = {column: self._value(Dependency, column, text) for column, text in cells}
        fields = None
        if None not in values.values() and not values.keys() >= _CRITICALITIES:
            fields = _plain_fields({column: value for column, value in values.items() if value is not None})
        if len(self._known_fields) < _MOST_REMEMBERED:
            self._known_fields[cells] = fields
        return fields

    def _value(self, cls: type[Dependency | Supply], column: str, text: str) -> tuple[str, Any, str] | None:
        """Return a cell as it was stated, as a value, and as it is written in RDF; None if it is invalid."""
        if (column, text) in self._known_values:
            return self._known_values[column, text]
        field, result = by_alias(cls)[column], None
        try:
            stated = self._expander.normalize(field, text)
            value = field_validator(cls, field.name).validate_python(stated)
            result = stated, value, _term(cls, field, value)
        except (InvalidName, ValidationError):
            pass
        if len(self._known_values) < _MOST_REMEMBERED:
            self._known_values[column, text] = result
        return result

    def supplies(self, cells: Mapping[str, str]) -> tuple[PlainSupply, ...] | None:
        """Return the supplies of a row in the order of their IRIs; None if they are not plain."""
        providers, share, delay = split(cells.get("provider", "")), cells.get("share", ""), cells.get("delay", "")
        if (share or delay) and len(providers) != 1:
            return None
        supplies = []
        for name in providers:
            if (name, share, delay) not in self._known_supplies or len(self._known_supplies) > _MOST_REMEMBERED:
                self._known_supplies[name, share, delay] = self._read_supply(name, share, delay)
            supply = self._known_supplies[name, share, delay]
            if supply is None:
                return None
            supplies.append(supply)
        if len(supplies) == 1 and len(self._single) < _MOST_REMEMBERED:
            # Most dependencies have one supply; those of one provider share the tuple of it.
            return self._single.setdefault(supplies[0], (supplies[0],))
        return as_supplies(supplies)

    def _read_supply(self, name: str, share: str, delay: str) -> PlainSupply | None:
        full = self.names.iri(name)
        values = [self._value(Supply, column, text) for column, text in (("share", share), ("delay", delay)) if text]
        if None in values or not self.is_name(name, self._provider_ranges, full):
            return None
        terms = iter([value[2] for value in values if value is not None])
        return PlainSupply(full, next(terms) if share else "", next(terms) if delay else "")

    def citations(self, cell: str) -> tuple[str | Citation, ...] | None:
        """Return the evidence of a row in the order of its IRIs; None if it is not plain."""
        cited = []
        for text in split(cell):
            each = self._citation(text)
            if each is None:
                return None
            cited.append(each)
        return tuple(cited) if len(cited) < 2 else as_citations(cited)

    def _citation(self, text: str) -> str | Citation | None:
        if _ADDRESS.fullmatch(text) and not self.documents and not self.resolver.is_record(text):
            self.addresses.setdefault(text)
            return text
        if text not in self._known_citations or len(self._known_citations) > _MOST_REMEMBERED:
            self._known_citations[text] = self._read_citation(text)
        return self._known_citations[text]

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
        for name, full, ranges in expander.named:
            self.named[ranges][name] = full
        self.references.update({full: ranges for _, full, ranges in expander.references})
        for address in expander.addresses:
            if address.document not in self.resolver.declared:
                self.addresses.setdefault(address.address)
        quads = "".join(f"{quad} .\n" for quad in evidence_quads(evidence))
        return Citation(evidence.id, evidence.document, evidence.stance in ASSERTED, data, quads)


def as_supplies(supplies: Sequence[PlainSupply]) -> tuple[PlainSupply, ...] | None:
    """Return supplies in the order of their IRIs; None if two have one name, or the shares add up to more than 1."""
    if len(supplies) < 2:
        return tuple(supplies)
    names = {local_name(supply.provider): supply for supply in supplies}
    total = sum(Decimal(supply.share[1 : supply.share.index('"', 1)]) for supply in supplies if supply.share)
    return tuple(names[name] for name in sorted(names)) if len(names) == len(supplies) and total <= 1 else None


def as_citations(cited: Iterable[str | Citation]) -> tuple[str | Citation, ...]:
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


__all__ = ["FIELDS", "PlainCells", "as_citations", "as_supplies"]
