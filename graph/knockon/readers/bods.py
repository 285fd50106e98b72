"""Read statements of the Beneficial Ownership Data Standard (BODS 0.4 and before), as JSON or JSON Lines.

https://standard.openownership.org/en/0.4.0/

The last statement of a record counts, by its date and then by its place. An interest whose share earlier statements
gave otherwise counts from the day of the statement that changed it; before that day, the earlier share does.
Components of an indirect relationship are what the parties hold directly; the relationship itself is marked as
indirect, and indirect holdings are not added to direct ones.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from knockon.readers.bods_before_04 import EarlierStatements
from knockon.readers.bods_statements import Statements
from knockon.readers.bods_versions import INTERESTS, SEATS, Version, day_of, holdings
from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.identifiers import identifier
from knockon.readers.json_object import JsonObject, WrongForm
from knockon.readers.json_stream import json_values
from knockon.readers.record_drafts import Place, single
from knockon.readers.registry import Head
from knockon.readers.source_names import source_name

_CLASSES = {
    "registeredEntity": "Company", "legalEntity": "Organization", "arrangement": "Organization",
    "anonymousEntity": "Organization", "unknownEntity": "Organization",
    "state": "GovernmentBody", "stateBody": "GovernmentBody",
}  # fmt: skip
_PEOPLE = ("knownPerson", "anonymousPerson", "unknownPerson")
#: Schemes of identifiers that have a name of their own here.
SCHEMES = {"XI-LEI": "LEI"}


def recognises(head: Head) -> bool:
    """Return whether a file begins with a statement of BODS, of any version."""
    first = head.first_json
    return isinstance(first, dict) and ("statementId" in first or {"statementID", "statementType"} <= first.keys())


def read(files: Sequence[ForeignFile], collector: RecordCollector) -> None:
    """Read the statements of the files, which may refer to each other's records."""
    earlier = EarlierStatements.of(files)
    found = Statements(files, earlier)
    documents = {file.name: collector.document(file, license=found.licenses.get(file.name)) for file in files}
    number = 0
    for file in files:
        document = documents[file.name]
        collector.reading(file.name)
        for place, value in json_values(file, document, collector):
            number += 1
            collector.progress()
            if number in found.faulty:
                collector.reject(document, place, found.faulty[number])
                continue
            try:
                statement = JsonObject(earlier.upgraded(value))
                if found.is_last(statement, number, file.name, place):
                    _Record(statement, documents, document, place, collector).add(found.versions)
                else:
                    collector.leave_out("an earlier statement of a record that a later one replaces")
            except WrongForm as error:
                collector.reject(document, place, str(error))


class _Record:
    """One statement that counts, and where its record goes."""

    def __init__(
        self, statement: JsonObject, documents: dict[str, str], document: str, place: Place, collector: RecordCollector
    ) -> None:
        self.statement, self.details = statement, statement.child("recordDetails")
        self.documents, self.document, self.place, self.collector = documents, document, place, collector
        self.record = statement.text("recordId")
        self.id = source_name(self.record)

    def add(self, versions: dict[str, list[Version]]) -> None:
        """Add what it states; closed relationships end, closed parties only take no part any more."""
        kind, status = self.statement.text("recordType"), self.statement.text("recordStatus")
        if status not in ("new", "updated", "closed", ""):
            raise WrongForm(f"recordStatus {status[:50]!r} is not one of new, updated, closed")
        if kind == "relationship":
            self._add_relationship(sorted(versions[self.record]), closed=status == "closed")
        elif kind == "person":
            self._add_person()
        elif kind == "entity":
            self._add_entity()
        else:
            raise WrongForm(f"recordType {kind[:50]!r} is not one of entity, person, relationship")

    def _put(self, cls: str, id_: str, data: dict[str, Any]) -> None:
        self.collector.add(cls, id_, data, self.document, self.place)

    def _add_entity(self) -> None:
        kind = self.details.child("entityType").text("type")
        if kind not in _CLASSES:
            raise WrongForm(f"entityType {kind[:50]!r} is not one of {', '.join(_CLASSES)}")
        names = [name for name in (self.details.text("name"), *self.details.texts("alternateNames")) if name]
        data = self._party(kind, names, self.details.child("unspecifiedEntityDetails"))
        data |= {"from": day_of(self.details, "foundingDate"), "until": day_of(self.details, "dissolutionDate")}
        places = [self.details.child("jurisdiction")] if "jurisdiction" in self.details else []
        self._put(_CLASSES[kind], self.id, data | {"jurisdiction": self._places(places)})

    def _add_person(self) -> None:
        kind = self.details.text("personType")
        if kind not in _PEOPLE:
            raise WrongForm(f"personType {kind[:50]!r} is not one of {', '.join(_PEOPLE)}")
        written = sorted(self.details.children("names"), key=lambda name: name.text("type") != "legal")
        names = [n.text("fullName") or f"{n.text('givenName')} {n.text('familyName')}".strip() for n in written]
        data = self._party(kind, [name for name in names if name], self.details.child("unspecifiedPersonDetails"))
        data |= {"until": day_of(self.details, "deathDate")}
        self._put("Person", self.id, data | {"jurisdiction": self._places(self.details.children("nationalities"))})

    def _party(self, kind: str, names: list[str], unspecified: JsonObject) -> dict[str, Any]:
        """Return the fields that people and entities share; a party without a name is told from others by its record."""
        why = [text for name in ("reason", "description") if (text := unspecified.text(name))] if unspecified.values else []
        hidden = kind.startswith(("anonymous", "unknown"))
        label = names[0] if names else f"{words_of(kind)} {self.record}" if hidden else self.id
        identifiers = []
        for item in self.details.children("identifiers"):
            scheme = item.text("scheme") or item.text("schemeName") or ("URI" if item.text("uri") else "")
            notation = item.text("id") or item.text("uri")
            if scheme and notation:
                identifiers.append(identifier(SCHEMES.get(scheme, scheme), notation))
        return {
            "label": label, "altLabel": single(names[1:]), "identifier": single(identifiers),
            "comment": f"{words_of(kind)}: {'; '.join(why)}" if why else words_of(kind) if hidden else None,
        }  # fmt: skip

    def _places(self, places: list[JsonObject]) -> Sequence[str] | str | None:
        found: list[str] = []
        for place in places:
            if label := place.text("name") or place.text("code"):
                found.append(sys.intern(f"jurisdiction-{self.collector.local_name(place.text('code') or label)}"))
                self.collector.imply("Jurisdiction", found[-1], label, self.document, self.place)
        return single(found)

    def _add_relationship(self, versions: list[Version], *, closed: bool) -> None:
        owned, owner = self._end("subject"), self._end("interestedParty")
        if owned is None or owner is None:
            return
        for held in holdings(versions, closed=closed):
            interest, name = held.interest, f"{self.id}-{held.interest.name}"
            data: dict[str, Any] = {"from": held.start, "until": held.end, "comment": interest.comment or None}
            if interest.type in SEATS:
                cls, mechanism = "Relation", SEATS[interest.type]
                data |= {"subject": owner, "relationType": "directorOf", "object": owned, "mechanism": mechanism}
            else:
                cls, kind = "Ownership", INTERESTS[interest.type]
                data |= {
                    "owner": owner,
                    "owned": owned,
                    "interestKind": kind,
                    "direct": interest.direct,
                    **dict(interest.share),
                }
            source = (self.document, self.place) if held.current else (self.documents[held.stated.file], held.stated.place)
            self.collector.add(cls, name if held.current else f"{name}-until-{held.end}", data, *source)

    def _end(self, field: str) -> str | None:
        """Return the party at one end of a relationship; None if the statement says that there is none."""
        if not isinstance(self.details.values.get(field), dict):
            if not self.details.text(field):
                raise WrongForm(f"has no {field}")
            return source_name(self.details.text(field))
        party = self.details.child(field)
        reason = party.text("reason") or "unknown"
        if field == "subject" or reason == "noBeneficialOwners":
            self.collector.leave_out(f"a relationship without {words_of(field)}: {words_of(reason)}")
            return None
        data = {
            "label": f"{words_of(reason)} ({self.record})",
            "comment": party.text("description") or None,
        }
        self._put("Group", f"{self.id}-party", data)
        return f"{self.id}-party"


def words_of(code: str) -> str:
    """Return a code of BODS as words.

    >>> words_of("subjectExemptFromDisclosure")
    'subject exempt from disclosure'
    """
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in code)
