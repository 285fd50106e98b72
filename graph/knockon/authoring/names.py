"""Names in data files: local names, prefixed names and IRIs; in tables whatever people type."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pyoxigraph import NamedNode

from knockon.model.base import LONGEST_IRI, LONGEST_NAME, digest
from knockon.store.files import slug
from knockon.vocabulary import KO, PREFIXES

#: What may stand as a local name: readable, and safe in an IRI.
LOCAL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._~-]*[A-Za-z0-9])?")
_LOCAL_HINT = "use letters, digits and - . _ ~"
#: Symbols that tell names apart (C, C++, C#) and that a slug drops; so do letters it has no spelling for.
_TELLING = re.compile(r"[^\x00-\x7f\u0300-\u036f‘’“”–—\u00a0]|[+#*%@!?<>=$^~|\\`{}\[\]]")
_SCHEMES = ("http:", "https:", "urn:")


class Refused(ValueError):
    """A name or short form that means nothing; the hint says what would."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


def iri(name: str, base: str) -> str:
    """The IRI of a name in a data file: of a local name, of ``id:name``, or an IRI already.

    Raises
    ------
    Refused
        It is none of these.

    >>> iri("nvidia", "https://example.org/")
    'https://example.org/nvidia'
    >>> iri("id:nvidia", "https://example.org/")
    'https://w3id.org/knockon/id/nvidia'
    >>> iri("nvi dia", "https://example.org/")
    Traceback (most recent call last):
    ...
    knockon.authoring.names.Refused: 'nvi dia' is no name
    """
    check_length(name)
    prefix, colon, rest = name.partition(":")
    if not colon:
        if LOCAL.fullmatch(name):
            return base + name
        raise Refused(f"{name!r} is no name", f"{_LOCAL_HINT}, e.g. {local(name)}" if name.strip() else _LOCAL_HINT)
    full = PREFIXES[prefix] + rest if prefix in PREFIXES else name
    wrong = fault_of_iri(full) if rest else "nothing stands after the colon"
    if wrong:
        raise Refused(f"{name!r} is no IRI: {wrong}")
    return full


def check_length(name: str) -> None:
    """Refuse a name that is too long, before anything is done with it: a label, or an IRI.

    Raises
    ------
    Refused
        It is longer than any label or IRI may be.
    """
    longest = LONGEST_IRI if is_iri(name) else LONGEST_NAME
    if len(name) > longest:
        raise Refused(f"{name[:60]!r}... is a name of {len(name):,} characters", f"use at most {longest:,}")


@lru_cache(maxsize=100_000)
def fault_of_iri(text: str) -> str:
    """Why a text is no absolute IRI; empty if it is one.

    >>> fault_of_iri("https://example.org/a"), fault_of_iri("https://example.org/a b")
    ('', "Invalid IRI code point ' '")
    """
    try:
        NamedNode(text)
    except ValueError as error:
        return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(error))
    return ""


def fault_of_name(name: str) -> str:
    """Why a name in a data file is none; empty if it is one.

    >>> fault_of_name("id:"), fault_of_name("id:nvidia")
    ("'id:' is no IRI: nothing stands after the colon", '')
    """
    try:
        iri(name, "")
    except Refused as refused:
        return refused.message
    return ""


@lru_cache(maxsize=100_000)
def local(name: str) -> str:
    """The local name made of a name as people type it.

    Where a slug would drop what tells it from other names, a digest stands for that.

    >>> local("Acme Widgets, Ltd."), local("Café"), local("C++")
    ('acme-widgets-ltd', 'cafe', 'c-cedb1b')
    """
    plain = unicodedata.normalize("NFKD", name)
    if not _TELLING.search(plain):
        return slug(name)
    stem = slug(name) if re.search("[A-Za-z0-9]", plain) else "x"
    return f"{stem}-{digest(name.casefold())[:6]}"


def exact_local(name: str) -> str:
    """The local name of a name that is to be kept apart from all other spellings: a digest tells them apart.

    >>> exact_local("acme"), exact_local("Acme"), exact_local("A.B Corp")
    ('acme', 'acme-37036c', 'a-b-corp-12f80b')
    """
    plain = slug(name)
    return name if name == plain else f"{plain}-{digest(name)[:6]}"


def is_iri(name: str) -> bool:
    """Whether a name that people type is meant as an IRI: colons stand in other names too.

    >>> is_iri("id:nvidia"), is_iri("urn:x:a"), is_iri("Acme: the company")
    (True, True, False)
    """
    prefix, colon, _ = name.partition(":")
    return bool(colon) and " " not in name and (prefix in PREFIXES or name.startswith(_SCHEMES))


def fault_of_id(full: str) -> str:
    """Why a record may not have this IRI; empty if it may.

    >>> fault_of_id("https://w3id.org/knockon/ns#High")
    'its id is a term of the vocabulary'
    """
    return "its id is a term of the vocabulary" if full.startswith(KO) else ""
