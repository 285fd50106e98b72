"""Names in data files: local names, prefixed names, IRIs and, in tables, free text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pyoxigraph import NamedNode

from knockon.model.base import LONGEST_IRI, LONGEST_NAME, digest, long_digest
from knockon.model.field_types import is_writable
from knockon.store.files import slug
from knockon.vocabulary import KO, PREFIXES

#: A valid local name: readable, and safe in an IRI.
LOCAL_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._~-]*[A-Za-z0-9])?")
_LOCAL_HINT = "use letters, digits and - . _ ~"
#: Symbols and letters that a slug drops although they distinguish names (C, C++, C#).
_DISTINGUISHING = re.compile(r"[^\x00-\x7f\u0300-\u036f‘’“”–—\u00a0]|[+#*%@!?<>=$^~|\\`{}\[\]]")
_SCHEMES = ("http:", "https:", "urn:")


class InvalidName(ValueError):
    """An invalid name or short form, with a hint on a valid one."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def iri(name: str, base: str) -> str:
    """Return the IRI of a name in a data file: a local name, ``id:name``, or an IRI.

    Raises
    ------
    InvalidName
        The name is none of these.

    Examples
    --------
    >>> iri("nvidia", "https://example.org/")
    'https://example.org/nvidia'
    >>> iri("id:nvidia", "https://example.org/")
    'https://w3id.org/knockon/id/nvidia'
    >>> iri("nvi dia", "https://example.org/")
    Traceback (most recent call last):
    ...
    knockon.authoring.names.InvalidName: 'nvi dia' is not a valid name
    """
    # Most are local names: every other check is slower.
    if len(name) <= LONGEST_NAME and LOCAL_NAME.fullmatch(name):
        return base + name
    check_length(name)
    if not is_writable(name):
        raise InvalidName(f"{name!r} contains a control character or a lone surrogate", "remove it")
    prefix, colon, rest = name.partition(":")
    if not colon:
        raise InvalidName(
            f"{name!r} is not a valid name", f"{_LOCAL_HINT}, e.g. {to_local_name(name)}" if name.strip() else _LOCAL_HINT
        )
    full = PREFIXES[prefix] + rest if prefix in PREFIXES else name
    fault = iri_fault(full) if rest else "nothing follows the colon"
    if fault:
        raise InvalidName(f"{name!r} is not an IRI: {fault}")
    return full


def check_length(name: str) -> None:
    """Refuse a label or IRI that is too long, before it is processed.

    Raises
    ------
    InvalidName
        The name is longer than the limit.
    """
    longest = LONGEST_IRI if is_iri(name) else LONGEST_NAME
    if len(name) > longest:
        raise InvalidName(f"{name[:60]!r}... is a name of {len(name):,} characters", f"use at most {longest:,}")


@lru_cache(maxsize=100_000)
def iri_fault(text: str) -> str:
    """Return why a text is not an absolute IRI; empty if it is one.

    >>> iri_fault("https://example.org/a"), iri_fault("https://example.org/a b")
    ('', "Invalid IRI code point ' '")
    """
    try:
        NamedNode(text)
    except ValueError as error:
        return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(error))
    return ""


@lru_cache(maxsize=100_000)
def to_local_name(name: str) -> str:
    """Return the local name for a name as people type it.

    A digest is appended if the slug drops characters that distinguish the name from others: a long one if they are letters or
    digits, since a thousand names in another script may have the same slug.

    >>> to_local_name("Acme Widgets, Ltd."), to_local_name("Café"), to_local_name("C++")
    ('acme-widgets-ltd', 'cafe', 'c-cedb1b')
    >>> to_local_name("\u534e\u4e3a")
    'x-82eaaba81d9dcc54deab'
    """
    plain = unicodedata.normalize("NFKD", name)
    if not _DISTINGUISHING.search(plain):
        return slug(name)
    stem = slug(name) if re.search("[A-Za-z0-9]", plain) else "x"
    return f"{stem}-{_suffix(name.casefold(), plain)}"


def to_exact_local_name(name: str) -> str:
    """Return a local name that is different for every spelling: a digest as in ``to_local_name`` is appended to other slugs.

    >>> to_exact_local_name("acme"), to_exact_local_name("Acme"), to_exact_local_name("A.B Corp")
    ('acme', 'acme-37036c', 'a-b-corp-12f80b')
    """
    plain = slug(name)
    return name if name == plain else f"{plain}-{_suffix(name, unicodedata.normalize('NFKD', name))}"


def _suffix(distinguished: str, decomposed: str) -> str:
    """Return a digest of a text: a long one if a slug drops letters or digits of it, else six digits."""
    drops_letters = any(not char.isascii() and char.isalnum() for char in decomposed)
    return long_digest(distinguished) if drops_letters else digest(distinguished)[:6]


def is_iri(name: str) -> bool:
    """Return whether a name is meant as an IRI; other names may contain colons too.

    >>> is_iri("id:nvidia"), is_iri("urn:x:a"), is_iri("Acme: the company")
    (True, True, False)
    """
    prefix, colon, _ = name.partition(":")
    return bool(colon) and " " not in name and (prefix in PREFIXES or name.startswith(_SCHEMES))


def id_fault(full: str) -> str:
    """Return why a record must not have this IRI; empty if it may.

    >>> id_fault("https://w3id.org/knockon/ns#High")
    'its id is a term of the vocabulary'
    """
    return "its id is a term of the vocabulary" if full.startswith(KO) else ""
