"""Read requests of the SPARQL 1.1 Protocol: a query or an update, and the graphs that it is asked of (sections 2.1 and 2.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from starlette.requests import Request

from knockon.serve.problems import RequestProblem

QUERY, UPDATE, FORM = "application/sparql-query", "application/sparql-update", "application/x-www-form-urlencoded"
#: The parameters that name graphs, of a query and of an update.
_GRAPHS = {"query": ("default-graph-uri", "named-graph-uri"), "update": ("using-graph-uri", "using-named-graph-uri")}
#: The most parameters of a request.
_MOST = 1_000
#: The longest address, in bytes, of which the reading is remembered.
_MAX_REMEMBERED = 2**12
_NO_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")

#: Names and values, in their order.
Parameters = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ProtocolRequest:
    """What a client asks for: a text, whether it is a query or an update, and the graphs that the request names.

    The graphs are both None if it names none; then those that the text names count, or else those of the store.
    """

    operation: Literal["query", "update"]
    text: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None


async def read_request(request: Request) -> ProtocolRequest | None:
    """Read a request; None if it is a GET without parameters, which asks for the description of the service.

    Raises
    ------
    RequestProblem
        It is not a request of the protocol: status 400 or 415.
    """
    address: bytes = request.scope["query_string"]
    if request.method in {"GET", "HEAD"}:
        return (_read_short_address if len(address) <= _MAX_REMEMBERED else _read_address)(address)
    parameters = parse_parameters(address)
    content_type = request.headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in {QUERY, UPDATE, FORM}:
        known = f"{FORM}, {QUERY} or {UPDATE}"
        raise RequestProblem(415, f"a POST request has the Content-Type {known}", {"Accept-Post": f"{FORM}, {QUERY}, {UPDATE}"})
    require_plain(request)
    body = await request.body()
    if media_type == FORM:
        form = parse_parameters(body)
        operation = next((name for name, _ in form if name in _GRAPHS), None)
        if operation is None:
            raise RequestProblem(400, "the form has neither the field query nor the field update")
        # The graphs may be in the address, too; a second query may not.
        return _protocol_request("query" if operation == "query" else "update", [*form, *parameters])
    sent: Literal["query", "update"] = "query" if media_type == QUERY else "update"
    return _protocol_request(sent, [(sent, _decode(body)), *parameters])


def _read_address(address: bytes) -> ProtocolRequest | None:
    parameters = parse_parameters(address)
    if not parameters:
        return None
    if any(name == "update" for name, _ in parameters):
        raise RequestProblem(400, "an update is sent by POST, never by GET")
    return _protocol_request("query", parameters)


_read_short_address = lru_cache(maxsize=1_024)(_read_address)


def require_plain(request: Request) -> None:
    """Check that a body is UTF-8 and not compressed.

    Raises
    ------
    RequestProblem
        It is something else: status 415.
    """
    charset = _CHARSET.search(request.headers.get("content-type", ""))
    if charset and charset[1].lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise RequestProblem(415, "the body must be UTF-8")
    if request.headers.get("content-encoding", "identity").lower() not in {"", "identity"}:
        raise RequestProblem(415, "the body must not be compressed", {"Accept-Encoding": "identity"})


def iri_parameter(name: str, value: str) -> str:
    """Return the value of a parameter that names a graph.

    Raises
    ------
    RequestProblem
        It is not an absolute IRI: status 400.

    Examples
    --------
    >>> iri_parameter("graph", "https://w3id.org/knockon/ns")
    'https://w3id.org/knockon/ns'
    """
    if not _IRI.fullmatch(value):
        raise RequestProblem(400, f"{name} must be an absolute IRI, not {value[:100]!r}")
    return value


def parse_parameters(content: bytes) -> Parameters:
    """Parse a query string or a form.

    Raises
    ------
    RequestProblem
        It is not UTF-8, or has too many parameters: status 400.
    """
    raw = _decode(content).encode()
    if raw.count(b"&") >= _MOST:
        raise RequestProblem(400, f"more than {_MOST:,} parameters")
    pairs = [part.partition(b"=") for part in raw.replace(b"+", b" ").split(b"&") if part]
    try:
        return [(unquote(name).decode(), unquote(value).decode()) for name, _, value in pairs]
    except UnicodeDecodeError:
        raise RequestProblem(400, "a parameter is not UTF-8") from None


def unquote(content: bytes) -> bytes:
    """Resolve the escapes of a part of an address, in a tenth of the time that ``urllib.parse`` takes: a form may have 2 MB.

    Raises
    ------
    RequestProblem
        A long part has a percent sign that begins no escape: status 400. In a short one it stays as it is.

    Examples
    --------
    >>> unquote(b"ASK%20%7B%7D"), unquote(b"100 %")
    (b'ASK {}', b'100 %')
    """
    if b"%" not in content:
        return content
    if _NO_ESCAPE.search(content):
        if len(content) > _MAX_REMEMBERED:
            raise RequestProblem(400, "a percent sign is not followed by two hexadecimal digits")
        content = _NO_ESCAPE.sub(b"%25", content)
    # The escapes of Python, which are those of addresses with another beginning.
    return content.replace(b"\\", b"\\\\").replace(b"%", b"\\x").decode("unicode_escape").encode("latin-1")


def _decode(content: bytes) -> str:
    try:
        return content.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise RequestProblem(400, f"the text is not UTF-8 (byte {error.start})") from None


def _protocol_request(operation: Literal["query", "update"], parameters: Parameters) -> ProtocolRequest:
    if len(parameters) == 1 and parameters[0][0] == operation:
        return ProtocolRequest(operation, parameters[0][1])
    texts = [value for name, value in parameters if name in _GRAPHS]
    names = {name for name, _ in parameters}
    if operation not in names:
        raise RequestProblem(400, f"the parameter {operation} is missing")
    if len(texts) > 1:
        raise RequestProblem(400, "a request has one query or one update, not several")
    other = _GRAPHS["update" if operation == "query" else "query"]
    if foreign := sorted(names.intersection(other)):
        default, named = _GRAPHS[operation]
        raise RequestProblem(400, f"{foreign[0]} is no parameter of {operation}; use {default} and {named}")
    default_graphs, named_graphs = (
        tuple(dict.fromkeys(iri_parameter(name, value) for name, value in parameters if name == wanted))
        for wanted in _GRAPHS[operation]
    )
    if not default_graphs and not named_graphs:
        return ProtocolRequest(operation, texts[0])
    return ProtocolRequest(operation, texts[0], default_graphs, named_graphs)
