"""The short form of evidence in data files: `doc-card 3187-3260`, `doc-list row:114 Alleges rival`, `https://example.org/notice`."""

from __future__ import annotations

import re
from typing import NamedTuple

from knockon.authoring.names import InvalidName
from knockon.model.addresses import is_address
from knockon.model.places import PLACES

_HINT = (
    "write the document, then the place if it is not the whole document (3187-3260, row:114, sheet:Name row:5, key:33114, "
    "pointer:/a/3, line:5, page:12), then a stance and a claimant if need be"
)
_SPAN = re.compile("([0-9]+)-([0-9]+)")
#: The parts of the form that are written with their name; retrieved is the day on which a web address was read.
_NAMED = ("sheet", *(kind.name for kind in PLACES), "confidence", "retrieved")
_NAMED_PART = re.compile(rf'({"|".join(_NAMED)}):(?:"([^"]*)"|(\S+))')
_PART = re.compile(rf"\s*({_NAMED_PART.pattern}|\S+)(?=\s|$)")
_WORDS = ("stance", "claimant")


class EvidenceForm(NamedTuple):
    """The fields of an Evidence as written, and the day on which a web address was retrieved; empty if none is stated."""

    fields: dict[str, str]
    retrieved: str = ""


def parse_evidence(text: str) -> EvidenceForm:
    """Parse the short form of evidence.

    Parameters
    ----------
    text
        The document or its web address, and after spaces the place in it, a stance, a claimant, ``confidence:0.8``,
        and for an address ``retrieved:2025-01-07``. Values with spaces are written in quotes: ``sheet:"Sheet 1"``.

    Raises
    ------
    InvalidName
        It is in another form.

    Examples
    --------
    >>> parse_evidence("doc-card 3187-3260 Alleges rival").fields
    {'document': 'doc-card', 'start': '3187', 'end': '3260', 'stance': 'Alleges', 'claimant': 'rival'}
    >>> parse_evidence('doc-list sheet:"Sheet 1" row:5').fields
    {'document': 'doc-list', 'sheet': 'Sheet 1', 'row': '5'}
    >>> parse_evidence("https://example.org/notice retrieved:2025-01-07")
    EvidenceForm(fields={'document': 'https://example.org/notice'}, retrieved='2025-01-07')
    """
    document, *parts = _split(text)
    fields = {"document": document}
    words: list[str] = []
    for part in parts:
        if named := _NAMED_PART.fullmatch(part):
            name, quoted, plain = named.groups()
            if name in fields:
                raise _invalid(text, f"{name} is given twice")
            fields[name] = plain if quoted is None else quoted
        elif span := _SPAN.fullmatch(part):
            if "start" in fields:
                raise _invalid(text, "two spans are given; write one entry for each")
            fields["start"], fields["end"] = span.groups()
        elif len(words) == len(_WORDS) or not (words or part.isalpha()):
            raise _invalid(text, f"{part[:100]!r} is neither a place nor a stance")
        else:
            words.append(part)
    fields |= dict(zip(_WORDS, words, strict=False))
    retrieved = fields.pop("retrieved", "")
    if retrieved and not is_address(document):
        raise _invalid(text, "retrieved belongs to a web address, or to the record of the document")
    return EvidenceForm(fields, retrieved)


def _split(text: str) -> list[str]:
    parts, position, text = [], 0, text.strip()
    while position < len(text):
        match = _PART.match(text, position)
        if match is None:
            raise _invalid(text, "a quotation mark is not closed, or text follows it")
        parts.append(match[1])
        position = match.end()
    if not parts:
        raise InvalidName("evidence is empty", _HINT)
    return parts


def _invalid(text: str, why: str) -> InvalidName:
    return InvalidName(f"{text[:100]!r} is not evidence: {why}", _HINT)


__all__ = ["EvidenceForm", "parse_evidence"]
