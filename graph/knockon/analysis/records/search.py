"""The search for records by words in labels, other names, ids, identifiers and comments, ignoring case and accents."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from knockon.analysis.answer import Answer, RecordAnswer
from knockon.analysis.records.titles import Titles
from knockon.errors import UsageError, nearest
from knockon.model import STATEMENTS, Statement, is_a
from knockon.model.validation_errors import did_you_mean
from knockon.query.names import names_of
from knockon.store.base import Store
from knockon.vocabulary import local_name

#: How well a text matches, best first; a match in a comment comes after matches in names.
_WHOLE, _START, _WORDS, _INSIDE, _COMMENT = range(5)


@dataclass(frozen=True, slots=True)
class Match(RecordAnswer):
    """A record that matches a search, and the text that matches best.

    Attributes
    ----------
    data_set
        The short name of the first data set that has it.
    where
        The field of the text: label, title, altLabel, id, identifier, comment, mechanism or reason.
    text
        The text that matches best.
    """

    data_set: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class SearchResult(Answer):
    """The records that match a search.

    Attributes
    ----------
    text
        The text that was searched for.
    total
        How many records match, those beyond ``top`` included.
    matches
        The best matches, best first.
    nearest
        Similar names where no record matches.
    """

    text: str
    total: int
    matches: tuple[Match, ...]
    nearest: tuple[str, ...] = ()


def search(store: Store, text: str, *, cls: str | None = None, top: int = 20) -> SearchResult:
    """Return the records in which every word of a text occurs.

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
    words = fold(text).split()
    if not words:
        raise UsageError("name a word to search for")
    if top < 0:
        raise UsageError(f"--top is a number of matches, not {top}")
    class_name = _class_name(cls) if cls else ""
    records = [record for record in store.records if not class_name or is_a(record.rdf_class, class_name)]
    titles, data_sets = Titles(store.records), _data_sets(store)
    ranked: list[tuple[int, Match]] = []
    for record in records:
        texts = [(rank, where, content) for where, content in _texts(record, titles)
                 if (rank := _match_quality(words, content, where)) is not None]  # fmt: skip
        # Of texts that match equally well the first counts: the label before other names, names before the id.
        if texts:
            rank, where, content = min(texts, key=lambda text: text[0])
            title = titles.of(record)
            ranked.append((rank, Match(record.name, record.id, record.rdf_class, title, data_sets[record.id], where, content)))
    ranked.sort(key=lambda match: (match[0], len(match[1].title), match[1].title, match[1].id))
    matches = tuple(match for _, match in (ranked[:top] if top else ranked))
    return SearchResult(text, len(ranked), matches, () if ranked else _nearest(text, records))


def fold(text: str) -> str:
    """Return a text without case and accents.

    >>> fold("Société Générale")
    'societe generale'
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character)).casefold()


def _class_name(name: str) -> str:
    known = {cls.casefold(): cls for cls in STATEMENTS}
    folded_name = name.removeprefix("ko:").casefold()
    if folded_name not in known:
        hint = did_you_mean(name, STATEMENTS, "`knockon schema` lists the classes in use")
        raise UsageError(f"{name!r} is not a class of records ({hint})")
    return known[folded_name]


def _data_sets(store: Store) -> dict[str, str]:
    """Return for each record (IRI) the short name of the first data set that has it."""
    return {record.id: data_set.info.short_name for data_set in reversed(store.data_sets) for record in data_set.records}


def _texts(record: Statement, titles: Titles) -> Iterator[tuple[str, str]]:
    """Yield the texts of a record that are searched, each with its field."""
    label = titles.label(record.id)
    yield ("label", label) if label else ("title", titles.of(record))
    yield from (("altLabel", name) for name in getattr(record, "alt_label", ()))
    yield "id", local_name(record.id)
    for identifier in getattr(record, "identifier", ()):
        yield "identifier", identifier.notation
    for field in ("comment", "mechanism", "reason"):
        if content := getattr(record, field, None):
            yield field, content


def _match_quality(words: list[str], content: str, where: str) -> int | None:
    """Return how well a text matches, the smaller the better; None where a word is not in it."""
    text = fold(content)
    phrase = " ".join(words)
    if not all(word in text for word in words):
        return None
    if where in {"comment", "mechanism", "reason"}:
        return _COMMENT
    if text == phrase or text.replace("-", " ") == phrase:
        return _WHOLE
    if text.startswith(phrase):
        return _START
    parts = text.replace("-", " ").split()
    return _WORDS if all(any(part.startswith(word) for part in parts) for word in words) else _INSIDE


def _nearest(text: str, records: list[Statement]) -> tuple[str, ...]:
    return tuple(nearest(text, {name for record in records for name in names_of(record)}))
