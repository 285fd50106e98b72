"""Write entities of FollowTheMoney, one on each line: parties, ownership, control, links, payments and sanctions.

What FollowTheMoney has no schema for (products, dependencies, shocks) is left out and counted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from knockon.model import Designation, Entity, Measure, Observation, Ownership, Relation, Statement, is_a
from knockon.present.exports.export import Export, ExportReport, counts
from knockon.present.exports.short_ids import ShortIds
from knockon.readers.ftm_schema import AMOUNTS, CLASSES, CONTROL_TYPES, IDENTIFIERS, LINKS
from knockon.vocabulary import InterestKind, local_name

#: The schema of the entities of each class; of two schemata the one that is not narrower.
_SCHEMATA = {
    "Company": "Company", "BusinessUnit": "Organization", "GovernmentBody": "PublicBody", "Regulator": "PublicBody",
    "Institution": "Organization", "Organization": "Organization", "Person": "Person", "Group": "LegalEntity",
    "Contract": "Contract",
}  # fmt: skip
_PROPERTIES = {scheme: name for name, scheme in IDENTIFIERS.items()}
_RELATIONS = {link.relation: schema for schema, link in LINKS.items()}
#: The schema of a link that has none of its own.
_OTHER = "UnknownLink"
#: Identifiers that not every party has; others of another scheme are registration numbers.
_OF_COMPANIES = {"isinCode", "ticker", "cikCode", "kppCode"}
_OF_ORGANIZATIONS = {"cageCode", "permId", "imoNumber", "giiNumber"}
_OF_SHIPS = {"mmsi"}


def write(records: Sequence[Statement], form: str) -> Export:
    """Return the entities of records as JSON Lines, by id."""
    writer = _Writer(records)
    left_out = [record.rdf_class for record in records if not writer.add(record)]
    entities = sorted(writer.entities, key=lambda entity: str(entity["id"]))
    lines = (json.dumps(entity, ensure_ascii=False, sort_keys=True) + "\n" for entity in entities)
    report = ExportReport(form, counts(str(entity["schema"]) for entity in entities), counts(left_out))
    return Export("".join(lines).encode(), report)


class _Writer:
    """Writer of the entities of one graph."""

    def __init__(self, records: Iterable[Statement]) -> None:
        self.records = {record.id: record for record in records}
        amounts = (record for record in self.records.values() if isinstance(record, Observation))
        self.amounts = {record.about: record for record in amounts if record.metric in AMOUNTS.values()}
        self.entities: list[dict[str, Any]] = []
        self.id_of = ShortIds(self.records).of

    def add(self, record: Statement) -> bool:
        """Add what a record is; return False if there is no schema for it."""
        if isinstance(record, Entity):
            return self._add_party(record)
        if isinstance(record, Ownership):
            return self._add_ownership(record)
        if isinstance(record, Relation):
            return self._add_relation(record)
        if isinstance(record, Designation):
            return self._add_sanction(record)
        # An amount is a property of its payment, and a measure of its sanctions.
        return isinstance(record, Measure) or self.amounts.get(getattr(record, "about", "")) is record

    def _put(self, record: Statement, schema: str, properties: Mapping[str, object]) -> bool:
        values = {name: _texts(value) for name, value in properties.items()}
        entity = {"id": self.id_of(record.id), "schema": schema, "properties": {k: v for k, v in values.items() if v}}
        self.entities.append(entity)
        return True

    def _schema(self, iri: str) -> str:
        record = self.records.get(iri)
        return _SCHEMATA.get(record.rdf_class, "") if record is not None else ""

    def _add_party(self, record: Entity) -> bool:
        schema = self._schema(record.id)
        if not schema:
            return False
        identifiers: dict[str, list[str]] = {}
        for item in record.identifier:
            name = _PROPERTIES.get(item.scheme, "")
            absent = _OF_SHIPS | (set() if schema == "Company" else _OF_COMPANIES)
            absent |= _OF_ORGANIZATIONS if schema in ("Person", "LegalEntity") else set()
            if schema != "Contract":
                name = name if name and name not in absent else "registrationNumber"
                identifiers.setdefault(name, []).append(item.notation)
        places = [self._code(iri) for iri in record.jurisdiction]
        facts: dict[str, object] = {
            "name": record.label,
            "alias": list(record.alt_label),
            "summary": record.comment,
            **identifiers,
        }
        if schema == "Person":
            facts |= {"country": places, "deathDate": record.until}
        elif schema != "Contract":
            facts |= {"jurisdiction": places, "incorporationDate": record.from_, "dissolutionDate": record.until}
        return self._put(record, schema, facts)

    def _code(self, iri: str) -> str | None:
        """Return the code of a country, where its record or its name is one."""
        record = self.records.get(iri)
        names = (local_name(iri).removeprefix("jurisdiction-"), str(record.label) if isinstance(record, Entity) else "")
        return next((name.lower() for name in names if re.fullmatch("[A-Za-z]{2}", name)), None)

    def _add_ownership(self, record: Ownership) -> bool:
        if not self._schema(record.owner) or not is_a(CLASSES.get(self._schema(record.owned), ""), "Organization"):
            return False
        facts: dict[str, object] = {"startDate": record.from_, "endDate": record.until, "summary": record.comment}
        owner, owned = self.id_of(record.owner), self.id_of(record.owned)
        if record.interest_kind in (None, InterestKind.SHAREHOLDING):
            facts |= {"owner": owner, "asset": owned, "percentage": _percentage(record)}
            if record.direct is not None:
                facts["ownershipType"] = "direct" if record.direct else "indirect"
            return self._put(record, "Ownership", facts)
        facts |= {"controller": owner, "controlled": owned, "controlType": CONTROL_TYPES[record.interest_kind]}
        return self._put(record, "Control", facts)

    def _add_relation(self, record: Relation) -> bool:
        schema = _RELATIONS.get(record.relation_type, _OTHER)
        if not self._schema(record.subject) or not self._schema(record.object):
            return False
        link = LINKS[schema]
        words = (_words(record.relation_type) if schema == _OTHER else "", record.mechanism)
        role = "; ".join(str(word) for word in words if word)
        facts: dict[str, object] = {link.subject: self.id_of(record.subject), link.object: self.id_of(record.object)}
        amount = self.amounts.get(record.id)
        if amount is not None:
            facts |= {"amount": amount.value, "currency": amount.unit}
        days = {"date": record.from_} if schema == "Payment" else {"startDate": record.from_}
        return self._put(record, schema, {**facts, link.mechanism: role, **days, "endDate": record.until})

    def _add_sanction(self, record: Designation) -> bool:
        measure = self.records.get(record.measure)
        if not self._schema(record.designated):
            return False
        label = str(measure.label) if isinstance(measure, Measure) else local_name(record.measure)
        issuers = [self.records.get(iri) for iri in measure.issuer] if isinstance(measure, Measure) else []
        return self._put(record, "Sanction", {
            "entity": self.id_of(record.designated), "program": label, "authorityId": record.list_entry,
            "authority": [issuer.label for issuer in issuers if isinstance(issuer, Entity)],
            "listingDate": record.from_, "endDate": record.until, "reason": record.comment,
        })  # fmt: skip


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(item) for item in values if item not in (None, "")]


def _percentage(record: Ownership) -> str | None:
    """Return the share in percent, as the reader reads it back: a number, a range or a bound."""
    low, high = record.share_low, record.share_high
    if record.share is not None:
        return _percent(record.share)
    if low is not None and high is not None:
        return f"{_percent(low)}-{_percent(high)}"
    return f">{_percent(low)}" if low is not None else f"<{_percent(high)}" if high is not None else None


def _percent(share: Decimal) -> str:
    return format((share * 100).normalize(), "f")


def _words(name: str) -> str:
    return re.sub(r"([A-Z])", lambda match: f" {match[1].lower()}", name)
