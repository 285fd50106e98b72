"""Recognise point queries: the triples of one entity, by a grammar so small that their cost is known before they run.

A text of this grammar has no word, function, path, filter, group or graph but those written here, so nothing about it needs a
parser or the guard: it is ASCII without a backslash, and a regular expression without backtracking matches all of it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from knockon.vocabulary import PREFIXES, RDF

#: The longest text, in characters.
_MAX_TEXT = 2_000
#: White space and comments, which may have no backslash either: some parsers resolve escapes first.
_SPACE = r"[ \t\r\n]*+(?>(?:\#[^\\\r\n]*+[ \t\r\n]*+)*)"
_IRI = r"<[A-Za-z][A-Za-z0-9+.-]*+:[^<>\"{}|^`\\\x00-\x20]*+>"
_PREFIX = r"(?>(?:[A-Za-z][\w-]*+)?):"
_NAME = rf"{_PREFIX}[\w-]*+"
_VARIABLE = r"[?$]\w++"
_STRING = r"(?:\"[^\"\\\r\n]*+\"|'[^'\\\r\n]*+')(?>(?:@[A-Za-z]++(?>(?:-[A-Za-z0-9]++)*))?)"
_TERM = rf"(?:{_IRI}|{_VARIABLE}|{_NAME})"
_VERB = rf"(?:{_TERM}|a(?![\w:-]))"
_OBJECT = rf"(?:{_TERM}|{_STRING})"
_PAIR = rf"{_VERB}{_SPACE}{_OBJECT}{_SPACE}"
#: Pairs of property and value that follow the first one.
_MORE = 3
_QUERY = re.compile(
    rf"""{_SPACE}(?P<prologue>(?>(?:(?i:PREFIX){_SPACE}{_PREFIX}{_SPACE}{_IRI}{_SPACE})*))
    (?:(?i:SELECT){_SPACE}(?>(?P<distinct>(?i:DISTINCT){_SPACE})?)(?P<projection>\*|{_VARIABLE}(?>(?:{_SPACE}{_VARIABLE})*))|(?i:ASK)){_SPACE}
    (?>(?:(?i:WHERE){_SPACE})?)\{{{_SPACE}(?P<subject>{_TERM}){_SPACE}(?P<pairs>{_PAIR}(?>(?:;{_SPACE}{_PAIR}){{0,{_MORE}}}))\.?+{_SPACE}\}}
    {_SPACE}(?>(?:(?i:LIMIT){_SPACE}[0-9]++{_SPACE})?)""",
    re.ASCII | re.VERBOSE,
)
#: Comments are matched first, so that nothing inside of them counts.
_DECLARATION = re.compile(rf"\#[^\r\n]*+|(?i:PREFIX){_SPACE}({_PREFIX}){_SPACE}({_IRI})", re.ASCII)
_PART = re.compile(rf"\#[^\r\n]*+|({_OBJECT}|a)", re.ASCII)
_VARIABLES = re.compile(rf"\#[^\r\n]*+|({_VARIABLE})", re.ASCII)

#: Subject, property and value as SPARQL writes them, with IRIs in full; None is a variable.
Pattern = tuple[str | None, str | None, str | None]


class PointQuery(NamedTuple):
    """A query for the triples of one subject, or for the subjects with one value.

    Attributes
    ----------
    patterns
        Its triple patterns, one to four, all of one subject.
    is_direct
        Whether each triple that the engine reads is a row, so that it reads no more than it writes. Otherwise it reads at
        most as many triples as the product of those that match each pattern.
    has_prefixes
        Whether names have prefixes: their declaration takes the engine as long to read as all else.
    """

    patterns: tuple[Pattern, ...]
    is_direct: bool
    has_prefixes: bool


@lru_cache(64)
def read_point_query(text: str) -> PointQuery | None:
    """Recognise a point query; None for any other text.

    Examples
    --------
    >>> read_point_query("SELECT ?p ?o { <urn:x:s> ?p ?o }")
    PointQuery(patterns=(('<urn:x:s>', None, None),), is_direct=True, has_prefixes=False)
    >>> read_point_query("ASK { rdfs:Class a ?c ; rdfs:label 'Class'@en }").is_direct
    False
    >>> read_point_query("SELECT * { ?s ?p ?o }"), read_point_query("ASK { <urn:x:s> ?p+ ?o }")
    (None, None)
    """
    if len(text) > _MAX_TEXT or not text.isascii() or (match := _QUERY.fullmatch(text)) is None:
        return None
    prologue, distinct, projection, subject, pairs = match.groups()
    prefixes = {**PREFIXES, **_declared(prologue)} if prologue else PREFIXES
    terms = [subject, *filter(None, _PART.findall(pairs))]
    variables = [term for term in terms if term[0] in "?$"]
    try:
        full = [_full(term, prefixes) for term in terms]
    except KeyError:  # a prefix that nobody declared
        return None
    patterns = tuple((full[0], full[place], full[place + 1]) for place in range(1, len(full), 2))
    first = patterns[0]
    if first[0] is None and (len(patterns) > 1 or first[1] is None or first[2] is None):
        return None
    names = {variable[1:] for variable in variables}
    shown = names
    if projection is not None and projection != "*":
        shown = {variable[1:] for variable in _VARIABLES.findall(projection) if variable}
    is_direct = len(patterns) == 1 and distinct is None and len(names) == len(variables) and shown >= names
    return PointQuery(patterns, is_direct, any(term[0] not in "?$<\"'" and term != "a" for term in terms))


def _declared(prologue: str) -> dict[str, str]:
    return {prefix[:-1]: iri[1:-1] for prefix, iri in _DECLARATION.findall(prologue) if iri}


def _full(term: str, prefixes: dict[str, str]) -> str | None:
    """Return a term with its IRI in full; None for a variable."""
    if term[0] in "?$":
        return None
    if term[0] in "<\"'":
        return term
    if term == "a":
        return f"<{RDF}type>"
    prefix, _, local = term.partition(":")
    return f"<{prefixes[prefix]}{local}>"


__all__ = ["Pattern", "PointQuery", "read_point_query"]
