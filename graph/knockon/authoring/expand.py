"""From the short forms of a data file to the fields of a record: names to IRIs, spans to evidence."""

from __future__ import annotations

import re
from typing import Any

from knockon.authoring.raw import LOCAL
from knockon.errors import UsageError
from knockon.model import Evidence, Identifier, Record, Supply
from knockon.rdf.fields import Field, by_alias
from knockon.store.files import slug
from knockon.vocabulary import PREFIXES

_SPAN = re.compile(r"(\S+)\s+(\d+)-(\d+)(?:\s+([A-Za-z]+))?(?:\s+(\S+))?")


def iri(name: str, base: str, *, loose: bool = False) -> str:
    """The IRI of a name in a data file: of a local name, ``id:name``, or an IRI already.

    With ``loose`` any text is a name (CSV); otherwise one that could not be
    part of an IRI is refused.

    >>> iri("nvidia", "https://example.org/")
    'https://example.org/nvidia'
    >>> iri("id:nvidia", "https://example.org/")
    'https://w3id.org/knockon/id/nvidia'
    """
    prefix, colon, rest = name.partition(":")
    if colon:
        return PREFIXES[prefix] + rest if prefix in PREFIXES else name
    if LOCAL.fullmatch(name):
        return base + name
    if loose and name.strip():
        return base + slug(name)
    raise UsageError(f"{name!r} is no local name: use letters, digits and - . _ ~")


def expand(cls: type[Record], data: dict[str, Any], base: str, *, loose: bool = False) -> dict[str, Any]:
    """The fields of a record with names as IRIs and short forms written out; what fits no form is left for the model.

    >>> from knockon.model import Company
    >>> expand(Company, {"partOf": "acme", "evidence": ["doc-a 10-20 Alleges rival"]}, "urn:x:")["evidence"]
    [{'document': 'urn:x:doc-a', 'start': '10', 'end': '20', 'stance': 'Alleges', 'claimant': 'urn:x:rival'}]
    """
    known = by_alias(cls)
    return {
        name: _values(known[name], value, base, loose) if name in known and value is not None else value
        for name, value in data.items()
        if value is not None or name not in known
    }


def _values(field: Field, value: Any, base: str, loose: bool) -> Any:
    if field.many and isinstance(value, list):
        return [_value(field, one, base, loose) for one in value]
    return _value(field, value, base, loose)


def _value(field: Field, value: Any, base: str, loose: bool) -> Any:
    if field.kind == "iri" and isinstance(value, str):
        return iri(value, base, loose=loose)
    if field.nested is None:
        return value
    if isinstance(value, str):
        value = _short(field.nested, value)
    return expand(field.nested, value, base, loose=loose) if isinstance(value, dict) else value


def _short(cls: type[Record], text: str) -> Any:
    if cls is Supply:
        return {"provider": text}
    if cls is Evidence and (match := _SPAN.fullmatch(text.strip())):
        given = zip(("document", "start", "end", "stance", "claimant"), match.groups(), strict=True)
        return {name: value for name, value in given if value is not None}
    if cls is Evidence:
        raise UsageError(f"{text!r} is no evidence: write `document start-end`, optionally a stance and a claimant")
    if cls is Identifier and " " in text:
        scheme, _, notation = text.rpartition(" ")
        return {"scheme": scheme, "notation": notation}
    return text
