"""Addresses of SPARQL endpoints: which may be asked."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from knockon.errors import UsageError

#: Variables of the environment: the header Authorization; ``1`` to allow http to another machine; the kind of server.
AUTHORIZATION, PLAIN_HTTP, SERVER = "KNOCKON_AUTHORIZATION", "KNOCKON_PLAIN_HTTP", "KNOCKON_SERVER"
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


def is_address(source: object) -> bool:
    """Return whether a source is the address of an endpoint, and not a path.

    >>> is_address("https://example.org/sparql"), is_address("chips")
    (True, False)
    """
    return isinstance(source, str) and bool(_ADDRESS.match(source))


def check_address(address: str) -> str:
    """Return the address of an endpoint if requests to it are safe.

    Raises
    ------
    UsageError
        It is not an address, has a user and password or a query in it, or is not encrypted and not on this machine.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise UsageError(f"{address[:200]!r} is not an address") from None
    if not host or parts.scheme.lower() not in ("http", "https"):
        raise UsageError(f"{address[:200]!r} is not an address")
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"an address with a password would be written into messages; set {AUTHORIZATION} instead")
    if parts.query or parts.fragment:
        raise UsageError("the address of an endpoint has no ? and no #; the query is sent separately")
    if parts.scheme.lower() == "http" and host not in _LOCAL and os.environ.get(PLAIN_HTTP) != "1":
        raise UsageError(f"requests to {host} over http can be read and changed on the way; use https, or set {PLAIN_HTTP}=1")
    return address


__all__ = ["AUTHORIZATION", "PLAIN_HTTP", "SERVER", "check_address", "is_address"]
