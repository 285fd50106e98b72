"""The records of a large store in which words may occur: their rows are looked through as text, and few become records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain

from knockon.analysis.records.folding import fold
from knockon.analysis.records.record_index import parts_of
from knockon.analysis.records.titles import COMPOSED, JOINING_SIGNS, JOINING_WORDS, NAMED_FIELDS
from knockon.model import DataSetInfo, Record, Statement, is_a
from knockon.model.labels import stated_label
from knockon.rdf.fields import fields
from knockon.store.kept_labels import labelled
from knockon.store.kept_records import KeptRecords
from knockon.vocabulary import local_name

#: What JSON writes otherwise than it is: a word is looked for in the parts between.
_ESCAPED = re.compile(r'["\\\x00-\x1f]')
#: A reference in a list of JSON.
_IRI = re.compile('"([^"]*)"')
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
    ends = end_classes(kept)
    for iri, number, data in _simple_rows(kept, search, ends):
        text = fold(data)
        present = search.present(text, fold(iri))
        if search.everything and not present:
            continue
        if issubclass(kept.classes[number], ends):
            for name, bits in _titles(kept, iri, number, data, search):
                named[name] = bits
                if bits & ~search.present(fold(name)):
                    apart.append(name)
        if present == search.everything:
            yield kept.read_row(iri, number, data, without=unsearched(kept.classes[number]))
    for iri, number, data in _composed_rows(kept, search, apart):
        if search.of_composed(kept.classes[number], iri, data, named) == search.everything:
            yield kept.read_row(iri, number, data, without=unsearched(kept.classes[number]))


def _simple_rows(kept: KeptRecords, search: _Search, ends: tuple[type[Record], ...]) -> Iterator[tuple[str, int, str]]:
    """Yield the rows that may have all words, and those that may have any by which titles of others can name them."""
    condition, values = search.condition("OR")
    yield from kept.rows_of(ends, also=f"NOT {kept.class_condition(COMPOSED)} AND {condition}", values=values)
    condition, values = search.condition("AND")
    yield from kept.rows_of((*COMPOSED, *ends), among=False, also=condition, values=values)


def end_classes(kept: KeptRecords) -> tuple[type[Record], ...]:
    """Return the classes of the records that titles in the store can name; documents, often many, are seldom among them."""
    composed = [cls for cls in kept.classes if issubclass(cls, COMPOSED)]
    ranges = [field.ranges for cls in composed for field in fields(cls) if field.alias in _end_fields()]
    if not all(ranges):
        return (Record,)
    names = {name for each in ranges for name in each}
    return tuple(cls for cls in kept.classes if any(is_a(cls.rdf_class, name) for name in names))


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
    title = next(labelled([(iri, number, data)], kept.rows.classes)).label
    if title and (bits := search.present(fold(title))):
        yield iri, bits
    if has_titled_parts(kept.classes[number]):
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
        # A sign beside a word may be one of a title, which no row has.
        bare = (word.strip(JOINING_SIGNS) for word in words)
        self._words = list(dict.fromkeys(word for word in bare if word))[:_MOST_WORDS]
        self._pieces = [[piece for piece in _ESCAPED.split(word) if piece][:_MOST_PIECES] for word in self._words]
        self.everything = (1 << len(self._words)) - 1

    def present(self, *texts: str) -> int:
        """Return which words are in one of some texts without case and accents, which may be those of JSON."""
        found = 0
        for place, pieces in enumerate(self._pieces):
            for text in texts:
                # Most words are one piece; a generator for each would take most of the time of a search.
                if pieces[0] in text if len(pieces) == 1 else all(piece in text for piece in pieces):
                    found |= 1 << place
                    break
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
        return f"(({f' {operator} '.join(terms) or '1'}) OR {foreign})", values

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
        ends = named_in(data)
        present = self.present(*map(fold, (local_name(iri), JOINING_WORDS, *map(local_name, ends))))
        for end in ends:
            present |= named.get(end, 0)
        missing = self.everything & ~present
        if missing and not missing & ~self.present(fold(data)):
            own = {name: value for name, value in json.loads(data).items() if name not in _without_text(cls)}
            present |= self.present(fold(json.dumps(own, ensure_ascii=False)))
        return present


def named_in(data: str) -> list[str]:
    """Return the references by whose names a title is made, of the JSON of a record: of some fields, one each or a list."""
    return [iri for one, several in _ends().findall(data) for iri in ([one] if one else _IRI.findall(several))]


@cache
def _ends() -> re.Pattern[str]:
    """Return the form of the fields with these references in the JSON of a record."""
    return re.compile(f'"(?:{"|".join(sorted(_end_fields()))})":(?:"([^"]*)"|\\[([^\\]]*)\\])')


@cache
def _end_fields() -> frozenset[str]:
    """Return the fields by whose names titles are made, by their names in data files."""
    return frozenset(chain.from_iterable(NAMED_FIELDS.values()))


@cache
def _without_text(cls: type[Record]) -> frozenset[str]:
    """Return the fields of a class that are no texts, by their names in data files: its parts, and IRIs."""
    return frozenset(field.alias for field in fields(cls) if field.nested is not None or field.kind == "iri")


@cache
def has_titled_parts(cls: type[Record]) -> bool:
    """Return whether the parts of a record have labels, by which titles may name them."""
    parts = [field.nested for field in fields(cls) if field.nested is not None]
    return any(field.alias in {"label", "title"} for part in parts for field in fields(part))


@cache
def unsearched(cls: type[Record]) -> frozenset[str]:
    """Return the fields of a class that are not searched, by their names in data files: its parts."""
    return frozenset(field.alias for field in fields(cls) if field.nested is not None and field.alias != "identifier")


__all__ = ["end_classes", "has_titled_parts", "named_in", "records_with", "unsearched"]
