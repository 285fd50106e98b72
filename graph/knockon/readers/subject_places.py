"""Where in RDF files the statements about a subject begin, for evidence and messages."""

from __future__ import annotations

import re

from pyoxigraph import RdfFormat

from knockon.readers.record_drafts import Place

_PREFIX = re.compile(r"@?prefix\s+([^\s:<]*):\s*<([^>\s]*)>", re.IGNORECASE)
#: A subject at the beginning of a line, as most programs write it.
_SUBJECT = re.compile(r"^(<[^>\s]*>|[^\s<>\"#@;,.\[\](){}]*:[^\s\"#;,\[\](){}]*)(?=\s)", re.MULTILINE)
_LINE_FORMATS = (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.N_TRIPLES, RdfFormat.N_QUADS)


class SubjectPlaces:
    r"""The places of the subjects of one file, which are looked up in one pass over its text.

    >>> places = SubjectPlaces("@prefix x: <urn:x:> .\nx:a x:p 1 .\n<urn:y> x:p 1 .", RdfFormat.TURTLE)
    >>> [tuple(places.of(iri)) for iri in ("urn:x:a", "urn:y", "urn:z")]
    [('line:2', 2), ('line:3', 3), ('key:urn:z', None)]
    """

    def __init__(self, text: str, form: RdfFormat) -> None:
        self.lines: dict[str, int] = {}
        self.prefixes: list[tuple[str, str]] = []
        if form not in _LINE_FORMATS:
            return
        self.prefixes = [(start, prefix) for prefix, start in _PREFIX.findall(text) if start]
        line, at = 1, 0
        for match in _SUBJECT.finditer(text):
            line, at = line + text.count("\n", at, match.start()), match.start()
            self.lines.setdefault(match[1], line)

    def of(self, iri: str) -> Place:
        """Return the line on which the statements about a subject begin; if it is not found, the subject itself."""
        names = (f"<{iri}>", *(f"{prefix}:{iri[len(start) :]}" for start, prefix in self.prefixes if iri.startswith(start)))
        line = next((self.lines[name] for name in names if name in self.lines), None)
        return Place(f"key:{iri}") if line is None else Place(f"line:{line}", line)


__all__ = ["SubjectPlaces"]
