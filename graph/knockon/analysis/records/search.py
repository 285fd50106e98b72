"""Records by words: in labels, other names, ids, identifiers and comments, whatever the case and the accents."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from knockon.analysis.records.titles import Titles
from knockon.errors import UsageError, nearest
from knockon.model import STATEMENTS, Statement, is_a
from knockon.model.faults import did_you_mean
from knockon.query.names import names_of
from knockon.store.base import Store
from knockon.vocabulary import local_name

#: How well a text answers the question, best first; what is found in a comment comes after all names.
_WHOLE, _START, _WORDS, _INSIDE, _COMMENT = range(5)


@dataclass(frozen=True, slots=True)
class Match:
    """A record that was found, and the text that it was found by: ``where`` is the field of that text."""

    name: str
    id: str
    cls: str
    title: str
    data_set: str
    where: str
    text: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        record = asdict(self)
        return {"id": record.pop("name"), "iri": record.pop("id"), "class": record.pop("cls"), **record}


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The best matches, best first; ``total`` counts those left out as well, ``nearest`` are names like the text."""

    text: str
    total: int
    matches: tuple[Match, ...]
    nearest: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {**asdict(self), "matches": [match.to_dict() for match in self.matches]}


def search(store: Store, text: str, *, cls: str | None = None, top: int = 20) -> SearchResult:
    """Find the records that every word of a text occurs in.

    Parameters
    ----------
    store
        Where to search.
    text
        Words, or parts of words.
    cls
        Only records of this class or a class below it: ``Company``, ``Entity``, ``Shock``.
    top
        How many matches to return at most; 0 for all.

    Raises
    ------
    UsageError
        The text is empty, ``top`` is negative, or there is no such class.
    """
    words = folded(text).split()
    if not words:
        raise UsageError("name a word to search for")
    if top < 0:
        raise UsageError(f"--top is a number of matches, not {top}")
    wanted = _class(cls) if cls else ""
    pool = [record for record in store.records if not wanted or is_a(record.rdf_class, wanted)]
    titles, places = Titles(store.records), _places(store)
    ranked: list[tuple[int, Match]] = []
    for record in pool:
        texts = ((_rank(words, said, where), where, said) for where, said in _texts(record, titles))
        # Of texts that answer equally well the first counts: the label before other names, names before the id.
        best = min((one for one in texts if one[0] is not None), key=lambda one: one[0] or 0, default=None)
        if best is not None:
            rank, where, said = best
            title = titles.of(record)
            ranked.append((rank or 0, Match(record.name, record.id, record.rdf_class, title, places[record.id], where, said)))
    ranked.sort(key=lambda one: (one[0], len(one[1].title), one[1].title, one[1].id))
    matches = tuple(match for _, match in (ranked[:top] if top else ranked))
    return SearchResult(text, len(ranked), matches, () if ranked else _nearest(text, pool))


def folded(text: str) -> str:
    """The text without case and accents.

    >>> folded("Société Générale")
    'societe generale'
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character)).casefold()


def _class(name: str) -> str:
    known = {cls.casefold(): cls for cls in STATEMENTS}
    asked = name.removeprefix("ko:").casefold()
    if asked not in known:
        hint = did_you_mean(name, STATEMENTS, "`knockon schema` lists the classes in use")
        raise UsageError(f"{name!r} is not a class of records ({hint})")
    return known[asked]


def _places(store: Store) -> dict[str, str]:
    """The short name of the first data set that holds each record."""
    return {record.id: one.info.short_name for one in reversed(store.data_sets) for record in one.records}


def _texts(record: Statement, titles: Titles) -> Iterator[tuple[str, str]]:
    """What a record can be found by: the field, and its text."""
    label = titles.label(record.id)
    yield ("label", label) if label else ("title", titles.of(record))
    yield from (("altLabel", name) for name in getattr(record, "alt_label", ()))
    yield "id", local_name(record.id)
    for one in getattr(record, "identifier", ()):
        yield "identifier", one.notation
    for field in ("comment", "mechanism", "reason"):
        if said := getattr(record, field, None):
            yield field, said


def _rank(words: list[str], said: str, where: str) -> int | None:
    text = folded(said)
    asked = " ".join(words)
    if not all(word in text for word in words):
        return None
    if where in {"comment", "mechanism", "reason"}:
        return _COMMENT
    if text == asked or text.replace("-", " ") == asked:
        return _WHOLE
    if text.startswith(asked):
        return _START
    parts = text.replace("-", " ").split()
    return _WORDS if all(any(part.startswith(word) for part in parts) for word in words) else _INSIDE


def _nearest(text: str, pool: list[Statement]) -> tuple[str, ...]:
    return tuple(nearest(text, {name for record in pool for name in names_of(record)}))
