"""The records of a large store in which words may occur: their rows are looked through as text, and few become records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from knockon.analysis.records.folding import fold
from knockon.analysis.records.record_index import parts_of
from knockon.analysis.records.titles import COMPOSED, JOINING_WORDS
from knockon.model import DataSetInfo, Record, Statement
from knockon.rdf.fields import fields
from knockon.store.kept_records import KeptRecords
from knockon.vocabulary import local_name

#: What JSON writes otherwise than it is: a word is looked for in the parts between.
_ESCAPED = re.compile(r'["\\\x00-\x1f]')


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
    pieces = [[piece for piece in _ESCAPED.split(word) if piece] for word in words]
    everything, joining = (1 << len(words)) - 1, _present([[word] for word in words], JOINING_WORDS)
    named: dict[str, int] = {info.id: _present(pieces, fold(info.title)) for info in infos}
    for iri, number, data in kept.rows_of(COMPOSED, among=False):
        present = _present(pieces, fold(data) + "\n" + fold(local_name(iri)))
        if not present:
            continue
        named[iri] = present
        if _has_titled_parts(kept.classes[number]):
            named.update((part.id, present) for part in parts_of([kept.read_row(iri, number, data)]))
        if present == everything:
            yield kept.read_row(iri, number, data, without=_unsearched(kept.classes[number]))
    for iri, number, data in kept.rows_of(COMPOSED):
        present = _present(pieces, fold(data) + "\n" + fold(local_name(iri)))
        if present != everything:
            present |= joining
            for end in _ends().findall(data) if named else ():
                present |= named.get(end, 0)
        if present == everything:
            yield kept.read_row(iri, number, data, without=_unsearched(kept.classes[number]))


def _present(pieces: Sequence[Sequence[str]], text: str) -> int:
    """Return which words are in a text, as bits: those of which all pieces are."""
    present = 0
    for place, word in enumerate(pieces):
        if all(piece in text for piece in word):
            present |= 1 << place
    return present


@cache
def _ends() -> re.Pattern[str]:
    """Return the form of the references of which titles are made, in the JSON of a record."""
    names = {field.alias for cls in COMPOSED for field in fields(cls) if field.kind == "iri" and not field.many}
    return re.compile(f'"(?:{"|".join(sorted(names))})":"([^"]*)"')


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
