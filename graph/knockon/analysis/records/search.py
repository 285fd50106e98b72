"""The search for records by words in labels, other names, ids, identifiers and comments, ignoring case and accents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knockon.analysis.answer import Answer, RecordAnswer
from knockon.analysis.records.folding import fold
from knockon.analysis.records.match_quality import COMMENTS, match_quality
from knockon.analysis.records.record_index import Found, RecordIndex
from knockon.errors import UsageError, nearest
from knockon.model import STATEMENTS
from knockon.model.validation_errors import did_you_mean
from knockon.suggested_command import suggested


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


def search(index: RecordIndex, text: str, *, cls: str | None = None, top: int = 20) -> SearchResult:
    """Return the records in which every word of a text occurs.

    Parameters
    ----------
    index
        The records to search.
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
        raise UsageError(f"top is a number of matches, 0 for all, not {top}")
    class_name = _class_name(cls) if cls else ""
    ranked = sorted(
        index.matching(words, class_name), key=lambda found: (found.quality, len(found.title), found.title, found.place)
    )
    matches = tuple(_match(index, words, found) for found in (ranked[:top] if top else ranked))
    similar = () if ranked else nearest(text, index.records.names_in_use(class_name or "Record"))
    return SearchResult(text, len(ranked), matches, tuple(similar))


def _class_name(name: str) -> str:
    known = {cls.casefold(): cls for cls in STATEMENTS}
    folded_name = name.removeprefix("ko:").casefold()
    if folded_name not in known:
        hint = did_you_mean(name, STATEMENTS, f"{suggested('schema')} lists the classes in use")
        raise UsageError(f"{name!r} is not a class of records ({hint})")
    return known[folded_name]


def _match(index: RecordIndex, words: Sequence[str], found: Found) -> Match:
    """Return a record that matches, with the first of its texts that match best: the label before other names."""
    record, texts = index.read(found)
    best = next(text for text in texts if match_quality(words, text.folded, comment=text.where in COMMENTS) == found.quality)
    name = record.name, record.id, record.rdf_class, found.title
    return Match(*name, index.data_set_of(record), best.where, best.content)
