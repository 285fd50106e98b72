"""The records of a large store in which words may occur: their rows are looked through as text, and few become records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from knockon.analysis.records.folding import fold
from knockon.analysis.records.record_index import parts_of
from knockon.analysis.records.titles import COMPOSED, JOINING_WORDS
from knockon.model import DataSetInfo, Record, Statement
from knockon.model.labels import stated_label
from knockon.rdf.fields import fields
from knockon.store.kept_labels import labelled
from knockon.store.kept_records import KeptRecords
from knockon.vocabulary import local_name

#: What JSON writes otherwise than it is: a word is looked for in the parts between.
_ESCAPED = re.compile(r'["\\\x00-\x1f]')
#: If more is found by its label alone, all rows that may name it are looked through.
_MOST_APART = 5_000
#: The most words, and pieces of one, by which records are chosen: more may be in a text, and few records have so many.
_MOST_WORDS, _MOST_PIECES = 50, 5


def records_with(kept: KeptRecords, words: Sequence[str], infos: Iterable[DataSetInfo]) -> Iterator[Statement]:
    """Yield the records that may have every one of some words in their texts: all that have them, perhaps others.

    A record without a label has a title made of the names of others, in which its words may be as well.

    Parameters
    ----------
    kept
        The records.
    words
        Words without case and accents.
    infos
        The descriptions of the data sets, which records may name too.

    Yields
    ------
    Statement
        The record without its parts, but with its identifiers: what is searched, and what titles are made of.
    """
    search = _Search(words)
    named: dict[str, int] = {info.id: search.present(fold(info.title)) for info in infos}
    # What is found by its label alone: its IRI, which the records that name it have, is without a word of the label.
    apart: list[str] = []
    condition, values = search.condition("OR")
    for iri, number, data in kept.rows_of(COMPOSED, among=False, also=condition, values=values):
        present = search.present(fold(data), fold(iri))
        for name, bits in _titles(kept, iri, number, data, search) if present else ():
            named[name] = bits
            if bits & ~search.present(fold(name)):
                apart.append(name)
        if present == search.everything:
            yield kept.read_row(iri, number, data, without=_unsearched(kept.classes[number]))
    for iri, number, data in _composed_rows(kept, search, apart):
        if search.of_composed(kept.classes[number], iri, data, named) == search.everything:
            yield kept.read_row(iri, number, data, without=_unsearched(kept.classes[number]))


def _composed_rows(kept: KeptRecords, search: _Search, apart: Sequence[str]) -> Iterator[tuple[str, int, str]]:
    """Yield the rows whose titles are made of names: those with all words, and those that name something by its label."""
    if len(apart) > _MOST_APART:
        yield from kept.rows_of(COMPOSED)
        return
    condition, values = search.condition("AND", JOINING_WORDS)
    seen: set[str] = set()
    for row in kept.rows_of(COMPOSED, also=condition, values=values):
        seen.add(row[0])
        yield row
    for row in kept.rows_naming(apart) if apart else ():
        if row[0] not in seen and issubclass(kept.classes[row[1]], COMPOSED):
            seen.add(row[0])
            yield row


def _titles(kept: KeptRecords, iri: str, number: int, data: str, search: _Search) -> Iterator[tuple[str, int]]:
    """Yield the IRIs of a record and of its parts by which titles may name it, each with the words of its label."""
    if (title := next(labelled([(iri, number, data)], kept.rows.classes)).label) and (bits := search.present(fold(title))):
        yield iri, bits
    if _has_titled_parts(kept.classes[number]):
        for part in parts_of([kept.read_row(iri, number, data)]):
            if bits := search.present(fold(stated_label(part))):
                yield part.id, bits


class _Search:
    """The words that are looked for; which of them a text has is a number with a bit for each.

    Parameters
    ----------
    words
        Words without case and accents.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._words = list(dict.fromkeys(words))[:_MOST_WORDS]
        self._pieces = [[piece for piece in _ESCAPED.split(word) if piece][:_MOST_PIECES] for word in self._words]
        self.everything = (1 << len(self._words)) - 1

    def present(self, *texts: str) -> int:
        """Return which words are in one of some texts without case and accents, which may be those of JSON."""
        found = 0
        for place, pieces in enumerate(self._pieces):
            if any(all(piece in text for piece in pieces) for text in texts):
                found |= 1 << place
        return found

    def condition(self, operator: str, known: str = "") -> tuple[str, list[str]]:
        """Return a condition of SQL, and its values, which rows meet that have all words or any; others may meet it too.

        SQLite ignores the case of English letters only, so that rows with any others meet it.

        Parameters
        ----------
        operator
            ``AND`` for all words, ``OR`` for any.
        known
            Words that need not be in the row.
        """
        values: list[str] = []
        terms = []
        for word, pieces in zip(self._words, self._pieces, strict=True):
            if word in known:
                terms.append("1")
            elif word.isascii():
                first = len(values) + 1
                values += pieces
                places = [f"?{place}" for place in range(first, len(values) + 1)]
                inside = [f"(instr(lower(data), {place}) OR instr(lower(iri), {place}))" for place in places]
                terms.append(f"({' AND '.join(inside) or '1'})")
            else:
                terms.append("0")
        foreign = "length(data) < length(CAST(data AS BLOB)) OR length(iri) < length(CAST(iri AS BLOB))"
        return f"(({f' {operator} '.join(terms)}) OR {foreign})", values

    def of_composed(self, cls: type[Record], iri: str, data: str, named: Mapping[str, int]) -> int:
        """Return which words may be in the texts of a record whose title is made of the names of others.

        Parameters
        ----------
        cls
            Its class.
        iri, data
            Its IRI, and its JSON.
        named
            The words in the labels of others, by IRI; who is not among them has none, or no label.
        """
        ends = _ends().findall(data)
        own = {name: value for name, value in json.loads(data).items() if name not in _without_text(cls)}
        texts = [local_name(iri), json.dumps(own, ensure_ascii=False), JOINING_WORDS, *map(local_name, ends)]
        present = self.present(*map(fold, texts))
        for end in ends:
            present |= named.get(end, 0)
        return present


@cache
def _ends() -> re.Pattern[str]:
    """Return the form of the references of which titles are made, in the JSON of a record."""
    names = {field.alias for cls in COMPOSED for field in fields(cls) if field.kind == "iri" and not field.many}
    return re.compile(f'"(?:{"|".join(sorted(names))})":"([^"]*)"')


@cache
def _without_text(cls: type[Record]) -> frozenset[str]:
    """Return the fields of a class that are no texts, by their names in data files: its parts, and IRIs."""
    return frozenset(field.alias for field in fields(cls) if field.nested is not None or field.kind == "iri")


@cache
def _has_titled_parts(cls: type[Record]) -> bool:
    """Return whether the parts of a record have labels, by which titles may name them."""
    parts = [field.nested for field in fields(cls) if field.nested is not None]
    return any(field.alias in {"label", "title"} for part in parts for field in fields(part))


@cache
def _unsearched(cls: type[Record]) -> frozenset[str]:
    """Return the fields of a class that are not searched, by their names in data files: its parts."""
    return frozenset(field.alias for field in fields(cls) if field.nested is not None and field.alias != "identifier")


__all__ = ["records_with"]
