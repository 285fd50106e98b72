"""Find the line of an RDF text on which the statements about a subject begin, for messages.

The parser gives no positions. This is a search in the text, which finds a subject as it is mostly written: as an IRI, or
with a prefix; it is used after a fault was found, and a subject that it does not find has no line.
"""

from __future__ import annotations

import re
from itertools import islice

from pyoxigraph import RdfFormat

#: The most mentions of a subject that are looked at: it is mostly stated before others name it.
_MAX_MENTIONS = 1_000
#: The longest text that is searched, in characters.
_LONGEST = 50_000_000
_TURTLE_PREFIX = re.compile(r"@?prefix\s+([^\s:<]*):\s*<([^>\s]*)>", re.IGNORECASE)
_JSON_PREFIX = re.compile(r'"([A-Za-z][\w-]*)"\s*:\s*(?:\{\s*"@id"\s*:\s*)?"([a-z]+:[^"]*)"')
#: A line that is a comment, at the end of a text.
_LAST_COMMENT = re.compile(r"(?:^|\n)[ \t]*#[^\n]*$")


def line_of_subject(text: str, form: RdfFormat, iri: str) -> int | None:
    r"""Return the first line, from 1, that makes statements about a subject; None if it is not found.

    Parameters
    ----------
    text
        The RDF text.
    form
        Its format.
    iri
        The subject.

    Examples
    --------
    >>> text = "PREFIX x: <urn:x:>\nx:a x:knows x:b .\n# About b.\nx:b x:knows x:a ."
    >>> line_of_subject(text, RdfFormat.TURTLE, "urn:x:b"), line_of_subject(text, RdfFormat.TURTLE, "urn:x:c")
    (4, None)
    """
    if len(text) > _LONGEST:
        return None
    if form == RdfFormat.RDF_XML:
        match = re.search(rf"""rdf:(?:about|ID)\s*=\s*["'](?:{re.escape(iri)}|{re.escape(iri.rpartition("#")[2])})["']""", text)
        start = match.start() if match else None
    elif form == RdfFormat.JSON_LD:
        names = "|".join(re.escape(name) for name in (iri, *_prefixed(iri, _JSON_PREFIX, text)))
        # An object with an @id alone refers to a record.
        match = re.search(rf'"@?id"\s*:\s*"(?:{names})"(?!\s*\}})', text) or re.search(rf'"@?id"\s*:\s*"(?:{names})"', text)
        start = match.start() if match else None
    else:
        start = _turtle_start(text, iri)
    return None if start is None else text.count("\n", 0, start) + 1


def _turtle_start(text: str, iri: str) -> int | None:
    """Return where a statement about a subject begins in Turtle, TriG, N-Triples or N-Quads."""
    names = (f"<{iri}>", *_prefixed(iri, _TURTLE_PREFIX, text))
    mentions = re.finditer(rf"(?<![^\s.{{}}])(?:{'|'.join(map(re.escape, names))})(?=\s)", text)
    for match in islice(mentions, _MAX_MENTIONS):
        line_start = text.rfind("\n", 0, match.start()) + 1
        if text[line_start : match.start()].lstrip().startswith("#"):
            continue
        before = text[max(0, match.start() - 10_000) : match.start()].rstrip()
        while comment := _LAST_COMMENT.search(before):
            before = before[: comment.start()].rstrip()
        if not before or before[-1] in ".{}" or re.search(r"prefix\s+[^\s:<]*:\s*<[^>\s]*>$", before, re.IGNORECASE):
            return match.start()
    return None


def _prefixed(iri: str, pattern: re.Pattern[str], text: str) -> list[str]:
    """Return the short forms of an IRI under the prefixes that a text declares."""
    return [f"{prefix}:{iri[len(start) :]}" for prefix, start in pattern.findall(text) if start and iri.startswith(start)]


__all__ = ["line_of_subject"]
