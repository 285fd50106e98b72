"""From the short forms of a data file to the fields of a record: names to IRIs, spans to evidence.

What fits no form is a fault here, and is left as it stands for the model:
the reader drops what the model says of it a second time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from knockon.authoring.names import Refused
from knockon.authoring.numbers import number
from knockon.authoring.resolver import Resolver
from knockon.model import Evidence, Identifier, Record, Supply
from knockon.model.dates import BOUNDS
from knockon.model.faults import Fault, did_you_mean
from knockon.rdf.fields import Field, by_alias
from knockon.rdf.integrity import Reference

#: So many characters of the name of a field stand in a message.
_SHOWN = 100
_SPAN = re.compile(r"(\S+)\s+([0-9]+)-([0-9]+)(?:\s+([A-Za-z]+))?(?:\s+(\S+))?")
#: Pydantic takes more for a date or a number than people mean: seconds since 1970, 1_000, any number of digits.
_FORMS = {
    "date": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "is not a date", "write 2021-12-10; for a year 2021-01-01 and datePrecision: Year"),
    "integer": (r"[+-]?[0-9]{1,15}", "is not a whole number", "write digits alone"),
}


class Expander:
    """Expands the fields of one record, and gathers what is wrong with them and what they refer to.

    >>> from knockon.model import Company
    >>> expander = Expander(Resolver("urn:x:"))
    >>> expander.expand(Company, {"partOf": "acme", "evidence": ["doc-a 10-20 Alleges rival"]})["evidence"]
    [{'document': 'urn:x:doc-a', 'start': '10', 'end': '20', 'stance': 'Alleges', 'claimant': 'urn:x:rival'}]
    >>> expander.expand(Company, {"jurisdicton": "Acme"}), expander.faults[0].hint
    ({}, 'did you mean jurisdiction?')
    """

    def __init__(self, resolver: Resolver, *, loose: bool = False) -> None:
        self.resolver, self.loose = resolver, loose
        self.faults: list[Fault] = []
        self.references: list[Reference] = []
        #: The same references as they are written, with the IRI and the classes that it may have.
        self.named: list[tuple[str, str, tuple[str, ...]]] = []

    def expand(self, cls: type[Record], data: dict[str, Any], route: tuple[int | str, ...] = ()) -> dict[str, Any]:
        """The fields with names as IRIs and short forms written out; a field without a value is left out."""
        known = by_alias(cls)
        expanded: dict[str, Any] = {}
        for name, value in data.items():
            here = (*route, name)
            if name not in known:
                self._unknown(here, name, known)
            elif value is not None:
                expanded[name] = self._values(known[name], value, here)
        return expanded

    def _unknown(self, route: tuple[int | str, ...], name: str, known: Iterable[str]) -> None:
        hint = did_you_mean(name, known, f"known are {', '.join(sorted(known))}")
        if name == "id":
            hint = "a record is named where it begins, and a part after its record"
        self.faults.append(Fault(route, f"unknown field {'.'.join(str(part)[:_SHOWN] for part in route)}", hint))

    def _values(self, field: Field, value: Any, route: tuple[int | str, ...]) -> Any:
        if field.many and isinstance(value, list):
            return [self._checked(field, one, (*route, place)) for place, one in enumerate(value)]
        return self._checked(field, value, route)

    def _checked(self, field: Field, value: Any, route: tuple[int | str, ...]) -> Any:
        try:
            return self._value(field, value, route)
        except Refused as refused:
            self.faults.append(Fault(route, f"{'.'.join(map(str, route))}: {refused.message}", refused.hint))
            return value

    def _value(self, field: Field, value: Any, route: tuple[int | str, ...]) -> Any:
        if field.nested is None:
            return self._simple(field, value, route) if isinstance(value, str) else value
        if isinstance(value, str):
            value = _short(field.nested, value)
        return self.expand(field.nested, value, route) if isinstance(value, dict) else value

    def text(self, field: Field, text: str) -> str:
        """The text of a simple value as models take it: numbers and days in the forms that people may write.

        Raises
        ------
        Refused
            It has another form.
        """
        if field.alias in BOUNDS:
            return _bound(text, field.alias)
        if field.kind == "decimal":
            return number(text, part=field.maximum == 1)
        if field.kind in _FORMS:
            form, message, hint = _FORMS[field.kind]
            if not re.fullmatch(form, text.strip()):
                raise Refused(f"{text[:100]!r} {message}", hint)
            return text.strip()
        return text

    def _simple(self, field: Field, text: str, route: tuple[int | str, ...]) -> str:
        if field.kind == "iri":
            full = self.resolver.iri(text, loose=self.loose, ranges=field.ranges)
            if field.ranges:
                self.references.append((route, full, field.ranges))
                self.named.append((text, full, field.ranges))
            return full
        return self.text(field, text)


def _bound(text: str, alias: str) -> str:
    """The first day of a period for ``from``, the last one for ``until``: both ends belong to it."""
    try:
        return BOUNDS[alias](text.strip()).isoformat()
    except ValueError:
        raise Refused(f"{text[:100]!r} is not a date", "write 2021-12-10, 2021-12 or 2021") from None


def _short(cls: type[Record], text: str) -> Any:
    if cls is Supply:
        return {"provider": text}
    if cls is Evidence:
        if match := _SPAN.fullmatch(text.strip()):
            given = zip(("document", "start", "end", "stance", "claimant"), match.groups(), strict=True)
            return {name: value for name, value in given if value is not None}
        raise Refused(f"{text[:100]!r} is no evidence", "write `document start-end`, then a stance and a claimant if need be")
    if cls is Identifier:
        scheme, _, notation = text.strip().rpartition(" ")
        if scheme:
            return {"scheme": scheme, "notation": notation}
        raise Refused(f"{text[:100]!r} is no identifier", "write `LEI 5493001KJTIIGC8Y1R12`: the scheme, then the notation")
    return text
