"""An index of names: which of very many may be the same as one, found by their rarest words and then compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log
from typing import Any, NamedTuple

from knockon.errors import UsageError
from knockon.garbage_collection import without_garbage_collection
from knockon.identity.names import GENERIC, Name, normalize, search_terms

#: The most names that a query compares: those with its rarest terms.
MOST_COMPARED = 600
#: The least similarity of the letters of two names that are compared word by word, in percent.
_LEAST_SIMILAR = 40
#: The most names that are compared word by word.
_MOST_CLOSE = 50
#: The weight of a word that all names have, the most of a generic one, and the number of names below which none is rarer.
_LEAST_WEIGHT, _GENERIC_WEIGHT, _MANY = 0.05, 0.25, 1_000
#: Two words of this many letters or more may be one with a slip in it, from this similarity on.
_LONG_WORD, _SLIP = 5, 0.8
#: The most words of which the weight is kept.
_MOST_WEIGHTS = 100_000
#: The beginning of a first word, by which it is found with a slip after it.
_BEGINNING = 4


class Match(NamedTuple):
    """A name that was found: its row in the index, and how similar it is (0..1)."""

    row: int
    score: float


class NameIndex:
    """An index of names in their order.

    Parameters
    ----------
    names
        The names as they are written; rows of matches are their places.

    Raises
    ------
    UsageError
        rapidfuzz, which compares the letters, is not installed.

    Examples
    --------
    >>> index = NameIndex(["Bank of the West", "Bank of the East", "Sense Time Group Ltd", "SenseTime"])
    >>> index.query("BANK OF THE WEST, INC.")
    [Match(row=0, score=1.0)]
    >>> [match.row for match in index.query("Sensetime Ltd")]
    [3, 2]
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._fuzz: Any = _rapidfuzz()
        #: The rows of each term; of one that a single name has, which most are, the row itself: it takes no list.
        self._rows: dict[str, int | list[int]] = {}
        self._weight_of: dict[str, float] = {}
        with without_garbage_collection():
            self.names: list[Name] = [normalize(name) for name in names]
            self._note_terms()

    def __len__(self) -> int:
        return len(self.names)

    def _note_terms(self) -> None:
        """Note the rows of the terms of all names."""
        rows = self._rows
        for row, name in enumerate(self.names):
            for term in _terms(name):
                known = rows.setdefault(term, row)
                if known is row:
                    continue
                if known.__class__ is list:
                    known.append(row)
                else:
                    rows[term] = [known, row]  # type: ignore[list-item]

    def _rows_of(self, term: str) -> Sequence[int]:
        """Return the rows of the names that have a term."""
        rows = self._rows.get(term, ())
        return (rows,) if isinstance(rows, int) else rows

    def query(self, text: str, least: float = 0.6) -> list[Match]:
        """Return the names that are similar to one, the most similar first, and those that are equally similar by row.

        Of the ``MOST_COMPARED`` names with its rarest terms, the 50 whose letters are closest are compared word by word.

        Parameters
        ----------
        text
            The name.
        least
            The least similarity (0..1).
        """
        name = normalize(text)
        if not name.words:
            return []
        matches = [Match(row, score) for row in self._close(name) if (score := self.similarity(name, self.names[row])) >= least]
        return sorted(matches, key=lambda match: (-match.score, match.row))

    def _close(self, name: Name) -> Iterable[int]:
        """Return the rows whose letters are close to a name, among those with its rarest terms."""
        compared: set[int] = set()
        postings = [rows for term in _terms(name) if (rows := self._rows_of(term))]
        for rows in sorted(postings, key=lambda rows: (len(rows), rows[0])):
            # A term that very many names have is passed over unless it is the only one.
            if compared and len(compared) + len(rows) > MOST_COMPARED:
                break
            compared.update(rows[:MOST_COMPARED])
        ordered = sorted(compared)
        close = self._fuzz.process.extract(
            " ".join(sorted(name.words)),
            [" ".join(sorted(self.names[row].words)) for row in ordered],
            scorer=self._fuzz.fuzz.ratio,
            score_cutoff=_LEAST_SIMILAR,
            limit=None,
        )
        best = sorted((-score, ordered[place]) for _, score, place in close)[:_MOST_CLOSE]
        return [row for _, row in best]

    def weight(self, word: str) -> float:
        """Return how much a word tells (0..1): 1 for one that a single name has, less the more have it.

        A word that very many names of companies have tells little in a small index too.
        """
        known = self._weight_of.get(word)
        if known is None:
            known = self._weight(word)
            if len(self._weight_of) < _MOST_WEIGHTS:
                self._weight_of[word] = known
        return known

    def _weight(self, word: str) -> float:
        count = len(self._rows_of(word)) or 1
        weight = max(_LEAST_WEIGHT, 1 - log(count) / log(max(len(self.names), _MANY)))
        return min(weight, _GENERIC_WEIGHT) if word in GENERIC else weight

    def similarity(self, first: Name, second: Name) -> float:
        """Return how similar two names are (0..1): the part of their words that both have, by weight, and of their letters.

        Equal words are 1, and 0.97 under two different legal forms; words that are equal without spaces are 0.98. Part of a
        name never counts as the name: what only one of the two has lowers the similarity.
        """
        if first.words == second.words:
            return 0.97 if first.form and second.form and first.form != second.form else 1.0
        if first.joined == second.joined:
            return 0.98
        first, second = _with_joined_beginning(first, second), _with_joined_beginning(second, first)
        common, total = self._weights(search_terms(first), search_terms(second))
        words = common / total if total else 0.0
        letters = float(self._fuzz.fuzz.token_sort_ratio(first.text, second.text)) / 100
        return round(min(0.96, 0.7 * words + 0.3 * letters), 4)

    def _weights(self, first: Sequence[str], second: Sequence[str]) -> tuple[float, float]:
        """Return the weight of the words that both have, and of all words of both; of words with a slip a part."""
        one, other = list(first), list(second)
        common = 0.0
        for word in first:
            if word in other:
                common += self.weight(word)
                one.remove(word)
                other.remove(word)
        total = common
        for word in list(one):
            best = max(((self._alike(word, each), each) for each in other), default=(0.0, ""))
            if best[0] >= _SLIP:
                weight = max(self.weight(word), self.weight(best[1]))
                common += best[0] * weight
                total += weight
                one.remove(word)
                other.remove(best[1])
        return common, total + sum(map(self.weight, (*one, *other)))

    def _alike(self, first: str, second: str) -> float:
        """Return how similar two words are; 0 where their lengths say that they differ by more than a slip."""
        one, other = len(first), len(second)
        # Each letter that one has more than the other is a change.
        if one < _LONG_WORD or other < _LONG_WORD or 1 - abs(one - other) / max(one, other) < _SLIP:
            return 0.0
        if first.isdigit() or second.isdigit():
            return 0.0
        return float(self._fuzz.distance.Levenshtein.normalized_similarity(first, second))


def _with_joined_beginning(name: Name, other: Name) -> Name:
    """Return a name with its first two words as one, where the first word of the other name is these: Sense Time."""
    joined = "".join(name.words[:2])
    return name._replace(words=(joined, *name.words[2:])) if len(name.words) > 1 and joined == other.words[0] else name


def _terms(name: Name) -> set[str]:
    """Return what a name is found by: its words, the first two as one word, and the beginning of that."""
    words = name.words
    # Most names are of ASCII: their words alone are what they are looked up by.
    terms = set(words) if "".join(words).isascii() else {*search_terms(name)}
    if words:
        joined = words[0] + words[1] if len(words) > 1 else words[0]
        terms.add(joined)
        if len(joined) > _BEGINNING:
            terms.add("^" + joined[:_BEGINNING])
    return terms


def _rapidfuzz() -> Any:
    """Return the module that compares letters."""
    try:
        import rapidfuzz
        import rapidfuzz.distance
        import rapidfuzz.fuzz
        import rapidfuzz.process
    except ImportError:
        raise UsageError("names are compared by rapidfuzz, which is not installed: pip install 'knockon[resolve]'") from None
    return rapidfuzz


__all__ = ["MOST_COMPARED", "Match", "NameIndex"]
