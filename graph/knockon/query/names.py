"""From what people type to the record they mean: an IRI, a local name, a label or another name."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from knockon.errors import KnockonError, NotFound, UsageError, shortened
from knockon.model import Statement, is_a
from knockon.text import in_words, with_article
from knockon.vocabulary import PREFIXES, prefixed


def find(records: Iterable[Statement], name: str, *classes: str, what: str = "") -> Statement:
    """The record of one of these classes that a name stands for; capitals and spaces do not matter in labels.

    Raises
    ------
    NotFound
        Nothing is called so; the nearest names are given. Or what is called so is of another class; the message names it.
    UsageError
        Several things are called so.

    >>> from knockon.model import Company
    >>> acme = Company(id="https://w3id.org/knockon/id/acme", label="Acme Ltd", altLabel=["ACME"])
    >>> find([acme], "acme ltd", "Entity") is find([acme], "id:acme", "Entity") is acme
    True
    >>> find([acme], " Acme  LTD", "Entity") is acme
    True
    """
    held = list(records)
    pool = [record for record in held if any(is_a(record.rdf_class, cls) for cls in classes)]
    found = _meant(pool, name)
    if len(found) > 1:
        several = ", ".join(shortened(sorted(prefixed(record.id) for record in found)))
        raise UsageError(f"{name!r} may mean {several}; give one of these")
    if not found:
        wanted = what or in_words(classes[0])
        if other := _meant(held, name):
            raise OfAnotherClass(wanted, name, other[0].rdf_class)
        raise NotFound(wanted, name, {n for record in pool for n in names_of(record)})
    return found[0]


class OfAnotherClass(NotFound):
    """A name that is known, and stands for something of another class than was asked for."""

    def __init__(self, what: str, name: str, cls: str) -> None:
        self.what, self.name = what, name
        self.nearest: list[str] = []
        message = f"{name!r} is {with_article(in_words(cls))}, not {with_article(what)}"
        message += _instead(what, name, cls)
        # The message of NotFound would say that nothing has this name.
        KnockonError.__init__(self, message)


def _instead(what: str, name: str, cls: str) -> str:
    """What to ask about a thing of a class instead."""
    word = shlex.quote(name)
    if what == "shock" and (is_a(cls, "Entity") or is_a(cls, "Measure")):
        return f"; to hit it, say how hard: --hit {shlex.quote(f'{name}=high')}, in Python hit={{{name!r}: 'high'}}"
    if cls == "Shock":
        return f"; what it does: `knockon impact {word}`"
    if cls == "CausalChain":
        return f"; `knockon chains` compares it with the computed cascade, `knockon show {word}` has its steps"
    return f"; what it says: `knockon show {word}`"


def _meant(pool: Iterable[Statement], name: str) -> list[Statement]:
    """The records that a name stands for: by IRI, else by local name, else by label or another name."""
    pool = list(pool)
    prefix, colon, rest = name.partition(":")
    iri = PREFIXES[prefix] + rest if colon and prefix in PREFIXES else name
    asked = squeezed(name)
    ways = (
        [record for record in pool if record.id == iri],
        [record for record in pool if record.name == name],
        [record for record in pool if name in names_of(record)],
        [record for record in pool if asked in map(squeezed, names_of(record))],
    )
    return next((way for way in ways if way), [])


def squeezed(name: str) -> str:
    r"""A name without capitals and without more spaces than one between words.

    >>> squeezed("  Alcoa\u00a0 Corporation ") == squeezed("ALCOA corporation")
    True
    """
    return " ".join(name.split()).casefold()


def names_of(record: Statement) -> list[str]:
    """Its local name, label or title, and other names.

    >>> from knockon.model import Company
    >>> names_of(Company(id="urn:x:acme", label="Acme"))
    ['acme', 'Acme']
    """
    label = getattr(record, "label", None) or getattr(record, "title", None)
    return [record.name, *([label] if label else []), *getattr(record, "alt_label", ())]
