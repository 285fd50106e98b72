"""The titles of records: the label or title of a record, or else a short description."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from knockon.model import (
    Dependency,
    Designation,
    Judgement,
    Observation,
    Ownership,
    Provision,
    Record,
    Relation,
    Statement,
)
from knockon.model.labels import stated_label
from knockon.rdf.fields import fields
from knockon.vocabulary import local_name

#: The classes whose records have no label or title, with the fields whose names theirs are made of, and the words between.
NAMED_FIELDS: Mapping[type[Statement], tuple[str, ...]] = {
    Dependency: ("dependant", "need"),
    Designation: ("measure", "designated"),
    Judgement: ("entity",),
    Observation: ("about",),
    Ownership: ("owner", "owned"),
    Provision: ("provider", "provided"),
    Relation: ("subject", "object"),
}
COMPOSED: tuple[type[Statement], ...] = tuple(NAMED_FIELDS)
JOINING_WORDS = "needs owns of provides from and"
#: The signs between them.
JOINING_SIGNS = ":()"


class Titles:
    """The titles of records, which name each other by their labels.

    >>> from knockon.model import Company
    >>> acme, glass = Company(id="urn:x:acme", label="Acme"), Company(id="urn:x:glass", label="Glass")
    >>> need = Dependency(id="urn:x:d", dependant=acme.id, need=glass.id)
    >>> Titles([acme, glass, need]).of(need)
    'Acme needs Glass'
    """

    def __init__(self, records: Iterable[Statement]) -> None:
        self._records: dict[str, Statement] = {}
        for record in records:
            self._records[record.id] = record
            for field in fields(type(record)):
                if field.kind == "nested":
                    value = getattr(record, field.name)
                    parts = value if field.many else (value,)
                    self._records.update((part.id, part) for part in parts if isinstance(part, Statement))

    def of(self, record: Record) -> str:
        """Return the title of a record: its label, its title, or what it states, in one line."""
        return stated_label(record) or self._composed(record) or record.name

    def _composed(self, record: Record) -> str:
        """Return a title made of the names of what a record refers to; empty if it is of no class that has such a title."""
        match record:
            case Dependency():
                return self.of_need(record.dependant, record.need)
            case Designation():
                # A list may have named a party, taken it off, and named it again.
                day = f" (from {record.from_})" if record.from_ else ""
                return f"{self.name(record.measure)}: {self.name(record.designated)}{day}"
            case Judgement():
                return f"{record.verdict}: {' and '.join(map(self.name, record.entity))}"
            case Observation():
                return f"{record.metric} of {self.name(record.about)}"
            case Ownership():
                return f"{self.name(record.owner)} owns {self.name(record.owned)}"
            case Provision():
                period = f" ({record.period})" if record.period else ""
                return f"{self.name(record.provider)} provides {self.name(record.provided)}{period}"
            case Relation():
                return f"{self.name(record.subject)} {record.relation_type} {self.name(record.object)}"
        return ""

    def of_need(self, dependant: str, need: str) -> str:
        """Return the title of a dependency by the IRIs of its ends."""
        return f"{self.name(dependant)} needs {self.name(need)}"

    def label(self, iri: str) -> str:
        """Return the label or title of a record; empty if it has neither, or if there is no such record."""
        return stated_label(self.record(iri))

    def record(self, iri: str) -> Record | None:
        """Return the record or part with an IRI; None if there is none."""
        return self._records.get(iri)

    def name(self, iri: str) -> str:
        """Return the label of what an IRI names, or else its local name."""
        return self.label(iri) or local_name(iri)

    def __contains__(self, iri: object) -> bool:
        return iri in self._records
