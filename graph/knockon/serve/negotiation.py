"""Content negotiation: the format of an answer that the ``Accept`` header of a request prefers (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from knockon.serve.problems import RequestProblem

#: The most media types of one request that are looked at.
_MOST = 100
#: The longest header, in characters, of which the qualities are kept.
_MAX_KEPT = 300
_RANGE = re.compile(r"\s*([\w!#$&^.+*-]+)/([\w!#$&^.+*-]+)\s*((?:;[^,]*)?)", re.ASCII)
_QUALITY = re.compile(r";\s*q\s*=\s*([^;\s]*)", re.IGNORECASE)
_ZERO = re.compile(r"q\s*=\s*0(\.0*)?\s*$")
_NUMBER = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


class Format(NamedTuple):
    """A chosen format: its name, and the media type by which the client knows it."""

    name: str
    media_type: str

    @property
    def content_type(self) -> str:
        """The value of ``Content-Type``: texts state that they are UTF-8; other media types have no such parameter."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


class Offers(NamedTuple):
    """The formats that a resource has.

    Parameters
    ----------
    offers
        The media types of each format, its own first; the format that the server prefers is the first.

    Examples
    --------
    >>> SOLUTIONS.choose("text/csv;q=0.5, application/sparql-results+xml")
    Format(name='XML', media_type='application/sparql-results+xml')
    >>> SOLUTIONS.choose("text/*").name, TRIPLES.choose("*/*, text/turtle;q=0").name, TRIPLES.choose("image/png")
    ('CSV', 'N_TRIPLES', None)
    """

    offers: Mapping[str, Sequence[str]]

    def choose(self, accept: str | None) -> Format | None:
        """Return the format that an ``Accept`` header prefers (None and empty accept all); None if it accepts no format."""
        if accept is None or accept.strip() in {"", "*/*"}:
            name, media_types = next(iter(self.offers.items()))
            return Format(name, media_types[0])
        # Clients send few different headers, which take longer to read than to look up; long ones are not kept.
        quality_of = _quality if len(accept) <= _MAX_KEPT else _quality.__wrapped__
        best, best_quality = None, 0.0
        for name, media_types in self.offers.items():
            for number, media_type in enumerate(media_types):
                # A media type that means several formats counts only where the client names it.
                quality = quality_of(media_type, accept, by_name=number > 0)
                if quality > best_quality:
                    best, best_quality = Format(name, media_type), quality
        return best


#: The formats of rows and booleans, and of triples, by the names of pyoxigraph.
SOLUTIONS = Offers(
    {
        "JSON": ("application/sparql-results+json", "application/json"),
        "XML": ("application/sparql-results+xml", "application/xml", "text/xml"),
        "CSV": ("text/csv",),
        "TSV": ("text/tab-separated-values",),
    }
)
TRIPLES = Offers(
    {
        "TURTLE": ("text/turtle", "application/x-turtle"),
        "N_TRIPLES": ("application/n-triples", "text/plain"),
        "JSON_LD": ("application/ld+json", "application/json"),
        "RDF_XML": ("application/rdf+xml", "application/xml", "text/xml"),
        "N_QUADS": ("application/n-quads",),
        "TRIG": ("application/trig",),
        "N3": ("text/n3",),
    }
)


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether a client accepts answers that are compressed by gzip.

    >>> accepts_gzip("deflate, gzip;q=0.5"), accepts_gzip("gzip;q=0, identity"), accepts_gzip("")
    (True, False, False)
    """
    if "gzip" not in accept_encoding.lower():
        return False
    codings = (part.partition(";") for part in accept_encoding.lower().split(","))
    return any(name.strip() == "gzip" and not _ZERO.search(parameters) for name, _, parameters in codings)


def not_acceptable(what: str, offers: Offers) -> RequestProblem:
    """Return the problem of a client that accepts no format of an answer: status 406, with the media types there are."""
    known = ", ".join(media_types[0] for media_types in offers.offers.values())
    return RequestProblem(406, f"{what} has the media types {known}")


def _ranges(accept: str) -> Iterator[tuple[str, str, float]]:
    """Yield the media ranges of a header with their qualities; what is malformed is left out."""
    for part in accept.split(",", _MOST)[:_MOST]:
        match = _RANGE.fullmatch(part)
        if match is None:
            continue
        quality = _QUALITY.search(match[3])
        if quality is None or _NUMBER.fullmatch(quality[1]):
            yield match[1].lower(), match[2].lower(), float(quality[1]) if quality else 1.0


@lru_cache(2048)
def _quality(media_type: str, accept: str, *, by_name: bool) -> float:
    """Return the quality of a media type: that of the most specific range that contains it, or only of its own name."""
    ranges = list(_ranges(accept))
    kind, _, subtype = media_type.partition("/")
    for wanted in ((kind, subtype), (kind, "*"), ("*", "*"))[: 1 if by_name else 3]:
        qualities = [quality for *pair, quality in ranges if tuple(pair) == wanted]
        if qualities:
            return max(qualities)
    return 0.0
