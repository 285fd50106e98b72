"""Read entities of FollowTheMoney as JSON Lines (``entities.ftm.json``), nested ones (``targets.nested.json``) included.

https://followthemoney.tech/docs/

Entities and the links between them are told apart by their schema. Schemata that are not modelled, such as Address, are
counted as left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

from knockon.model import is_a
from knockon.model.base import digest
from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.ftm_entity import FtmEntity, classes_of, entities_of
from knockon.readers.ftm_schema import AMOUNTS, CLASSES, IDENTIFIERS, LINKS, NAMES
from knockon.readers.identifiers import identifier
from knockon.readers.json_object import JsonObject, WrongForm
from knockon.readers.json_stream import json_values
from knockon.readers.record_drafts import Place, single
from knockon.readers.registry import Head
from knockon.readers.source_names import source_name

#: Where an amount of money is written, and its currency; of ``amount`` it is in a property of its own.
_CURRENCIES = (("amount", ""), ("amountEur", "EUR"), ("amountUsd", "USD"))


_NAMES = frozenset(NAMES)


def recognises(head: Head) -> bool:
    """Return whether a file begins with an entity of FollowTheMoney."""
    first = head.first_json
    return isinstance(first, dict) and isinstance(first.get("schema"), str) and isinstance(first.get("properties"), dict)


def read(files: Sequence[ForeignFile], collector: RecordCollector) -> None:
    """Read the entities of the files, which may refer to each other's."""
    classes = classes_of(files)
    for file in files:
        document = collector.document(file)
        for place, value in json_values(file, document, collector):
            collector.progress()
            try:
                for entity in entities_of(value):
                    _Records(entity, classes, document, place, collector).add()
            except WrongForm as error:
                collector.reject(document, place, str(error))


class _Records:
    """The records that one entity makes, and where they go."""

    def __init__(
        self, entity: FtmEntity, classes: dict[str, str], document: str, place: Place, collector: RecordCollector
    ) -> None:
        self.entity, self.schema, self.classes = entity, entity.schema, classes
        self.document, self.place, self.collector = document, place, collector
        self.id = source_name(entity.id)

    def add(self) -> None:
        """Add the records that it makes."""
        if self.schema in CLASSES:
            self._add_party()
        elif self.schema in LINKS:
            self._add_relations()
        elif self.schema == "Ownership":
            self._add_holdings("owner", "asset", self.entity.share() | {"interestKind": None})
        elif self.schema == "Control":
            self._add_holdings("controller", "controlled", self.entity.control())
        elif self.schema == "Sanction":
            self._add_designations()
        else:
            self.collector.leave_out(f"schema {self.schema} is not modelled")

    def _put(self, cls: str, name: str, data: dict[str, Any]) -> None:
        self.collector.add(cls, name, data, self.document, self.place)

    def _add_party(self) -> None:
        entity = self.entity
        stated = entity.values
        names = entity.texts("name")
        if not _NAMES.isdisjoint(stated):
            names += [text for name in NAMES if name in stated for text in entity.texts(name)]
        identifiers = [
            identifier(IDENTIFIERS[name], text) for name in stated if name in IDENTIFIERS for text in entity.texts(name)
        ]
        places = entity.texts("jurisdiction") or [*entity.texts("country"), *entity.texts("nationality")]
        for place in places:
            self.collector.imply("Jurisdiction", _place_name(place), place.upper(), self.document, self.place)
        for parent in entity.texts("parent"):
            if self._is_modelled(parent, of="parent"):
                data = {"owner": source_name(parent), "owned": self.id}
                self._put("Ownership", f"{self.id}-parent-{source_name(parent)}", data)
        self._put(
            self.classes[entity.id], self.id,
            {
                "label": names[0] if names else entity.id,
                "altLabel": single(list(dict.fromkeys(names[1:]))) if len(names) > 1 else None,
                "identifier": single(identifiers), "jurisdiction": single([_place_name(place) for place in places]),
                "comment": entity.first("summary", "description"),
                "from": entity.day("incorporationDate"), "until": entity.day("dissolutionDate", "deathDate", last=True),
            },
        )  # fmt: skip

    def _is_modelled(self, key: str, *, of: str) -> bool:
        """Return whether the entity at the end of a link is modelled; one that no file has is an error of the file."""
        if self.classes.get(key, "-"):
            return True
        self.collector.leave_out(f"{of} of or to an entity whose schema is not modelled")
        return False

    def _pairs(self, first: str, second: str) -> Iterator[tuple[str, str, str]]:
        """Yield the name of each link of this entity, and the ids of its ends."""
        firsts, seconds = self.entity.texts(first), self.entity.texts(second)
        if not firsts or not seconds:
            missing = [name for name, values in ((first, firsts), (second, seconds)) if not values]
            raise WrongForm(f"{self.schema} has no {' and no '.join(missing)}")
        if len(firsts) == len(seconds) == 1:  # Nearly always.
            pairs = [(firsts[0], seconds[0])]
        else:
            pairs = list(product(dict.fromkeys(firsts), dict.fromkeys(seconds)))
        for one, other in pairs:
            if self._is_modelled(one, of=self.schema) and self._is_modelled(other, of=self.schema):
                yield self.id if len(pairs) == 1 else f"{self.id}-{digest(one, other)}", one, other

    def _add_relations(self) -> None:
        link = LINKS[self.schema]
        begins = self.entity.day("startDate", "date")
        for name, subject, object_ in self._pairs(link.subject, link.object):
            data = {"subject": source_name(subject), "relationType": link.relation, "object": source_name(object_)}
            dates = {"from": begins, "until": self.entity.day("endDate", last=True)}
            self._put("Relation", name, data | dates | {"mechanism": self.entity.first(link.mechanism, "summary")})
            if self.schema in AMOUNTS:
                self._add_amount(name, begins)

    def _add_amount(self, relation: str, day: str | None) -> None:
        for field, currency in _CURRENCIES:
            value = next((JsonObject({field: text}).number(field) for text in self.entity.texts(field)), None)
            if value is not None:
                unit = currency or self.entity.first("currency")
                data = {"about": relation, "metric": AMOUNTS[self.schema], "value": value, "unit": unit, "period": day}
                self._put("Observation", f"{relation}-amount", data)
                return

    def _add_holdings(self, owner: str, owned: str, data: dict[str, Any]) -> None:
        dates = {"from": self.entity.day("startDate"), "until": self.entity.day("endDate", last=True)}
        direct, more = self.entity.remarks()
        for name, one, other in self._pairs(owner, owned):
            ends = {"owner": source_name(one), "owned": source_name(other)}
            if is_a(self.classes.get(other, "Organization"), "Organization"):
                self._put("Ownership", name, ends | {"direct": direct, "comment": more} | data | dates)
            else:
                link = {"subject": ends["owner"], "relationType": "ownerOf", "object": ends["owned"], "mechanism": more}
                self._put("Relation", name, link | dates)

    def _add_designations(self) -> None:
        parties, measures = self.entity.texts("entity"), self._measures()
        if not parties:
            raise WrongForm("Sanction has no entity")
        modelled = [party for party in parties if self._is_modelled(party, of="Sanction")]
        for party, measure in product(modelled, measures):
            parts = [part for part, several in ((party, len(parties) > 1), (measure, len(measures) > 1)) if several]
            name = f"{self.id}-{digest(*parts)}" if parts else self.id
            data = {
                "measure": measure, "designated": source_name(party), "listEntry": self.entity.first("authorityId", "unscId"),
                "from": self.entity.day("listingDate", "startDate"), "until": self.entity.day("endDate", last=True),
                "comment": self.entity.first("reason", "summary", "provisions"),
            }  # fmt: skip
            self._put("Designation", name, data)

    def _measures(self) -> list[str]:
        """Imply the measure of each programme that is named, with the authority, and return their ids."""
        programs, keys = self.entity.texts("program"), self.entity.texts("programId")
        if len(keys) > len(programs):
            programs = keys
        elif len(keys) < len(programs):  # Nothing says which program has a key.
            keys = [""] * len(programs)
        authority, measures = self.entity.first("authority"), []
        for program, key in zip(programs or [""], keys or [""], strict=True):
            label = ": ".join(filter(None, (authority, program))) or "sanction of an authority that is not named"
            measure = f"measure-{self.collector.local_name(key or label)}"
            self.collector.imply("Measure", measure, label, self.document, self.place)
            measures.append(measure)
        return measures


@lru_cache(maxsize=10_000)
def _place_name(code: str) -> str:
    return f"jurisdiction-{source_name(code.lower())}"
