"""Read entities of FollowTheMoney as JSON Lines (``entities.ftm.json``), nested ones (``targets.nested.json``) included.

https://followthemoney.tech/docs/

Entities and the links between them are told apart by their schema. Schemata that are not modelled, such as Address, are
counted as left out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from knockon.model import is_a
from knockon.model.base import digest
from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.ftm_entity import FtmEntity, entities_of, narrower_class
from knockon.readers.ftm_schema import AMOUNTS, CLASSES, IDENTIFIERS, LINKS, NAMES
from knockon.readers.identifiers import identifier
from knockon.readers.json_object import JsonObject, WrongForm
from knockon.readers.json_stream import json_values
from knockon.readers.record_drafts import Place, single
from knockon.readers.registry import Head
from knockon.readers.source_names import source_name

#: Where an amount of money is written, and its currency; of ``amount`` it is in a property of its own.
_CURRENCIES = (("amount", ""), ("amountEur", "EUR"), ("amountUsd", "USD"))


#: The properties of a party beside its names, identifiers and places.
_MORE = frozenset(("parent", "summary", "description", "incorporationDate", "dissolutionDate", "deathDate"))
#: The most combinations of properties that are kept.
_MAX_FORMS = 10_000


def recognises(head: Head) -> bool:
    """Return whether a file begins with an entity of FollowTheMoney."""
    first = head.first_json
    return isinstance(first, dict) and isinstance(first.get("schema"), str) and isinstance(first.get("properties"), dict)


class _Link(NamedTuple):
    """A link that waits until the classes of all entities are known.

    ``ends`` are the ids of the entities that must be modelled, and ``kind`` is how a link is called where one is not. A
    holding of what is no organization is a relation, with its ``mechanism``; a relation may be about an ``amount``.
    """

    cls: str
    name: str
    ends: tuple[str, ...]
    kind: str
    data: dict[str, Any]
    document: str
    place: Place
    mechanism: str | None = None
    amount: dict[str, Any] | None = None


class _PartyForm(NamedTuple):
    """Which properties a party has, as far as not every party is asked for them.

    ``names`` are those with further names, ``identifiers`` those of identifiers with the scheme of each; ``says_more`` is
    whether it has any of the rest.
    """

    names: tuple[str, ...]
    identifiers: tuple[tuple[str, str], ...]
    says_more: bool

    @classmethod
    def of(cls, properties: Sequence[str]) -> _PartyForm:
        """Return the form of a party with properties."""
        identifiers = ((name, IDENTIFIERS[name]) for name in properties if name in IDENTIFIERS)
        return cls(tuple(name for name in NAMES if name in properties), tuple(identifiers), not _MORE.isdisjoint(properties))


def read(files: Sequence[ForeignFile], collector: RecordCollector) -> None:
    """Read the entities of the files, which may refer to each other's.

    Each is read once: links, which ask what they link, are added at the end.
    """
    classes: dict[str, str] = {}
    links: deque[_Link] = deque()
    for file in files:
        document = collector.document(file)
        records = _Records(classes, links, document, collector)
        for place, value in json_values(file, document, collector):
            collector.progress()
            try:
                for entity in entities_of(value):
                    _note_class(entity, classes, collector)
                    records.add(entity, place)
            except WrongForm as error:
                collector.reject(document, place, str(error))
    while links:
        _add_link(links.popleft(), classes, collector)


def _note_class(entity: FtmEntity, classes: dict[str, str], collector: RecordCollector) -> None:
    """Note the class of an entity, the narrower one where the files have it twice; empty if it is not modelled."""
    cls = CLASSES.get(entity.schema, "")
    if (before := classes.setdefault(entity.id, cls)) != cls:
        classes[entity.id] = cls = narrower_class(before, cls)
        if before and cls != before:
            collector.reclassify(source_name(entity.id), cls)


def _add_link(link: _Link, classes: dict[str, str], collector: RecordCollector) -> None:
    """Add a link, if both of its ends are modelled; an end that no file has is an error of the file."""
    cls, data = link.cls, link.data
    if "" in map(classes.get, link.ends):
        collector.leave_out(f"{link.kind} of or to an entity whose schema is not modelled")
        return
    if cls == "Ownership" and not is_a(classes.get(link.ends[-1], "Organization"), "Organization"):
        cls, kept = "Relation", {name: data.get(name) for name in ("from", "until")}
        data = {"subject": data["owner"], "relationType": "ownerOf", "object": data["owned"]} | kept
        data["mechanism"] = link.mechanism
    collector.add(cls, link.name, data, link.document, link.place)
    if link.amount is not None:
        collector.add("Observation", f"{link.name}-amount", link.amount, link.document, link.place)


class _Records:
    """The records that the entities of a file make, one after the other, and where they go: links wait."""

    entity: FtmEntity
    schema: str
    id: str
    place: Place

    def __init__(self, classes: dict[str, str], links: deque[_Link], document: str, collector: RecordCollector) -> None:
        self.classes, self.links, self.document, self.collector = classes, links, document, collector
        self._forms: dict[tuple[str, ...], _PartyForm] = {}

    def add(self, entity: FtmEntity, place: Place) -> None:
        """Add the records that an entity at a place makes."""
        self.entity, self.schema, self.place = entity, entity.schema, place
        self.id = source_name(entity.id)
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

    def _link(self, cls: str, name: str, ends: tuple[str, ...], data: dict[str, Any], *, kind: str = "", **more: Any) -> None:
        stated = {field: value for field, value in data.items() if value is not None}
        self.links.append(_Link(cls, name, ends, kind or self.schema, stated, self.document, self.place, **more))

    def _add_party(self) -> None:
        entity = self.entity
        form = self._form(entity)
        # Contracts and documents have a title in place of a name.
        names = entity.texts("name") or entity.texts("title")
        for name in form.names:
            names += entity.texts(name)
        data: dict[str, Any] = {"label": names[0] if names else entity.id}
        if len(names) > 1:
            data["altLabel"] = single(list(dict.fromkeys(names[1:])))
        if form.identifiers:
            identifiers = [identifier(scheme, text) for name, scheme in form.identifiers for text in entity.texts(name)]
            data["identifier"] = single(identifiers)
        if places := entity.texts("jurisdiction") or [*entity.texts("country"), *entity.texts("nationality")]:
            data["jurisdiction"] = single([_place_name(place) for place in places])
            for place in places:
                self.collector.imply("Jurisdiction", _place_name(place), place.upper(), self.document, self.place)
        if form.says_more:
            for parent in entity.texts("parent"):
                ends = {"owner": source_name(parent), "owned": self.id}
                self._link("Ownership", f"{self.id}-parent-{source_name(parent)}", (parent,), ends, kind="parent")
            data["comment"] = entity.first("summary", "description")
            data["from"], data["until"] = entity.day("incorporationDate"), entity.day("dissolutionDate", "deathDate", last=True)
        self.collector.add(self.classes[entity.id], self.id, data, self.document, self.place)

    def _form(self, entity: FtmEntity) -> _PartyForm:
        """Return what the names of the properties of a party say: most parties of a file have the same."""
        properties = tuple(entity.values)
        form = self._forms.get(properties)
        if form is None:
            form = _PartyForm.of(properties)
            if len(self._forms) < _MAX_FORMS:
                self._forms[properties] = form
        return form

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
            yield self.id if len(pairs) == 1 else f"{self.id}-{digest(one, other)}", one, other

    def _add_relations(self) -> None:
        link = LINKS[self.schema]
        begins = self.entity.day("startDate", "date")
        for name, subject, object_ in self._pairs(link.subject, link.object):
            data = {"subject": source_name(subject), "relationType": link.relation, "object": source_name(object_)}
            dates = {"from": begins, "until": self.entity.day("endDate", last=True)}
            more = dates | {"mechanism": self.entity.first(link.mechanism, "summary")}
            amount = self._amount(name, begins) if self.schema in AMOUNTS else None
            self._link("Relation", name, (subject, object_), data | more, amount=amount)

    def _amount(self, relation: str, day: str | None) -> dict[str, Any] | None:
        """Return the observation of the money that a link is about."""
        for field, currency in _CURRENCIES:
            value = next((JsonObject({field: text}).number(field) for text in self.entity.texts(field)), None)
            if value is not None:
                unit = currency or self.entity.first("currency")
                return {"about": relation, "metric": AMOUNTS[self.schema], "value": value, "unit": unit, "period": day}
        return None

    def _add_holdings(self, owner: str, owned: str, data: dict[str, Any]) -> None:
        dates = {"from": self.entity.day("startDate"), "until": self.entity.day("endDate", last=True)}
        direct, more = self.entity.remarks()
        data |= dates
        for name, one, other in self._pairs(owner, owned):
            ends = {"owner": source_name(one), "owned": source_name(other)}
            self._link("Ownership", name, (one, other), ends | {"direct": direct, "comment": more} | data, mechanism=more)

    def _add_designations(self) -> None:
        parties, measures = self.entity.texts("entity"), self._measures()
        if not parties:
            raise WrongForm("Sanction has no entity")
        for party, measure in product(parties, measures):
            parts = [part for part, several in ((party, len(parties) > 1), (measure, len(measures) > 1)) if several]
            name = f"{self.id}-{digest(*parts)}" if parts else self.id
            data = {
                "measure": measure, "designated": source_name(party), "listEntry": self.entity.first("authorityId", "unscId"),
                "from": self.entity.day("listingDate", "startDate"), "until": self.entity.day("endDate", last=True),
                "comment": self.entity.first("reason", "summary", "provisions"),
            }  # fmt: skip
            self._link("Designation", name, (party,), data)

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
