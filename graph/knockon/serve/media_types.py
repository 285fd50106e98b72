"""The media types of the forms of answers."""

from __future__ import annotations

from collections.abc import Mapping

#: The media type of each form of an answer.
MEDIA_TYPES: Mapping[str, str] = {
    "json": "application/json", "csv": "text/csv", "ttl": "text/turtle", "nt": "application/n-triples",
    "jsonld": "application/ld+json", "rdf": "application/rdf+xml",
}  # fmt: skip
