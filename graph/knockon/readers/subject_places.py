"""Where in RDF files the statements about a subject begin, for evidence and messages."""

from __future__ import annotations

import re

from pyoxigraph import RdfFormat

from knockon.readers.record_drafts import Place

_TURTLE_PREFIX = re.compile(r"@?prefix\s+([^\s:<]*):\s*<([^>\s]*)>", re.IGNORECASE)
_JSON_PREFIX = re.compile(r'"([A-Za-z][\w-]*)"\s*:\s*"([a-z]+:[^"]*[/#])"')
#: A subject as most programs write it: at the beginning of a line of Turtle, in an attribute of RDF/XML, as an @id.
_TURTLE = re.compile(r"^(<[^>\s]*>|[^\s<>\"#@;,.\[\](){}]*:[^\s\"#;,\[\](){}]*)(?=\s)", re.MULTILINE)
_XML = re.compile(r"""\brdf:(?:about|ID)\s*=\s*["']([^"']*)["']""")
_JSON = re.compile(r'"@?id"\s*:\s*"([^"]*)"')


class SubjectPlaces:
    r"""The places of the subjects of one file, which are looked up in one pass over its text.

    >>> places = SubjectPlaces("@prefix x: <urn:x:> .\nx:a x:p 1 .\n<urn:y> x:p 1 .", RdfFormat.TURTLE)
    >>> [tuple(places.of(iri)) for iri in ("urn:x:a", "urn:y", "urn:z")]
    [('line:2', 2), ('line:3', 3), ('', None)]
    """

    def __init__(self, text: str, form: RdfFormat) -> None:
        subject, prefix = _TURTLE, _TURTLE_PREFIX
        if form in (RdfFormat.RDF_XML, RdfFormat.JSON_LD):
            subject, prefix = (_XML, _TURTLE_PREFIX) if form == RdfFormat.RDF_XML else (_JSON, _JSON_PREFIX)
        self.prefixes = [(start, name) for name, start in prefix.findall(text) if start]
        self.lines: dict[str, int] = {}
        line, at = 1, 0
        for match in subject.finditer(text):
            line, at = line + text.count("\n", at, match.start()), match.start()
            self.lines.setdefault(match[1], line)

    def of(self, iri: str) -> Place:
        """Return the line on which the statements about a subject begin; the whole file if it is not found."""
        short = (f"{prefix}:{iri[len(start) :]}" for start, prefix in self.prefixes if iri.startswith(start))
        for name in (f"<{iri}>", iri, *short, iri.rpartition("#")[2]):
            if (line := self.lines.get(name)) is not None:
                return Place(f"line:{line}", line)
        return Place("")


__all__ = ["SubjectPlaces"]
