"""Write statements of the Beneficial Ownership Data Standard 0.4: people, entities, and what they hold of each other.

https://standard.openownership.org/en/0.4.0/
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from knockon.model import Entity, Group, Organization, Ownership, Person, Relation, Statement
from knockon.model.dates import today
from knockon.present.exports.export import Export, ExportReport, counts
from knockon.present.exports.short_ids import ShortIds
from knockon.readers.bods_versions import SEATS, VERSION
from knockon.vocabulary import InterestKind, local_name

_ENTITY_TYPES = {
    "Company": "registeredEntity",
    "GovernmentBody": "stateBody",
    "Regulator": "stateBody",
    "Group": "unknownEntity",
}
_INTERESTS = {
    InterestKind.SHAREHOLDING: "shareholding", InterestKind.VOTING_RIGHTS: "votingRights",
    InterestKind.BOARD_CONTROL: "appointmentOfBoard", InterestKind.OTHER_CONTROL: "otherInfluenceOrControl",
    InterestKind.CONSOLIDATION: "otherInfluenceOrControl",
}  # fmt: skip
_CONSOLIDATION = "consolidation in the accounts of the interested party"
_SCHEMES = {"LEI": "XI-LEI"}


def write(records: Sequence[Statement], form: str) -> Export:
    """Return the statements of records: parties first, then relationships.

    The day of publication is today, or that of ``SOURCE_DATE_EPOCH``.
    """
    writer = _Writer(records)
    statements = [*writer.parties(), *writer.relationships()]
    content = json.dumps(statements, ensure_ascii=False, indent=1) + "\n"
    written = [statement["recordType"] for statement in statements]
    left_out = (record.rdf_class for record in records if record.id not in writer.used)
    return Export(content.encode(), ExportReport(form, counts(written), counts(left_out)))


class _Writer:
    """Writer of the statements of one graph."""

    def __init__(self, records: Iterable[Statement]) -> None:
        self.records = {record.id: record for record in records}
        self.id_of = ShortIds(self.records).of
        self.day = today().isoformat()
        self.used: set[str] = set()
        self.holdings = [r for r in self.records.values() if isinstance(r, Ownership | Relation) and self._is_holding(r)]
        #: What a party is stated for: itself if it is an entity, else the first that it holds.
        self.subjects: dict[str, str] = {}
        for record in self.holdings:
            owner, owned = _ends(record)
            self.subjects.setdefault(owner, owned)

    def _is_holding(self, record: Ownership | Relation) -> bool:
        if isinstance(record, Relation) and record.relation_type != "directorOf":
            return False
        owner, owned = (self.records.get(end) for end in _ends(record))
        return isinstance(owner, Organization | Person | Group) and isinstance(owned, Organization)

    def parties(self) -> Iterable[dict[str, Any]]:
        """Yield the statements of people and entities."""
        for record in self.records.values():
            if isinstance(record, Person):
                yield self._statement(record, "person", self.subjects.get(record.id, record.id), _person(record))
            elif isinstance(record, Organization) or (isinstance(record, Group) and record.id in self.subjects):
                yield self._statement(record, "entity", record.id, self._entity(record))

    def relationships(self) -> Iterable[dict[str, Any]]:
        """Yield the statements of what parties hold."""
        for record in self.holdings:
            owner, owned = _ends(record)
            details = {
                "isComponent": False,
                "subject": self.id_of(owned),
                "interestedParty": self.id_of(owner),
                "interests": [_interest(record)],
            }
            yield self._statement(record, "relationship", owned, details)

    def _statement(self, record: Statement, kind: str, subject: str, details: dict[str, Any]) -> dict[str, Any]:
        self.used.add(record.id)
        return {
            "statementId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{record.id} {self.day}")),
            "declarationSubject": self.id_of(subject),
            "statementDate": self.day,
            "publicationDetails": {"publicationDate": self.day, "bodsVersion": VERSION, "publisher": {"name": "knockon"}},
            "recordId": self.id_of(record.id),
            "recordStatus": "new",
            "recordType": kind,
            "recordDetails": {name: value for name, value in details.items() if value not in (None, [], "")},
        }

    def _entity(self, record: Entity) -> dict[str, Any]:
        kind = _ENTITY_TYPES.get(record.rdf_class, "legalEntity")
        place = self.records.get(record.jurisdiction[0]) if record.jurisdiction else None
        code = local_name(place.id).removeprefix("jurisdiction-").upper() if place is not None else ""
        jurisdiction = {"name": str(place.label)} if isinstance(place, Entity) else None
        if jurisdiction and len(code) == 2:
            jurisdiction["code"] = code
        unspecified = {"reason": "informationUnknownToPublisher", "description": str(record.comment or record.label)}
        return {
            "isComponent": False, "entityType": {"type": kind}, "name": str(record.label),
            "unspecifiedEntityDetails": unspecified if kind == "unknownEntity" else None,
            "alternateNames": [str(name) for name in record.alt_label], "identifiers": _identifiers(record),
            "jurisdiction": jurisdiction,
            "foundingDate": record.from_.isoformat() if record.from_ else None,
            "dissolutionDate": record.until.isoformat() if record.until else None,
        }  # fmt: skip


def _person(record: Person) -> dict[str, Any]:
    names = [("legal", record.label), *(("alternative", name) for name in record.alt_label)]
    return {
        "isComponent": False, "personType": "knownPerson", "identifiers": _identifiers(record),
        "names": [{"type": kind, "fullName": str(name)} for kind, name in names],
        "deathDate": record.until.isoformat() if record.until else None,
    }  # fmt: skip


def _identifiers(record: Entity) -> list[dict[str, str]]:
    return [{"scheme": _SCHEMES.get(item.scheme, item.scheme), "id": item.notation} for item in record.identifier]


def _interest(record: Ownership | Relation) -> dict[str, Any]:
    if isinstance(record, Relation):
        kind, how, share, details = "boardMember", "direct", {}, record.mechanism
        kind = next((code for code, words in SEATS.items() if words == record.mechanism), kind)
    else:
        stated = record.interest_kind or (InterestKind.SHAREHOLDING if record.least_share is not None else None)
        kind = _INTERESTS[stated] if stated else "unknownInterest"
        how = "unknown" if record.direct is None else "direct" if record.direct else "indirect"
        bounds = {"exact": record.share, "minimum": record.share_low, "maximum": record.share_high}
        share = {name: _percent(part) for name, part in bounds.items() if part is not None}
        details = _CONSOLIDATION if stated is InterestKind.CONSOLIDATION else record.comment
    # endDate is the first day on which it is not held any more.
    end = record.until + timedelta(days=1) if record.until else None
    facts = {
        "type": kind, "directOrIndirect": how, "beneficialOwnershipOrControl": False, "share": share or None,
        "details": str(details) if details else None, "startDate": record.from_ and record.from_.isoformat(),
        "endDate": end and end.isoformat(),
    }  # fmt: skip
    return {name: value for name, value in facts.items() if value is not None}


def _ends(record: Ownership | Relation) -> tuple[str, str]:
    """Return who holds, and what is held."""
    return (record.owner, record.owned) if isinstance(record, Ownership) else (record.subject, record.object)


def _percent(share: Decimal) -> int | float:
    percent = share * 100
    return int(percent) if percent == percent.to_integral_value() else float(percent)
