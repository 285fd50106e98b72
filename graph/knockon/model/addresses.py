"""Web addresses of documents: which are accepted, and the IRI of a document that only its address names."""

from __future__ import annotations

import hashlib
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from knockon.model.field_types import Iri
from knockon.vocabulary import ID

_SCHEMES = ("http://", "https://")


def is_address(text: str) -> bool:
    """Return whether a text is meant as a web address.

    >>> is_address("HTTPS://example.org/notice"), is_address("javascript:alert(1)")
    (True, False)
    """
    return text[:8].lower().startswith(_SCHEMES)


def to_address(text: str) -> str:
    """Return a web address with its scheme and host in lower case, so that one page has one address.

    Raises
    ------
    ValueError
        It is not a plain http or https address: it has another scheme, no host, a fragment or a password.

    Examples
    --------
    >>> to_address("HTTPS://Example.org/Notice")
    'https://example.org/Notice'
    >>> to_address("javascript:alert(1)")
    Traceback (most recent call last):
        ...
    ValueError: 'javascript:alert(1)' is not a web address; write https://...
    """
    if not is_address(text):
        raise ValueError(f"{text[:100]!r} is not a web address; write https://...")
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        # Reading the port checks it.
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"{text[:100]!r} is not a web address: {error}") from None
    if not host:
        raise ValueError(f"{text[:100]!r} is not a web address: it has no host")
    if "@" in parts.netloc:
        raise ValueError(f"{text[:100]!r} contains the name of a user; leave it out")
    if "#" in text:
        raise ValueError(f"{text[:100]!r} has a fragment, which is not part of a document's address; leave out what follows #")
    scheme, rest = text[: text.index("://")], text[text.index("://") + 3 :]
    return f"{scheme.lower()}://{parts.netloc.lower()}{rest[len(parts.netloc) :]}"


def document_iri(address: str) -> str:
    """Return the IRI of the document that only its address names: the same in every data set.

    >>> document_iri("https://example.org/notice") == document_iri("HTTPS://example.org/notice")
    True
    """
    return f"{ID}doc-{hashlib.sha256(to_address(address).encode(errors='backslashreplace')).hexdigest()[:16]}"


#: The web address of a document.
Address = Annotated[Iri, AfterValidator(to_address)]

__all__ = ["Address", "document_iri", "is_address", "to_address"]
