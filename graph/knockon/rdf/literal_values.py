"""Read the literals of fields: check their datatype and form, before the model validates the value."""

from __future__ import annotations

import re
from typing import NamedTuple

from pyoxigraph import Literal

from knockon.model.dates import BOUNDS
from knockon.model.language import LanguageString
from knockon.rdf.fields import Field
from knockon.vocabulary import XSD

#: The allowed literals of each datatype; the models accept more (seconds for a date, 1_000 for a number).
_FORMS = {
    "decimal": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"),
    "double": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN"),
    "integer": re.compile(r"[+-]?[0-9]+"),
    "boolean": re.compile(r"true|false|1|0"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "duration": re.compile(r".*", re.DOTALL),
}

#: The forms of months and years: ``from`` is the first day of the period, ``until`` the last.
_PERIODS = {"gYearMonth": re.compile(r"[0-9]{4}-[0-9]{2}"), "gYear": re.compile(r"[0-9]{4}")}


class LiteralValue(NamedTuple):
    """The text of a literal for the model; ``message`` and ``hint`` state what is wrong with the literal, if anything."""

    text: str
    message: str = ""
    hint: str = ""


def read_literal(field: Field, term: Literal) -> LiteralValue:
    """Return the text of a literal for a field, with a message if its datatype, language or form is wrong.

    >>> from knockon.model import Ownership
    >>> from knockon.rdf.fields import by_alias
    >>> read_literal(by_alias(Ownership)["share"], Literal("half")).message
    'share must be xsd:decimal, not string'
    """
    name, datatype = field.alias, term.datatype.value.removeprefix(XSD)
    if field.kind in {"text", "name"}:
        return _read_text(name, term)
    if name in BOUNDS and (form := _PERIODS.get(datatype)):
        if form.fullmatch(term.value):
            try:
                return LiteralValue(BOUNDS[name](term.value).isoformat())
            except ValueError:
                pass
        return LiteralValue(term.value, f"{name} {term.value[:100]!r} is not an xsd:{datatype}", "write 2021-12 or 2021")
    if field.kind in _FORMS:
        if datatype != field.kind:
            return LiteralValue(term.value, f"{name} must be xsd:{field.kind}, not {datatype}")
        if not _FORMS[field.kind].fullmatch(term.value):
            return LiteralValue(term.value, f"{name} {term.value[:100]!r} is not a valid xsd:{field.kind}")
    elif term.datatype.value != XSD + "string":
        return LiteralValue(term.value, f"{name} must be a plain string", "leave datatype and language out")
    return LiteralValue(term.value)


def _read_text(name: str, term: Literal) -> LiteralValue:
    if not term.language and term.datatype.value != XSD + "string":
        datatype = term.datatype.value.removeprefix(XSD)
        return LiteralValue(term.value, f"{name} must be a text, not {datatype}", 'write "...", or "..."@en')
    if getattr(term, "direction", None):
        return LiteralValue(term.value, f"{name} has a base direction", 'write "..." with at most a language, as "..."@ar')
    return LiteralValue(LanguageString(term.value, term.language or ""))
