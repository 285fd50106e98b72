"""The fields of a proposed record: references to the graph are resolved, new records and values are checked by the model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pydantic import ValidationError

from knockon.authoring.expand import Expander
from knockon.authoring.names import to_local_name
from knockon.authoring.resolver import Resolver
from knockon.errors import KnockonError, nearest
from knockon.model import CLASSES as ALL_CLASSES
from knockon.model import STATEMENTS, Record, Statement, is_a
from knockon.model.base import LONGEST_NAME, digest
from knockon.model.validation_errors import faults
from knockon.proposals.proposal import NOT_FIELDS, JsonValue, is_entity
from knockon.query.names import NameIndex, names_of
from knockon.rdf.fields import Field, by_alias
from knockon.vocabulary import MY

#: The deepest nesting of fields, and the most values of one.
_MOST_LEVELS, _MOST_VALUES = 4, 200
#: For how many unknown names similar ones are looked for.
_SUGGESTED = 20
#: The base of the ids with which fields are checked.
_CHECK = "urn:knockon:proposal:"


class ProposalFault(ValueError):
    """A fault of a proposal: why it cannot become a record, and how to correct it."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason, self.hint = reason, hint


class _Reference(NamedTuple):
    """What a field refers to: the classes that it may have, and the name of the field."""

    ranges: tuple[str, ...]
    field: str


class FieldResolver:
    """Resolver of the fields of proposed records.

    Parameters
    ----------
    records
        The records of the graph.

    Examples
    --------
    >>> from knockon.model import Company
    >>> resolver = FieldResolver([Company(id="urn:x:acme", label="Acme")])
    >>> resolver.resolve("Dependency", {"dependant": "ACME", "need": {"class": "Service", "label": "Hosting"}})
    {'dependant': 'urn:x:acme', 'need': {'class': 'Service', 'label': 'Hosting'}}
    """

    def __init__(self, records: Iterable[Statement]) -> None:
        self._records = [record for record in records if type(record).__name__ in ALL_CLASSES]
        self._names = NameIndex(self._records, "Record")
        self._suggested = 0

    def resolve(self, cls: str, fields: Mapping[str, object]) -> dict[str, JsonValue]:
        """Return the fields of a record with references as IRIs, or as new records.

        Raises
        ------
        ProposalFault
            A field or value is not one of the class, or a name is not in the graph.
        """
        resolved = self._resolve(cls, fields, 0)
        _check_values(cls, resolved)
        return resolved

    def entity(self, name: object, field: str) -> str:
        """Return the IRI of an entity of the graph.

        Raises
        ------
        ProposalFault
            No entity has the name.
        """
        found = self._reference(name if isinstance(name, str) else "", _Reference(("Entity",), field), 0)
        return str(found)

    def _resolve(self, cls: str, fields: Mapping[str, object], level: int) -> dict[str, JsonValue]:
        """Return the fields of a record with references as IRIs, or as new records."""
        known = by_alias(ALL_CLASSES[cls])
        resolved: dict[str, JsonValue] = {}
        if level > _MOST_LEVELS:
            raise ProposalFault(f"fields have more than {_MOST_LEVELS} levels")
        for name, value in fields.items():
            field = known.get(name) if isinstance(name, str) else None
            if field is None or name in NOT_FIELDS:
                close = nearest(str(name)[:60], set(known) - set(NOT_FIELDS))
                raise ProposalFault(
                    f"{cls} has no field {str(name)[:60]!r} that can be proposed",
                    f"did you mean {', '.join(close)}?" if close else "",
                )
            if value is not None:
                resolved[name] = self._value(cls, field, value, level)
        return resolved

    def _value(self, cls: str, field: Field, value: object, level: int) -> JsonValue:
        if isinstance(value, list | tuple):
            if not field.many:
                raise ProposalFault(f"{field.alias} of a {cls} is one value, not a list")
            if len(value) > _MOST_VALUES:
                raise ProposalFault(f"{field.alias} has more than {_MOST_VALUES} values")
            return [self._value(cls, field, item, level + 1) for item in value]
        if field.nested is not None:
            return self._part(field, field.nested, value, level)
        if field.kind == "iri" and field.ranges:
            return self._reference(value, _Reference(field.ranges, field.alias), level)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float | str):
            return str(value)
        raise ProposalFault(f"{field.alias} must be a text or a number")

    def _part(self, field: Field, cls: type[Record], value: object, level: int) -> JsonValue:
        """Return a part of a record; a supply may be written as its provider."""
        is_supply = "provider" in by_alias(cls)
        if is_supply and (isinstance(value, str) or (isinstance(value, Mapping) and "class" in value)):
            value = {"provider": value}
        if not isinstance(value, Mapping):
            raise ProposalFault(f"{field.alias} must be an object")
        return self._resolve(cls.__name__, value, level + 1)

    def _reference(self, value: object, reference: _Reference, level: int) -> JsonValue:
        """Return the IRI of what is named, or the new record."""
        if isinstance(value, Mapping):
            return self._new(value, reference, level)
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_NAME:
            raise ProposalFault(f"{reference.field} must be a name of the graph, or an object with class and label")
        if not self._names.has(value):
            close: list[str] = []
            if self._suggested < _SUGGESTED:
                self._suggested += 1
                close = nearest(value, {name for record in self._records for name in names_of(record)})
            listed = f"did you mean {', '.join(close)}? " if close else ""
            raise ProposalFault(
                f"{reference.field}: the graph has nothing called {value[:100]!r}",
                f'{listed}a new one is written {{"class": "Company", "label": "{value[:40]}"}}',
            )
        try:
            found = self._names.find(value)
        except KnockonError as error:
            raise ProposalFault(f"{reference.field}: {error}") from None
        if not any(is_a(found.rdf_class, cls) for cls in reference.ranges):
            raise ProposalFault(
                f"{reference.field}: {value[:100]!r} is a {found.rdf_class}, and must be a {' or '.join(reference.ranges)}"
            )
        return found.id

    def _new(self, value: Mapping[str, object], reference: _Reference, level: int) -> JsonValue:
        cls, label = value.get("class"), value.get("label")
        if not isinstance(cls, str) or (not (is_entity(cls) if cls in STATEMENTS else False) and cls != "Measure"):
            raise ProposalFault(f"{reference.field}: a new record has a class of entities, not {str(cls)[:60]!r}")
        if not any(is_a(cls, each) for each in reference.ranges):
            raise ProposalFault(f"{reference.field}: a {cls} cannot stand here; it must be a {' or '.join(reference.ranges)}")
        if not isinstance(label, str) or not label.strip():
            raise ProposalFault(f"{reference.field}: a new record has a label")
        if known := self._known_as(label, cls, reference):
            return known
        new = {key: item for key, item in value.items() if key != "class"}
        fields = self._resolve(cls, new, level + 1)
        _check_values(cls, fields)
        return {"class": cls, **fields}

    def _known_as(self, label: str, cls: str, reference: _Reference) -> str:
        """Return what the graph has by the label of a new record (IRI); empty where a new record can have that label."""
        if not self._names.has(label):
            return ""
        try:
            found = self._names.find(label)
        except KnockonError as error:
            raise ProposalFault(f"{reference.field}: {error}") from None
        if any(is_a(found.rdf_class, each) for each in reference.ranges) and is_entity(found.rdf_class) == is_entity(cls):
            return found.id
        if found.id == MY + to_local_name(label):
            raise ProposalFault(
                f"{reference.field}: the graph has a {found.rdf_class} called {label[:100]!r}; give it another label"
            )
        return ""


def _check_values(cls: str, fields: Mapping[str, JsonValue]) -> None:
    """Refuse values that the model refuses; new records in references are checked by themselves."""
    stand_in = {name: _stand_in(value) for name, value in fields.items()}
    expander = Expander(Resolver(_CHECK))
    data = expander.expand(ALL_CLASSES[cls], stand_in)
    for fault in expander.faults:
        raise ProposalFault(fault.message, fault.hint)
    try:
        ALL_CLASSES[cls].model_validate({**data, "id": f"{_CHECK}record"})
    except ValidationError as error:
        first = next(iter(faults(error, by_alias(ALL_CLASSES[cls]))))
        raise ProposalFault(first.message, first.hint) from None


def _stand_in(value: JsonValue) -> JsonValue:
    """Return a value with new records as IRIs."""
    if isinstance(value, dict):
        if "class" in value:
            return f"{_CHECK}new-{digest(value.get('label'))}"
        return {key: _stand_in(item) for key, item in value.items()}
    return [_stand_in(item) for item in value] if isinstance(value, list) else value


__all__ = ["FieldResolver", "ProposalFault"]
