"""The names of a graph, and where they are in a text: whole words, the longest name at each place."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from typing import NamedTuple

from knockon.errors import UsageError
from knockon.identity.legal_forms import split_form
from knockon.model import Concept, Entity, Measure, Organization, Statement, is_a
from knockon.proposals.rules.tokens import Token, is_dense, joined, tokenize

#: The longest name that is searched for, in tokens.
_LONGEST = 16
#: What stands before the name of a measure and is left out where it is clear.
_COUNTRIES = frozenset({"us", "u", "s", ".", "eu", "uk", "un", "the", "american", "chinese", "european", "british", "japanese"})
#: The classes whose names are proper names.
_PROPER = ("Organization", "Person", "Jurisdiction", "Measure")


class Mention(NamedTuple):
    """A name of the graph in a text: what it may mean (IRIs), and the tokens that it consists of, the end exclusive."""

    iris: tuple[str, ...]
    first: int
    end: int


class Gazetteer:
    """The names of entities and measures: labels and other names, in any language, of companies without their legal form too.

    A name of several words is found in any case. A single word of an organization, a person, a place or a measure must begin
    with a capital letter where the name does; of four letters or fewer it must be written alike. Concepts are not searched for.

    Parameters
    ----------
    records
        The records of the graph.

    Raises
    ------
    UsageError
        ahocorasick-rs is not installed.

    Examples
    --------
    >>> from knockon.model import Company
    >>> names = Gazetteer([Company(id="urn:x:arm", label="Arm"), Company(id="urn:x:a", label="Acme Works", altLabel=["ACME"])])
    >>> tokens = tokenize("The army of acme works, Arm and ACME; alarm.")
    >>> [(mention.iris, " ".join(t.text for t in tokens[mention.first:mention.end])) for mention in names.find(tokens)]
    [(('urn:x:a',), 'acme works'), (('urn:x:arm',), 'Arm'), (('urn:x:a',), 'ACME')]
    """

    def __init__(self, records: Iterable[Statement]) -> None:
        if find_spec("ahocorasick_rs") is None:
            raise UsageError("rules need ahocorasick-rs: pip install 'knockon[propose]'")
        import ahocorasick_rs

        self.classes: dict[str, str] = {}
        #: What each name may mean, with the name as it is written.
        self._names: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for record in records:
            if isinstance(record, Entity | Measure) and not isinstance(record, Concept):
                self.classes[record.id] = record.rdf_class
                for name in (str(record.label), *map(str, record.alt_label)):
                    tokens = tokenize(name[:300])
                    self._add(tokens, record.id)
                    self._add(_shorter(tokens, record), record.id)
        self._patterns = list(self._names)
        kind = ahocorasick_rs.MatchKind.LeftmostLongest
        self._automaton = ahocorasick_rs.AhoCorasick(self._patterns, matchkind=kind) if self._patterns else None

    def _add(self, tokens: Sequence[Token], iri: str) -> None:
        letters = "".join(token.text for token in tokens)
        if not tokens or len(tokens) > _LONGEST or not any(character.isalpha() for character in letters):
            return
        if len(letters) < 2:
            return
        self._names.setdefault(joined(tokens), []).append((iri, tuple(token.text for token in tokens)))

    def find(self, tokens: Sequence[Token]) -> list[Mention]:
        """Return the names in some tokens, in their order; they do not overlap."""
        if self._automaton is None or not tokens:
            return []
        text = joined(tokens)
        starts: list[int] = []
        place = 0
        for token in tokens:
            starts.append(place)
            place += len(token.low) + 2
        starts.append(place)
        mentions = []
        for pattern, start, end in self._automaton.find_matches_as_indexes(text):
            first, last = bisect_left(starts, start), bisect_left(starts, end)
            written = tokens[first:last]
            named = self._names[self._patterns[pattern]]
            iris = [iri for iri, name in named if _is_written(written, name, proper=self._is_proper(iri))]
            if iris:
                mentions.append(Mention(tuple(sorted(set(iris))), first, last))
        return mentions

    def _is_proper(self, iri: str) -> bool:
        """Return whether a name is written with a capital letter for what it means, and not only as a label is."""
        return any(is_a(self.classes[iri], cls) for cls in _PROPER)


def _shorter(tokens: Sequence[Token], record: Statement) -> Sequence[Token]:
    """Return a name as texts shorten it: of a company without its legal form, of a measure without the country before it."""
    if isinstance(record, Organization):
        words = [token.low for token in tokens if token.text.isalnum()]
        kept, form = split_form(words)
        if form and kept and words[: len(kept)] == kept:
            place = [number for number, token in enumerate(tokens) if token.text.isalnum()][len(kept) - 1]
            return tokens[: place + 1]
    if isinstance(record, Measure):
        first = next((number for number, token in enumerate(tokens) if token.low not in _COUNTRIES), 0)
        if first and len(tokens) - first > 1:
            return tokens[first:]
    return ()


def _is_written(tokens: Sequence[Token], name: tuple[str, ...], *, proper: bool) -> bool:
    """Return whether tokens are a name in a case in which it may be written."""
    words = [text for text in name if text.isalnum()]
    if len(words) > 1:
        return True
    written = "".join(token.text for token in tokens)
    as_named = "".join(name)
    if is_dense(as_named) or written == as_named:
        return True
    if len(as_named) <= (4 if proper else 2):
        return False
    return not proper or written[:1].isupper() or as_named[:1].islower()


__all__ = ["Gazetteer", "Mention"]
