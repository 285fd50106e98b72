"""Look up records by name: an IRI, a local name, a label or another name."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn

from knockon.errors import KnockonError, NotFound, UsageError, nearest_of_each, shortened
from knockon.model import Statement, is_a
from knockon.model.names import names_of, normalize_name
from knockon.model.records import Records, listed
from knockon.rdf.sameness import Sameness
from knockon.suggested_command import suggested
from knockon.text import in_words, with_article
from knockon.vocabulary import prefixed, whole_iri

#: What has names by which people call it.
_NAMED = ("Entity", "Measure")


def find(records: Iterable[Statement], name: str, *classes: str, what: str = "", parts: bool = False) -> Statement:
    """Find the record with a name among these classes; case and spaces of labels do not matter.

    A name of several IRIs of one entity, as the records judge or identify it, means that entity: the IRI by which it is shown.
    With ``parts``, the parts of ``Records`` are found as well.

    Raises
    ------
    NotFound
        No record has this name, and the message suggests similar ones; or the record has another class.
    UsageError
        Several records have this name that are not one entity.

    Examples
    --------
    >>> from knockon.model import Company
    >>> acme = Company(id="https://w3id.org/knockon/id/acme", label="Acme Ltd", altLabel=["ACME"])
    >>> find([acme], "acme ltd", "Entity") is find([acme], "id:acme", "Entity") is acme
    True
    >>> find([acme], " Acme  LTD", "Entity") is acme
    True
    """
    if not isinstance(records, Records):
        records = list(records)
        pool: Sequence[Statement] = records
    else:
        pool = [record for record in records.named(name) if parts or not record.nested]
    matches = _matches(_of_classes(pool, classes), name)
    if len(matches) > 1:
        same = Sameness.of(records)
        entities = {same.shown(record.id) for record in matches}
        if len(entities) > 1:
            _refuse(name, matches)
        return min(matches, key=lambda record: (record.id not in entities, record.id))
    if not matches:
        class_name = what or in_words(classes[0])
        if other := _matches(pool, name):
            raise WrongClass(class_name, name, other[0].rdf_class)
        # Where dependencies and provisions are looked for beside entities, their ids are no names that somebody meant.
        suggested_classes = [cls for cls in classes if cls in _NAMED] or classes
        known = listed(records).names_in_use(*suggested_classes, parts=parts)
        nearest = nearest_of_each(name, known, _owner_among(records, suggested_classes))
        raise NotFound(class_name, name, nearest, otherwise=_where_to_look(class_name, is_any=bool(known)))
    return matches[0]


def _owner_among(records: Sequence[Statement], classes: Iterable[str]) -> Callable[[str], str]:
    """Return what gives the IRI of a record of these classes with a name."""

    def owner(name: str) -> str:
        pool = records.named(name) if isinstance(records, Records) else records
        return min((record.id for record in _matches(_of_classes(pool, classes), name)), default=name)

    return owner


def _where_to_look(what: str, *, is_any: bool) -> str:
    """Return how the names of some kind of record are found where none is like the one that was typed."""
    if what == "shock":
        own = "--hit ENTITY=SEVERITY is one of your own"
        return f"{suggested('impact')} lists them; {own}" if is_any else f"the graph has none; {own}"
    return f"{suggested('search TEXT')} finds names by their words" if is_any else "the graph has none"


def _of_classes(records: Iterable[Statement], classes: Iterable[str]) -> list[Statement]:
    return [record for record in records if any(is_a(record.rdf_class, cls) for cls in classes)]


class NameIndex:
    """The names of records, for many look-ups: each gives what ``find`` gives, in constant time.

    Parameters
    ----------
    records
        The records that have names.
    classes
        The classes that are looked for.
    same
        Returns one IRI for all IRIs of one entity: a name of two records of one entity means that entity.

    Examples
    --------
    >>> from knockon.model import Company
    >>> acme = Company(id="https://w3id.org/knockon/id/acme", label="Acme Ltd", altLabel=["ACME"])
    >>> NameIndex([acme], "Entity").find(" acme  LTD") is acme
    True
    """

    def __init__(self, records: Iterable[Statement], *classes: str, same: Callable[[str], str] = str) -> None:
        self._records, self._classes = list(records), classes
        self._candidates = [r for r in self._records if any(is_a(r.rdf_class, cls) for cls in classes)]
        self._by_iri = {record.id: record for record in self._candidates}
        self._by_id, self._by_name, self._by_normalized = (dict[str, dict[str, Statement]]() for _ in range(3))
        for record in self._candidates:
            entity = same(record.id)
            self._by_id.setdefault(record.name, {}).setdefault(entity, record)
            for name in names_of(record):
                self._by_name.setdefault(name, {}).setdefault(entity, record)
                self._by_normalized.setdefault(normalize_name(name), {}).setdefault(entity, record)

    def find(self, name: str) -> Statement:
        """Return the record with a name.

        Raises
        ------
        NotFound
            No record has this name, or the record has another class; as ``find`` raises it.
        UsageError
            Several records have this name.
        """
        if record := self._by_iri.get(whole_iri(name)):
            return record
        for index, key in ((self._by_id, name), (self._by_name, name), (self._by_normalized, normalize_name(name))):
            if matches := index.get(key):
                return next(iter(matches.values())) if len(matches) == 1 else _refuse(name, matches.values())
        # Suggestions take time, and are made for few names.
        return find(self._records, name, *self._classes)

    def has(self, name: str) -> bool:
        """Return whether ``find`` finds a record, or several."""
        places = (self._by_id, name), (self._by_name, name), (self._by_normalized, normalize_name(name))
        return whole_iri(name) in self._by_iri or any(key in index for index, key in places)


def _refuse(name: str, matches: Iterable[Statement]) -> NoReturn:
    options = ", ".join(shortened(sorted(prefixed(record.id) for record in matches)))
    raise UsageError(f"{name!r} may mean {options}; give one of these")


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
    if what == "measure" and is_a(cls, "Entity"):
        return f"; whether lists cover it: {suggested(f'covered all {word}')}"
    if cls == "Shock":
        return f"; what it does: {suggested(f'impact {word}')}"
    if cls == "CausalChain":
        return f"; {suggested('chains')} compares it with the computed cascade, {suggested(f'show {word}')} has its steps"
    return f"; what it says: {suggested(f'show {word}')}"


def _matches(pool: Iterable[Statement], name: str) -> list[Statement]:
    """Return the records with a name: by IRI, else by local name, else by label or another name."""
    pool = list(pool)
    iri = whole_iri(name)
    normalized = normalize_name(name)
    steps = (
        [record for record in pool if record.id == iri],
        [record for record in pool if record.name == name],
        [record for record in pool if name in names_of(record)],
        [record for record in pool if normalized in map(normalize_name, names_of(record))],
    )
    return next((matches for matches in steps if matches), [])


__all__ = ["NameIndex", "WrongClass", "find", "names_of", "normalize_name", "whole_iri"]
