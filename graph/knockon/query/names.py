"""Look up records by name: an IRI, a local name, a label or another name."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from knockon.errors import KnockonError, NotFound, UsageError, shortened
from knockon.model import Statement, is_a
from knockon.model.labels import stated_label
from knockon.text import in_words, with_article
from knockon.vocabulary import PREFIXES, prefixed


def find(records: Iterable[Statement], name: str, *classes: str, what: str = "") -> Statement:
    """Find the record with a name among these classes; case and spaces of labels do not matter.

    Raises
    ------
    NotFound
        No record has this name, and the message suggests similar ones; or the record has another class.
    UsageError
        Several records have this name.

    Examples
    --------
    >>> from knockon.model import Company
    >>> acme = Company(id="https://w3id.org/knockon/id/acme", label="Acme Ltd", altLabel=["ACME"])
    >>> find([acme], "acme ltd", "Entity") is find([acme], "id:acme", "Entity") is acme
    True
    >>> find([acme], " Acme  LTD", "Entity") is acme
    True
    """
    all_records = list(records)
    candidates = [record for record in all_records if any(is_a(record.rdf_class, cls) for cls in classes)]
    matches = _matches(candidates, name)
    if len(matches) > 1:
        options = ", ".join(shortened(sorted(prefixed(record.id) for record in matches)))
        raise UsageError(f"{name!r} may mean {options}; give one of these")
    if not matches:
        class_name = what or in_words(classes[0])
        if other := _matches(all_records, name):
            raise WrongClass(class_name, name, other[0].rdf_class)
        raise NotFound(class_name, name, {n for record in candidates for n in names_of(record)})
    return matches[0]


class WrongClass(NotFound):
    """The name of a record of another class than required."""

    def __init__(self, what: str, name: str, cls: str) -> None:
        self.what, self.name = what, name
        self.nearest: list[str] = []
        message = f"{name!r} is {with_article(in_words(cls))}, not {with_article(what)}"
        message += _suggestion(what, name, cls)
        # The message of NotFound would say that nothing has this name.
        KnockonError.__init__(self, message)


def _suggestion(what: str, name: str, cls: str) -> str:
    """Suggest a command for a record of this class."""
    word = shlex.quote(name)
    if what == "shock" and (is_a(cls, "Entity") or is_a(cls, "Measure")):
        return f"; to hit it, say how hard: --hit {shlex.quote(f'{name}=high')}, in Python hit={{{name!r}: 'high'}}"
    if cls == "Shock":
        return f"; what it does: `knockon impact {word}`"
    if cls == "CausalChain":
        return f"; `knockon chains` compares it with the computed cascade, `knockon show {word}` has its steps"
    return f"; what it says: `knockon show {word}`"


def _matches(pool: Iterable[Statement], name: str) -> list[Statement]:
    """Return the records with a name: by IRI, else by local name, else by label or another name."""
    pool = list(pool)
    prefix, colon, rest = name.partition(":")
    iri = PREFIXES[prefix] + rest if colon and prefix in PREFIXES else name
    normalized = normalize_name(name)
    steps = (
        [record for record in pool if record.id == iri],
        [record for record in pool if record.name == name],
        [record for record in pool if name in names_of(record)],
        [record for record in pool if normalized in map(normalize_name, names_of(record))],
    )
    return next((matches for matches in steps if matches), [])


def normalize_name(name: str) -> str:
    r"""Normalize case and spaces of a name.

    >>> normalize_name("  Alcoa\u00a0 Corporation ") == normalize_name("ALCOA corporation")
    True
    """
    return " ".join(name.split()).casefold()


def names_of(record: Statement) -> list[str]:
    """Return the local name, the label or title, and the other names of a record.

    >>> from knockon.model import Company
    >>> names_of(Company(id="urn:x:acme", label="Acme"))
    ['acme', 'Acme']
    """
    label = stated_label(record)
    return [record.name, *([label] if label else []), *getattr(record, "alt_label", ())]
