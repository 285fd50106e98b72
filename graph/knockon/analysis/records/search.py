"""The search for records by words in labels, other names, ids, identifiers and comments, ignoring case and accents."""

from __future__ import annotations

from dataclasses import dataclass

from knockon.analysis.answer import Answer, RecordAnswer
from knockon.analysis.records.folding import fold
from knockon.analysis.records.record_index import RecordIndex, RecordText
from knockon.errors import UsageError, nearest
from knockon.model import STATEMENTS, Statement, is_a
from knockon.model.validation_errors import did_you_mean
from knockon.suggested_command import suggested

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
    ranked: list[tuple[int, str, Statement, RecordText]] = []
    for record, texts in index.searched(words):
        if class_name and not is_a(record.rdf_class, class_name):
            continue
        found = [(rank, each) for each in texts if (rank := _match_quality(words, each)) is not None]
        # Of texts that match equally well the first counts: the label before other names, names before the id.
        if found:
            rank, best = min(found, key=lambda match: match[0])
            ranked.append((rank, index.titles.of(record), record, best))
    ranked.sort(key=lambda match: (match[0], len(match[1]), match[1], match[2].id))
    matches = tuple(
        Match(record.name, record.id, record.rdf_class, title, index.data_set_of(record), best.where, best.content)
        for _, title, record, best in (ranked[:top] if top else ranked)
    )
    similar = () if ranked else nearest(text, index.records.names_in_use(class_name or "Record"))
    return SearchResult(text, len(ranked), matches, tuple(similar))


def _class_name(name: str) -> str:
    known = {cls.casefold(): cls for cls in STATEMENTS}
    folded_name = name.removeprefix("ko:").casefold()
    if folded_name not in known:
        hint = did_you_mean(name, STATEMENTS, f"{suggested('schema')} lists the classes in use")
        raise UsageError(f"{name!r} is not a class of records ({hint})")
    return known[folded_name]


def _match_quality(words: list[str], searched: RecordText) -> int | None:
    """Return how well a text matches, the smaller the better; None where a word is not in it."""
    text = searched.folded
    if not all(word in text for word in words):
        return None
    phrase = " ".join(words)
    if searched.where in {"comment", "mechanism", "reason"}:
        return _COMMENT
    if text == phrase or text.replace("-", " ") == phrase:
        return _WHOLE
    if text.startswith(phrase):
        return _START
    parts = text.replace("-", " ").split()
    return _WORDS if all(any(part.startswith(word) for part in parts) for word in words) else _INSIDE
