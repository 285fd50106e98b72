"""Plain requests of queries: they need nothing of what the layers of the application add, refuse or decide."""

from __future__ import annotations

from dataclasses import dataclass

from knockon.serve.middleware import is_named_host
from knockon.serve.negotiation import accepts_gzip
from knockon.serve.sparql_request import FORM, QUERY, unquote

#: How an address begins that may be one of a plain query, and a form; the longest address, and the longest body, in bytes.
_ADDRESS, _FIELD, _MAX_ADDRESS, MAX_BODY = b"/sparql?query=", b"query=", 6_000, 2**14
#: Media types of bodies, as most clients write them.
_FORMS, _TEXTS = ({kind.encode(), f"{kind}; charset=utf-8".encode()} for kind in (FORM, QUERY))
#: The headers of requests that the application answers.
_OTHERS = frozenset(
    {
        b"transfer-encoding",
        b"content-encoding",
        b"expect",
        b"if-none-match",
        b"if-match",
        b"range",
        b"origin",
        b"upgrade",
        # A proxy names the client, and it is known to uvicorn whether it is believed.
        b"x-forwarded-for",
        b"x-forwarded-proto",
    }
)
#: The headers that a plain request has once at most.
_ONCE = frozenset({b"host", b"accept", b"accept-encoding", b"content-length", b"content-type"})
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class PlainRequest:
    """A query without graphs, conditions or limits of its own.

    Parameters
    ----------
    text
        The query.
    accept
        The ``Accept`` header; empty without one.
    compressed
        Whether the client accepts gzip.
    repeatable
        Whether the answer may have an entity tag, as those to GET have.
    """

    text: str
    accept: str
    compressed: bool
    repeatable: bool


def read_get(address: bytes, headers: Headers, names: tuple[str, ...]) -> PlainRequest | None:
    """Return what a GET request asks; None if it is not plain.

    Parameters
    ----------
    address
        The target of the request.
    headers
        Its headers; names in lower case.
    names
        The names of this server.

    Examples
    --------
    >>> read_get(b"/sparql?query=ASK+%7B%7D", [(b"host", b"localhost")], ()).text
    'ASK {}'
    >>> read_get(b"/sparql?query=ASK%7B%7D&timeout=1", [(b"host", b"localhost")], ()) is None
    True
    """
    text = text_of(address)
    if text is None or (values := _values(headers, names)) is None or b"content-length" in values:
        return None
    return _plain(text, values, repeatable=True)


def read_post(headers: Headers, body: bytes, names: tuple[str, ...]) -> PlainRequest | None:
    """Return what a POST request to the endpoint, without parameters in its address, asks; None if it is not plain.

    Parameters
    ----------
    headers
        Its headers; names in lower case.
    body
        Its body.
    names
        The names of this server.

    Examples
    --------
    >>> headers = [(b"host", b"localhost"), (b"content-type", b"application/sparql-query")]
    >>> read_post(headers, b"ASK {}", ()).text
    'ASK {}'
    """
    if len(body) > MAX_BODY or (values := _values(headers, names)) is None:
        return None
    kind = values.get(b"content-type", b"").lower()
    if kind in _FORMS and body.startswith(_FIELD):
        text = _field(body[len(_FIELD) :])
    elif kind in _TEXTS and body.isascii():
        text = body.decode("ascii")
    else:
        text = None
    return None if text is None else _plain(text, values, repeatable=False)


def text_of(address: bytes) -> str | None:
    """Return the query of an address that has nothing else; None for any other address.

    >>> text_of(b"/sparql?query=ASK+%7B+%3Curn:x:s%3E+?p+?o+%7D")
    'ASK { <urn:x:s> ?p ?o }'
    >>> text_of(b"/sparql?query=ASK%7B%7D&timeout=1"), text_of(b"/sparql?query=%FF"), text_of(b"/sparql?query=a#b")
    (None, None, None)
    """
    if len(address) > _MAX_ADDRESS or not address.startswith(_ADDRESS) or b"#" in address:
        return None
    return _field(address[len(_ADDRESS) :])


def _field(content: bytes) -> str | None:
    if b"&" in content:
        return None
    content = unquote(content.replace(b"+", b" "))
    return content.decode("ascii") if content.isascii() else None


def _values(headers: Headers, names: tuple[str, ...]) -> dict[bytes, bytes] | None:
    """Return the headers of a plain request for this server that count; None for other requests."""
    values: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _OTHERS:
            return None
        if name in _ONCE:
            if name in values:
                return None
            values[name] = value
    host = values.get(b"host")
    return values if host is not None and is_named_host(host.decode("latin-1"), names) else None


def _plain(text: str, values: dict[bytes, bytes], *, repeatable: bool) -> PlainRequest:
    accept, encoding = (values.get(name, b"").decode("latin-1") for name in (b"accept", b"accept-encoding"))
    return PlainRequest(text, accept, encoding != "" and accepts_gzip(encoding), repeatable)


__all__ = ["PlainRequest", "read_get", "read_post"]
