"""From what people type to the record they mean: an IRI, a local name, a label or another name."""

from __future__ import annotations

from collections.abc import Iterable

from knockon.errors import NotFound, UsageError, shortened
from knockon.model import Statement, is_a
from knockon.vocabulary import PREFIXES, prefixed


def find(records: Iterable[Statement], name: str, *classes: str, what: str = "") -> Statement:
    """The record of one of these classes that a name stands for; capitals and spaces do not matter in labels.

    Raises
    ------
    NotFound
        Nothing is called so; the nearest names are given.
    UsageError
        Several things are called so.

    >>> from knockon.model import Company
    >>> acme = Company(id="https://w3id.org/knockon/id/acme", label="Acme Ltd", altLabel=["ACME"])
    >>> find([acme], "acme ltd", "Entity") is find([acme], "id:acme", "Entity") is acme
    True
    >>> find([acme], " Acme  LTD", "Entity") is acme
    True
    """
    pool = [record for record in records if any(is_a(record.rdf_class, cls) for cls in classes)]
    prefix, colon, rest = name.partition(":")
    iri = PREFIXES[prefix] + rest if colon and prefix in PREFIXES else name
    asked = squeezed(name)
    ways = (
        [record for record in pool if record.id == iri],
        [record for record in pool if record.name == name],
        [record for record in pool if name in names_of(record)],
        [record for record in pool if asked in map(squeezed, names_of(record))],
    )
    found = next((way for way in ways if way), [])
    if len(found) > 1:
        several = ", ".join(shortened(sorted(prefixed(record.id) for record in found)))
        raise UsageError(f"{name!r} may mean {several}; give one of these")
    if not found:
        known = {n for record in pool for n in names_of(record)}
        raise NotFound(what or classes[0].lower(), name, known)
    return found[0]


def squeezed(name: str) -> str:
    r"""A name without capitals and without more spaces than one between words.

    >>> squeezed("  Alcoa\u00a0 Corporation ") == squeezed("ALCOA corporation")
    True
    """
    return " ".join(name.split()).casefold()


def names_of(record: Statement) -> list[str]:
    """Its local name, label and other names.

    >>> from knockon.model import Company
    >>> names_of(Company(id="urn:x:acme", label="Acme"))
    ['acme', 'Acme']
    """
    label = getattr(record, "label", None)
    return [record.name, *([label] if label else []), *getattr(record, "alt_label", ())]
