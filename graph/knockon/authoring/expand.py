"""Expand the short forms of a data file to the fields of a record: names to IRIs, places to evidence.

A value in no known form is a fault here, and is passed to the model unchanged:
the reader drops the fault that the model reports for it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from knockon.authoring.evidence_form import parse_evidence
from knockon.authoring.languages import join_languages
from knockon.authoring.names import InvalidName, iri_fault
from knockon.authoring.numbers import parse_number
from knockon.authoring.resolver import Resolver
from knockon.model import Document, Evidence, Identifier, Record, Supply
from knockon.model.addresses import document_iri, is_address, to_address
from knockon.model.base import UNKNOWN_NUMBER
from knockon.model.dates import BOUNDS
from knockon.model.validation_errors import Fault, did_you_mean
from knockon.rdf.fields import Field, by_alias
from knockon.rdf.integrity import Reference
from knockon.vocabulary import local_name

_LANGUAGE_HINT = "write e.g. `label@zh`; further labels become other names (altLabel)"
#: The most characters of a field name in a message.
_MAX_SHOWN = 100
#: Stricter forms than those of pydantic, which also accepts seconds since 1970, 1_000, any number of digits.
_FORMS = {
    "date": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "is not a date", "write 2021-12-10; for a year 2021-01-01 and datePrecision: Year"),
    "integer": (r"[+-]?[0-9]{1,15}", "is not a whole number", "write digits alone"),
}


class CitedAddress(NamedTuple):
    """A web address in evidence: the IRI of its document, the address, the day of retrieval if stated, and the path to it."""

    document: str
    address: str
    retrieved: str
    route: tuple[int | str, ...]


_RETRIEVED = by_alias(Document)["retrieved"]


class Expander:
    """Converter of the fields of one record, which collects their faults and references.

    >>> from knockon.model import Company
    >>> expander = Expander(Resolver("urn:x:"))
    >>> expander.expand(Company, {"partOf": "acme", "evidence": ["doc-a 10-20 Alleges rival"]})["evidence"]
    [{'document': 'urn:x:doc-a', 'start': '10', 'end': '20', 'stance': 'Alleges', 'claimant': 'urn:x:rival'}]
    >>> expander.expand(Company, {"jurisdicton": "Acme"}), expander.faults[0].hint
    ({}, 'did you mean jurisdiction?')
    """

    def __init__(
        self, resolver: Resolver, *, loose: bool = False, documents: Mapping[str, Sequence[str]] = MappingProxyType({})
    ) -> None:
        self.resolver, self.loose = resolver, loose
        #: The declared documents (IRIs) by web address.
        self.documents = documents
        self.faults: list[Fault] = []
        self.references: list[Reference] = []
        #: The web addresses that evidence names: the IRI of the document, the path, the address and the day of retrieval.
        self.addresses: list[CitedAddress] = []
        #: The same references: the original text, the IRI, and the classes that it may have.
        self.named: list[tuple[str, str, tuple[str, ...]]] = []

    def expand(self, cls: type[Record], data: dict[str, Any], route: tuple[int | str, ...] = ()) -> dict[str, Any]:
        """Return the fields with names as IRIs and short forms expanded; fields without a value are left out."""
        known, as_written = by_alias(cls), _as_written(cls)
        expanded: dict[str, Any] = {}
        if "@" in "".join(data):
            data, faults = join_languages(known, data)
            self.faults += [Fault((*route, name), message, _LANGUAGE_HINT) for name, message in faults]
        for name, value in data.items():
            field = known.get(name)
            if field is None:
                self._report_unknown((*route, name), name, known)
            elif value.__class__ is str and name in as_written:
                expanded[name] = value
            elif value is not None:
                expanded[name] = self._expand_field(field, value, (*route, name))
        return expanded

    def _report_unknown(self, route: tuple[int | str, ...], name: str, known: Iterable[str]) -> None:
        hint = did_you_mean(name, known, f"known are {', '.join(sorted(known))}")
        if name == "id":
            hint = "a record is named where it begins, and a part after its record"
        self.faults.append(Fault(route, f"unknown field {'.'.join(str(part)[:_MAX_SHOWN] for part in route)}", hint))

    def _expand_field(self, field: Field, value: Any, route: tuple[int | str, ...]) -> Any:
        if field.many and isinstance(value, list):
            return [self._expand_item(field, item, (*route, index)) for index, item in enumerate(value)]
        return self._expand_item(field, value, route)

    def _expand_item(self, field: Field, value: Any, route: tuple[int | str, ...]) -> Any:
        try:
            # Most are texts: every other step is slower.
            if field.nested is None:
                return self._expand_text(field, value, route) if isinstance(value, str) else value
            return self._expand_part(field.nested, value, route)
        except InvalidName as error:
            self.faults.append(Fault(route, f"{'.'.join(map(str, route))}: {error.message}", error.hint))
            return value

    def _expand_part(self, cls: type[Record], value: Any, route: tuple[int | str, ...]) -> Any:
        """Return the fields of a part, which may be written in a short form."""
        retrieved = ""
        if isinstance(value, str) and cls is Evidence:
            value, retrieved = parse_evidence(value)
        elif isinstance(value, str):
            value = _expand_short_form(cls, value)
        if cls is Evidence and isinstance(value, dict):
            value = self._name_address(value, retrieved, route)
        return self.expand(cls, value, route) if isinstance(value, dict) else value

    def _name_address(self, value: dict[str, Any], retrieved: str, route: tuple[int | str, ...]) -> dict[str, Any]:
        """Return evidence with the IRI of the document that it names by a web address."""
        document = value.get("document")
        if not isinstance(document, str) or not is_address(document) or self.resolver.is_record(document):
            return value
        try:
            address = to_address(document)
        except ValueError as error:
            raise InvalidName(str(error)) from None
        if fault := iri_fault(address):
            raise InvalidName(f"{document[:100]!r} is not a web address: {fault}")
        day = value.get("retrieved") or retrieved
        if day and isinstance(day, str):
            day = self.normalize(_RETRIEVED, day)
        declared = self.documents.get(address, ())
        if len(declared) > 1:
            listed = " and of ".join(map(local_name, declared))
            raise InvalidName(f"{address[:100]!r} is the address of {listed}", "cite one of them by its name")
        iri = declared[0] if declared else document_iri(address)
        self.addresses.append(CitedAddress(iri, address, str(day), route))
        return {name: item for name, item in value.items() if name != "retrieved"} | {"document": iri}

    def normalize(self, field: Field, text: str) -> str:
        """Normalize the text of a simple value for the model: numbers, dates, periods.

        Raises
        ------
        InvalidName
            The text has another form.
        """
        if field.alias in BOUNDS:
            return _period_end(text, field.alias)
        if field.unknown_iri and text.strip().lower() == UNKNOWN_NUMBER:
            return UNKNOWN_NUMBER
        if field.kind == "decimal":
            return parse_number(text, part=field.maximum == 1)
        if field.kind in _FORMS:
            form, message, hint = _FORMS[field.kind]
            if not re.fullmatch(form, text.strip()):
                raise InvalidName(f"{text[:100]!r} {message}", hint)
            return text.strip()
        return text

    def _expand_text(self, field: Field, text: str, route: tuple[int | str, ...]) -> str:
        if field.ranges and field.kind == "iri":
            full = self.resolver.iri(text, loose=self.loose, ranges=field.ranges)
            self.references.append((route, full, field.ranges))
            self.named.append((text, full, field.ranges))
            return full
        return self.normalize(field, text)


def has_no_short_form(cls: type[Record], alias: str) -> bool:
    """Return whether the texts of a field mean what they are: they are normalized by the model alone."""
    return alias in _as_written(cls)


@cache
def _as_written(cls: type[Record]) -> frozenset[str]:
    """Return the names of the fields of a class whose texts have no short form, and are normalized by the model alone.

    >>> from knockon.model import Ownership
    >>> names = _as_written(Ownership)
    >>> [name in names for name in ("comment", "interestKind", "owner", "share", "from", "evidence")]
    [True, True, False, False, False, False]
    """
    others = {"decimal", *_FORMS}
    return frozenset(
        field.alias
        for field in by_alias(cls).values()
        if not (field.nested or field.unknown_iri or field.kind in others or field.alias in BOUNDS)
        and not (field.kind == "iri" and field.ranges)
    )


@lru_cache(maxsize=10_000)
def _period_end(text: str, alias: str) -> str:
    """Return the first day of a period for ``from``, the last day for ``until``; both belong to the period."""
    try:
        return BOUNDS[alias](text.strip()).isoformat()
    except ValueError:
        raise InvalidName(f"{text[:100]!r} is not a date", "write 2021-12-10, 2021-12 or 2021") from None


def _expand_short_form(cls: type[Record], text: str) -> Any:
    if cls is Supply:
        return {"provider": text}
    if cls is Identifier:
        scheme, _, notation = text.strip().rpartition(" ")
        if scheme:
            return {"scheme": scheme, "notation": notation}
        raise InvalidName(
            f"{text[:100]!r} is not an identifier", "write `LEI 5493001KJTIIGC8Y1R12`: the scheme, then the notation"
        )
    return text
