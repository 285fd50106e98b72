"""Check what a proposer gives against the document and the graph: a proposal, or why it is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
from knockon.proposals.document_text import DocumentText
from knockon.proposals.proposal import (
    CLASSES,
    KEYS,
    NOT_FIELDS,
    JsonValue,
    Proposal,
    confidence_of,
    is_entity,
    stance_named,
    whole_number,
)
from knockon.proposals.quotes import Place, copied_words, locate, quote_hash
from knockon.query.names import NameIndex, names_of
from knockon.rdf.fields import Field, by_alias
from knockon.vocabulary import MY

#: The deepest nesting of fields, the most values of a record, and the most characters of a text of it.
_MOST_LEVELS, _MOST_VALUES, _LONGEST_TEXT = 4, 200, 2_000
#: The fields with names as they are written, which may be those of the document.
_NAMES = ("label", "altLabel", "nameAsListed", "listEntry", "asWritten")
#: The longest name, in words: what is longer is no name but a sentence.
_LONGEST_NAME = 15
#: For how many unknown names similar ones are looked for.
_SUGGESTED = 20
#: The base of the ids with which fields are checked.
_CHECK = "urn:knockon:proposal:"


@dataclass(frozen=True, slots=True)
class Refused:
    """A proposal that cannot become a record.

    Attributes
    ----------
    number
        Its number among those that were given, from 1.
    reason
        Why.
    hint
        How to correct it; may be empty.
    """

    number: int
    reason: str
    hint: str = ""


class _Fault(ValueError):
    """A fault of a proposal, with a hint."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason, self.hint = reason, hint


class _Reference(NamedTuple):
    """Where a field refers to: the classes that it may have."""

    ranges: tuple[str, ...]
    field: str


class LineChecker:
    """Checks proposals about one document.

    Parameters
    ----------
    document
        The document.
    records
        The records of the graph.
    proposer
        Who proposes.
    day
        The day of the proposals (ISO).

    Examples
    --------
    >>> from knockon.model import Company, Material
    >>> graph = [Company(id="urn:x:acme", label="Acme"), Material(id="urn:x:cobalt", label="Cobalt")]
    >>> checker = LineChecker(DocumentText.of("a.txt", b"Acme relies on cobalt."), graph, "me", "2026-01-01")
    >>> line = {"class": "Dependency", "fields": {"dependant": "acme", "need": "Cobalt"}, "quote": "Acme relies on cobalt"}
    >>> checker.check(1, line).fields
    {'dependant': 'urn:x:acme', 'need': 'urn:x:cobalt'}
    >>> checker.check(2, {**line, "quote": "Acme relies on steel"}).reason
    'the quotation is not in the document'
    """

    def __init__(self, document: DocumentText, records: Iterable[Statement], proposer: str, day: str) -> None:
        self.document, self.proposer, self.day = document, proposer, day
        self._records = [record for record in records if type(record).__name__ in ALL_CLASSES]
        self._names = NameIndex(self._records, "Record")
        self._suggested = 0

    def check(self, number: int, line: object) -> Proposal | Refused:
        """Return the proposal of a line, or why it is refused."""
        try:
            return self._proposal(line)
        except _Fault as fault:
            return Refused(number, fault.reason, fault.hint)
        except RecursionError:
            return Refused(number, f"fields have more than {_MOST_LEVELS} levels")

    def _proposal(self, line: object) -> Proposal:
        if not isinstance(line, Mapping) or not all(isinstance(key, str) for key in line):
            raise _Fault("a proposal is an object", _EXAMPLE)
        if unknown := sorted(set(line) - set(KEYS)):
            raise _Fault(f"unknown key {unknown[0][:60]!r}", f"known are {', '.join(KEYS)}")
        cls, fields = line.get("class"), line.get("fields")
        if not isinstance(cls, str) or cls not in CLASSES:
            close = nearest(str(cls)[:60], CLASSES)
            raise _Fault(
                f"{str(cls)[:60]!r} is not a class that can be proposed",
                f"did you mean {', '.join(close)}?" if close else _EXAMPLE,
            )
        if not isinstance(fields, Mapping) or not fields:
            raise _Fault("fields must be an object with the fields of the record", _EXAMPLE)
        page, place = self._place(line)
        resolved = self._resolve(cls, fields)
        self._check_texts(resolved)
        self._check_values(cls, resolved)
        try:
            stance, confidence = stance_named(line.get("stance")), confidence_of(line.get("confidence"))
        except ValueError as error:
            raise _Fault(str(error)) from None
        claimant = line.get("claimant")
        text, span = self.document.page(page), (place.start, place.end)
        claimed = self._reference(claimant, _Reference(("Entity",), "claimant")) if claimant else ""
        return Proposal(
            cls, resolved, self.document.sha256, self.document.name, *span, quote_hash(text, span), place.match, page, stance,
            str(claimed), confidence, self.proposer, self.day,
        )  # fmt: skip

    def _place(self, line: Mapping[str, object]) -> tuple[int | None, Place]:
        """Return where the quotation stands: the page, and the span."""
        quote = line.get("quote")
        if not isinstance(quote, str):
            raise _Fault("quote must be the words that the record rests on, exactly as the document has them")
        try:
            start, end, page = (whole_number(line.get(key), key) for key in ("start", "end", "page"))
        except ValueError as error:
            raise _Fault(str(error)) from None
        if page is not None and not self.document.is_pdf:
            raise _Fault(f"page {page}: the document is not a PDF; leave page out")
        if page is not None and not 1 <= page <= len(self.document.pages):
            raise _Fault(f"page {page} does not exist; the last page is {len(self.document.pages):,}")
        pages = [page] if page is not None or not self.document.is_pdf else list(self.document.numbers)
        if page is None and self.document.is_pdf and start is not None:
            raise _Fault("start and end are those of a page; give the page as well")
        found = [(number, locate(self.document.page(number), quote, start, end, pdf=self.document.is_pdf)) for number in pages]
        places = [(number, place) for number, place in found if isinstance(place, Place)]
        if len(places) == 1:
            return places[0]
        if places:
            listed = ", ".join(str(number) for number, _ in places[:3])
            raise _Fault(f"the quotation is on the pages {listed}", "give the page that is meant")
        reasons = [place for _, place in found if isinstance(place, str)]
        raise _Fault(
            next(
                (reason for reason in reasons if "is not in" not in reason),
                reasons[0] if reasons else "the document has no page",
            )
        )

    def _resolve(self, cls: str, fields: Mapping[str, object], level: int = 0) -> dict[str, JsonValue]:
        """Return the fields of a record with references as IRIs, or as new records."""
        known = by_alias(ALL_CLASSES[cls])
        resolved: dict[str, JsonValue] = {}
        if level > _MOST_LEVELS:
            raise _Fault(f"fields have more than {_MOST_LEVELS} levels")
        for name, value in fields.items():
            field = known.get(name) if isinstance(name, str) else None
            if field is None or name in NOT_FIELDS:
                close = nearest(str(name)[:60], set(known) - set(NOT_FIELDS))
                raise _Fault(
                    f"{cls} has no field {str(name)[:60]!r} that can be proposed",
                    f"did you mean {', '.join(close)}?" if close else "",
                )
            if value is not None:
                resolved[name] = self._value(cls, field, value, level)
        return resolved

    def _value(self, cls: str, field: Field, value: object, level: int) -> JsonValue:
        if isinstance(value, list | tuple):
            if not field.many:
                raise _Fault(f"{field.alias} of a {cls} is one value, not a list")
            if len(value) > _MOST_VALUES:
                raise _Fault(f"{field.alias} has more than {_MOST_VALUES} values")
            return [self._value(cls, field, item, level + 1) for item in value]
        if field.nested is not None:
            return self._part(field, field.nested, value, level)
        if field.kind == "iri" and field.ranges:
            return self._reference(value, _Reference(field.ranges, field.alias), level)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float | str):
            return str(value)
        raise _Fault(f"{field.alias} must be a text or a number")

    def _part(self, field: Field, cls: type[Record], value: object, level: int) -> JsonValue:
        """Return a part of a record; a supply may be written as its provider."""
        is_supply = "provider" in by_alias(cls)
        if is_supply and (isinstance(value, str) or (isinstance(value, Mapping) and "class" in value)):
            value = {"provider": value}
        if not isinstance(value, Mapping):
            raise _Fault(f"{field.alias} must be an object")
        return self._resolve(cls.__name__, value, level + 1)

    def _reference(self, value: object, reference: _Reference, level: int = 0) -> JsonValue:
        """Return the IRI of what is named, or the new record."""
        if isinstance(value, Mapping):
            return self._new(value, reference, level)
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_NAME:
            raise _Fault(f"{reference.field} must be a name of the graph, or an object with class and label")
        if not self._names.has(value):
            close: list[str] = []
            if self._suggested < _SUGGESTED:
                self._suggested += 1
                close = nearest(value, {name for record in self._records for name in names_of(record)})
            listed = f"did you mean {', '.join(close)}? " if close else ""
            raise _Fault(
                f"{reference.field}: the graph has nothing called {value[:100]!r}",
                f'{listed}a new one is written {{"class": "Company", "label": "{value[:40]}"}}',
            )
        try:
            found = self._names.find(value)
        except KnockonError as error:
            raise _Fault(f"{reference.field}: {error}") from None
        if not any(is_a(found.rdf_class, cls) for cls in reference.ranges):
            raise _Fault(
                f"{reference.field}: {value[:100]!r} is a {found.rdf_class}, and must be a {' or '.join(reference.ranges)}"
            )
        return found.id

    def _new(self, value: Mapping[str, object], reference: _Reference, level: int) -> JsonValue:
        cls, label = value.get("class"), value.get("label")
        if not isinstance(cls, str) or (not (is_entity(cls) if cls in STATEMENTS else False) and cls != "Measure"):
            raise _Fault(f"{reference.field}: a new record has a class of entities, not {str(cls)[:60]!r}")
        if not any(is_a(cls, each) for each in reference.ranges):
            raise _Fault(f"{reference.field}: a {cls} cannot stand here; it must be a {' or '.join(reference.ranges)}")
        if not isinstance(label, str) or not label.strip():
            raise _Fault(f"{reference.field}: a new record has a label")
        if known := self._known_as(label, cls, reference):
            return known
        new = {key: item for key, item in value.items() if key != "class"}
        fields = self._resolve(cls, new, level + 1)
        self._check_values(cls, fields)
        return {"class": cls, **fields}

    def _known_as(self, label: str, cls: str, reference: _Reference) -> str:
        """Return what the graph has by the label of a new record (IRI); empty where a new record can have that label."""
        if not self._names.has(label):
            return ""
        try:
            found = self._names.find(label)
        except KnockonError as error:
            raise _Fault(f"{reference.field}: {error}") from None
        if any(is_a(found.rdf_class, each) for each in reference.ranges) and is_entity(found.rdf_class) == is_entity(cls):
            return found.id
        if found.id == MY + to_local_name(label):
            raise _Fault(f"{reference.field}: the graph has a {found.rdf_class} called {label[:100]!r}; give it another label")
        return ""

    def _check_texts(self, value: JsonValue, name: str = "") -> None:
        """Refuse texts that are too long, or that repeat a passage of the document."""
        if isinstance(value, dict):
            for key, item in value.items():
                self._check_texts(item, key)
        elif isinstance(value, list):
            for item in value:
                self._check_texts(item, name)
        elif isinstance(value, str):
            if len(value) > _LONGEST_TEXT:
                raise _Fault(f"{name} has more than {_LONGEST_TEXT:,} characters")
            if name in _NAMES and len(value.split()) > _LONGEST_NAME:
                raise _Fault(f"{name} has {len(value.split())} words; a name has at most {_LONGEST_NAME}")
            if name not in _NAMES and (copied := copied_words(value, self.document.words)):
                raise _Fault(
                    f"{name} repeats {len(copied.split())} words of the document or more",
                    "say it in your own words: the span cites the document",
                )

    def _check_values(self, cls: str, fields: Mapping[str, JsonValue]) -> None:
        """Refuse values that the model refuses; new records in references are checked by themselves."""
        stand_in = {name: _stand_in(value) for name, value in fields.items()}
        expander = Expander(Resolver(_CHECK))
        data = expander.expand(ALL_CLASSES[cls], stand_in)
        for fault in expander.faults:
            raise _Fault(fault.message, fault.hint)
        try:
            ALL_CLASSES[cls].model_validate({**data, "id": f"{_CHECK}record"})
        except ValidationError as error:
            first = next(iter(faults(error, by_alias(ALL_CLASSES[cls]))))
            raise _Fault(first.message, first.hint) from None


def _stand_in(value: JsonValue) -> JsonValue:
    """Return a value with new records as IRIs."""
    if isinstance(value, dict):
        if "class" in value:
            return f"{_CHECK}new-{digest(value.get('label'))}"
        return {key: _stand_in(item) for key, item in value.items()}
    return [_stand_in(item) for item in value] if isinstance(value, list) else value


_EXAMPLE = 'write e.g. {"class": "Dependency", "fields": {"dependant": "acme", "need": "cobalt"}, "quote": "..."}'

__all__ = ["LineChecker", "Refused"]
